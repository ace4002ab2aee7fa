#include "imaging/decode.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstring>
#include <string>

#include "imaging/orient.h"
#include "imaging/resample.h"
#include "imaging/test_pictures.h"

namespace darkroom::imaging {
namespace {

using testing::HasSubstr;

Image DecodeOrDie(std::string_view bytes, const DecodeOptions& options = {}) {
  Result<Image> image = Decode(bytes, options);
  if (!image) ADD_FAILURE() << image.error().message();
  return image ? std::move(*image) : Image();
}

std::string_view Samples(const Image& image) { return {reinterpret_cast<const char*>(image.data()), image.size()}; }

TEST(DecodeJpeg, ReadsEveryKind) {
  const Image image = Gradient(61, 43);
  const std::pair<const char*, JpegOptions> kinds[] = {{"baseline", {}},
                                                       {"progressive", {.progressive = true}},
                                                       {"cmyk", {.cmyk = true}},
                                                       {"ycck", {.ycck = true}},
                                                       {"progressive cmyk", {.progressive = true, .cmyk = true}}};
  for (const auto& [name, options] : kinds) {
    EXPECT_LE(LargestDifference(DecodeOrDie(EncodeJpeg(image, options)), image), 6) << name;
  }
}

TEST(DecodeJpeg, GivesGrayInThreeEqualChannels) {
  const Image image = DecodeOrDie(EncodeJpeg(Gradient(16, 16), {.grayscale = true}));
  ASSERT_EQ(image.channels(), 3);
  for (std::size_t i = 0; i < image.size(); i += 3) {
    ASSERT_EQ(image.data()[i], image.data()[i + 1]);
    ASSERT_EQ(image.data()[i], image.data()[i + 2]);
  }
  EXPECT_GT(image.row(0)[0], image.row(15)[0]);  // green outweighs: brighter at the top
}

TEST(DecodeJpeg, AppliesEveryOrientation) {
  for (int orientation = 1; orientation <= 8; ++orientation) {
    const Image shown = DecodeOrDie(EncodeJpeg(Gradient(48, 32), {.orientation = orientation}));
    EXPECT_LE(LargestDifference(shown, *Orient(Gradient(48, 32), orientation)), 6) << orientation;
  }
}

TEST(ReductionFor, LeavesAtLeastTwiceTheTarget) {
  EXPECT_EQ(ReductionFor({1280, 720}, {455, 256}), 1);
  EXPECT_EQ(ReductionFor({1920, 1080}, {455, 256}), 2);
  EXPECT_EQ(ReductionFor({4032, 3024}, {341, 256}), 4);
  EXPECT_EQ(ReductionFor({8000, 6000}, {341, 256}), 8);
  EXPECT_EQ(ReductionFor({400, 400}, {100, 100}), 2);
  EXPECT_EQ(ReductionFor({400, 399}, {100, 100}), 1);  // each side counts
  EXPECT_EQ(ReductionFor({899, 900}, {100, 100}), 2);  // a quarter needs 2.25 times the target
  EXPECT_EQ(ReductionFor({900, 900}, {100, 100}), 4);
  EXPECT_EQ(ReductionFor({65'535, 65'535}, {}), 1);  // no target
}

TEST(DecodeJpeg, DecodesAtReducedScaleWhatWillBeShrunk) {
  const std::string bytes = EncodeJpeg(Gradient(203, 137));
  const Image half = DecodeOrDie(bytes, {.shrink_to = {50, 34}});
  EXPECT_EQ(half.width(), 102);
  EXPECT_EQ(half.height(), 69);
  EXPECT_EQ(half.reduction().by, 2);
  EXPECT_EQ(half.reduction().picture, (Size{203, 137}));
  EXPECT_EQ(DecodeOrDie(bytes, {.shrink_to = {51, 34}}).width(), 203);  // less than twice as long
  EXPECT_EQ(DecodeOrDie(bytes).width(), 203);
}

// Sides that are no multiple of the scale: the half pixel at the end is at the begin of a picture that is turned.
TEST(DecodeJpeg, KeepsAReducedPictureInPlaceWhicheverWayItIsTurned) {
  for (const JpegOptions& kind : {JpegOptions{}, {.progressive = true}, {.grayscale = true}, {.cmyk = true}}) {
    for (int orientation = 1; orientation <= 8; ++orientation) {
      JpegOptions options = kind;
      options.orientation = orientation;
      const std::string bytes = EncodeJpeg(Gradient(203, 137), options);
      const Size target = orientation >= 5 ? Size{11, 16} : Size{16, 11};
      const Image whole = DecodeOrDie(bytes);
      const Image reduced = DecodeOrDie(bytes, {.shrink_to = target});
      ASSERT_EQ(reduced.reduction().by, 4);
      ASSERT_EQ(reduced.reduction().picture, (Size{whole.width(), whole.height()}));
      EXPECT_LE(
          LargestDifference(*Resample(reduced, target, Filter::kBilinear), *Resample(whole, target, Filter::kBilinear)),
          1)
          << orientation;
    }
  }
}

TEST(DecodeJpeg, SaysTruncatedWhereverTheDataEnds) {
  const std::string whole = EncodeJpeg(Gradient(40, 40), {.progressive = true});
  for (std::size_t size = 4; size < whole.size(); size += 7) {
    Result<Image> image = Decode(std::string(whole.data(), size));
    ASSERT_FALSE(image) << size;
    EXPECT_EQ(image.error().code(), Code::kInvalid);
    EXPECT_THAT(image.error().message(), HasSubstr("truncated jpeg"));
  }
}

// ITU T.81 allows any number of scans; each costs a pass over all pixels.
TEST(DecodeJpeg, StopsAfterAHundredScans) {
  std::string bytes = EncodeJpeg(Gradient(8, 8), {.progressive = true, .grayscale = true});
  const std::size_t scan = bytes.rfind("\xFF\xDA");
  const std::string last = bytes.substr(scan, bytes.size() - 2 - scan);
  std::string many = bytes.substr(0, bytes.size() - 2);
  for (int i = 0; i < 200; ++i) many += last;
  many += "\xFF\xD9";
  Result<Image> image = Decode(many);
  ASSERT_FALSE(image);
  EXPECT_THAT(image.error().message(), HasSubstr("more than 100 scans"));
}

TEST(DecodePng, ReadsColourExactlyAndInterlaced) {
  const Image image = Pattern(33, 17);
  EXPECT_EQ(LargestDifference(DecodeOrDie(EncodePng(image)), image), 0);
  EXPECT_EQ(LargestDifference(DecodeOrDie(EncodePng(33, 17, Samples(image), {.interlaced = true})), image), 0);
}

TEST(DecodePng, CutsSixteenBitsToTheirUpperEight) {
  const std::uint16_t colour[] = {0x1234, 0x56FF, 0xFF00, 0x8080, 0x00FF, 0x7FFF};
  const Image image = DecodeOrDie(
      EncodePng(2, 1, {reinterpret_cast<const char*>(colour), sizeof colour}, {.color_type = 2, .bit_depth = 16}));
  EXPECT_EQ(Samples(image), std::string("\x12\x56\xFF\x80\x00\x7F", 6));
  const std::uint16_t gray[] = {0x0100, 0xFEFF};
  const Image from_gray = DecodeOrDie(
      EncodePng(2, 1, {reinterpret_cast<const char*>(gray), sizeof gray}, {.color_type = 0, .bit_depth = 16}));
  EXPECT_EQ(Samples(from_gray), std::string("\x01\x01\x01\xFE\xFE\xFE", 6));
}

TEST(DecodePng, SpreadsFewBitsOverTheRange) {
  // 1 bit a pixel: 1 0 1 0 ...
  const Image image = DecodeOrDie(EncodePng(4, 1, "\xA0", {.color_type = 0, .bit_depth = 1}));
  EXPECT_EQ(Samples(image), std::string("\xFF\xFF\xFF\0\0\0\xFF\xFF\xFF\0\0\0", 12));
}

TEST(DecodePng, LooksUpThePalette) {
  const PngOptions options = {.color_type = 3, .palette = {1, 2, 3, 250, 251, 252}, .palette_alpha = {0}};
  const std::string bytes = EncodePng(2, 1, std::string("\1\0", 2), options);
  EXPECT_EQ(Samples(DecodeOrDie(bytes)), std::string("\xFA\xFB\xFC\1\2\3", 6));
  EXPECT_EQ(Samples(DecodeOrDie(bytes, {.keep_alpha = true})), std::string("\xFA\xFB\xFC\xFF\1\2\3\0", 8));
}

TEST(DecodePng, DropsAlphaUnlessAskedToKeepIt) {
  const Image rgba = Pattern(9, 5, 4);
  const std::string bytes = EncodePng(rgba);
  EXPECT_EQ(LargestDifference(DecodeOrDie(bytes, {.keep_alpha = true}), rgba), 0);
  const Image rgb = DecodeOrDie(bytes);
  ASSERT_EQ(rgb.channels(), 3);
  for (int i = 0; i < 9 * 5; ++i) EXPECT_EQ(std::memcmp(rgb.data() + 3 * i, rgba.data() + 4 * i, 3), 0);
}

TEST(DecodePng, NoticesDamagedData) {
  std::string bytes = EncodePng(Pattern(33, 17));
  bytes[bytes.size() - 30] ^= 0x55;  // within IDAT
  Result<Image> image = Decode(bytes);
  ASSERT_FALSE(image);
  EXPECT_EQ(image.error().code(), Code::kInvalid);
  EXPECT_THAT(image.error().message(), HasSubstr("broken png"));
}

TEST(DecodeWebp, ReadsLosslessExactlyAndLossyNearly) {
  const Image image = Gradient(40, 30);
  EXPECT_EQ(LargestDifference(DecodeOrDie(EncodeWebp(image, true)), image), 0);
  EXPECT_LE(LargestDifference(DecodeOrDie(EncodeWebp(image, false)), image), 16);
}

TEST(DecodeWebp, KeepsOrDropsAlpha) {
  Image rgba = Pattern(12, 10, 4);
  for (std::size_t i = 3; i < rgba.size(); i += 4) rgba.data()[i] |= 1;  // the encoder forgets colours under alpha 0
  const std::string bytes = EncodeWebp(rgba, true);
  EXPECT_EQ(LargestDifference(DecodeOrDie(bytes, {.keep_alpha = true}), rgba), 0);
  const Image rgb = DecodeOrDie(bytes);
  ASSERT_EQ(rgb.channels(), 3);
  EXPECT_EQ(std::memcmp(rgb.data(), rgba.data(), 3), 0);
}

TEST(DecodeWebp, TakesTheFirstFrameOfAnAnimation) {
  const Image image = Gradient(20, 10);
  EXPECT_EQ(LargestDifference(DecodeOrDie(AnimatedWebp(image)), image), 0);
}

TEST(Decode, JudgesThePixelLimitBeforeDecoding) {
  // A header that promises four thousand million pixels over no data at all: reaching the codec would fail otherwise.
  std::string bytes = EncodePng(Gradient(4, 4));
  bytes.replace(16, 8, std::string("\0\0\xFF\xFF\0\0\xFF\xFF", 8));
  Result<Image> image = Decode(bytes);
  ASSERT_FALSE(image);
  EXPECT_EQ(image.error().code(), Code::kTooLarge);
  EXPECT_TRUE(Decode(EncodePng(Gradient(10, 10)), {.max_pixels = 100}));
  EXPECT_FALSE(Decode(EncodePng(Gradient(10, 10)), {.max_pixels = 99}));
}

TEST(Decode, RefusesFramesThatDisagreeWithTheHeaderThatWasJudged) {
  // The canvas is small; the picture inside it is not.
  const std::string bytes = ExtendWebp(EncodeWebp(Gradient(64, 64), true), 8, 8, 0, "");
  EXPECT_FALSE(Decode(bytes));
}

}  // namespace
}  // namespace darkroom::imaging
