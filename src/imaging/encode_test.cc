#include "imaging/encode.h"

#include <gtest/gtest.h>

#include <vector>

#include "imaging/decode.h"
#include "imaging/test_pictures.h"

namespace darkroom::imaging {
namespace {

// The test's own writer has this name too.
std::string Png(const PixelView& picture) { return *EncodePng(picture); }

TEST(EncodePng, LosesNothing) {
  const Image rgb = Pattern(37, 23);
  EXPECT_EQ(LargestDifference(*Decode(Png(rgb)), rgb), 0);
  const Image rgba = Pattern(5, 64, 4);
  EXPECT_EQ(LargestDifference(*Decode(Png(rgba), {.keep_alpha = true}), rgba), 0);
  EXPECT_EQ(Probe(Png(rgba))->channels, 4);
}

TEST(EncodePng, WritesOneChannelAsGray) {
  const std::vector<std::uint8_t> gray = {0, 128, 255, 1, 2, 3};
  const std::string bytes = Png({3, 2, 1, gray});
  EXPECT_EQ(Probe(bytes)->channels, 1);
  const Image image = *Decode(bytes);
  for (int i = 0; i < 6; ++i) EXPECT_EQ(image.data()[3 * i], gray[i]);
}

TEST(EncodePng16, WritesTheHighByteFirst) {
  const std::vector<std::uint16_t> depth = {0x0000, 0x1234, 0x8000, 0xFFFF};
  const std::string bytes = *EncodePng16(2, 2, depth);
  EXPECT_EQ(bytes[24], 16);  // IHDR's bit depth and colour type
  EXPECT_EQ(bytes[25], 0);
  const Image image = *Decode(bytes);  // cuts to the high byte
  EXPECT_EQ(image.data()[3], 0x12);
  EXPECT_EQ(image.data()[6], 0x80);
  EXPECT_EQ(image.data()[9], 0xFF);
}

TEST(EncodeJpeg, IsNearerTheBetterTheQuality) {
  const Image image = Gradient(64, 48);
  const std::string poor = *EncodeJpeg(image, 5), good = *EncodeJpeg(image, 95);
  EXPECT_LT(poor.size(), good.size());
  EXPECT_LE(LargestDifference(*Decode(good), image), 6);
  EXPECT_GT(LargestDifference(*Decode(poor), image), LargestDifference(*Decode(good), image));
}

TEST(EncodeJpeg, WritesOneChannelAsGray) {
  const std::vector<std::uint8_t> gray(64, 200);
  const std::string bytes = *EncodeJpeg({8, 8, 1, gray}, 90);
  EXPECT_EQ(Probe(bytes)->channels, 1);
  EXPECT_NEAR(Decode(bytes)->data()[0], 200, 1);
}

TEST(EncodeJpeg, SaysWhatASideMayHave) {
  const Image image = Pattern(65'501, 1);
  Result<std::string> bytes = EncodeJpeg(image, 75);
  ASSERT_FALSE(bytes);
  EXPECT_EQ(bytes.error().code(), Code::kInvalid);
  EXPECT_NE(bytes.error().message().find("65500"), std::string::npos) << bytes.error().message();
}

}  // namespace
}  // namespace darkroom::imaging
