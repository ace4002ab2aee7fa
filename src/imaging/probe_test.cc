#include "imaging/probe.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "imaging/test_pictures.h"

namespace darkroom::imaging {
namespace {

using testing::HasSubstr;

struct Sample {
  const char* name;
  Format format;
  int channels;
  std::string bytes;
};

std::vector<Sample> Samples() {
  const Image rgb = Gradient(37, 23);
  const Image rgba = Pattern(37, 23, 4);
  const std::string gray16(37 * 23 * 2, 'x');
  return {{"jpeg", Format::kJpeg, 3, EncodeJpeg(rgb)},
          {"progressive", Format::kJpeg, 3, EncodeJpeg(rgb, {.progressive = true})},
          {"gray", Format::kJpeg, 1, EncodeJpeg(rgb, {.grayscale = true})},
          {"cmyk", Format::kJpeg, 4, EncodeJpeg(rgb, {.cmyk = true})},
          {"png", Format::kPng, 3, EncodePng(rgb)},
          {"png with alpha", Format::kPng, 4, EncodePng(rgba)},
          {"png gray 16", Format::kPng, 1, EncodePng(37, 23, gray16, {.color_type = 0, .bit_depth = 16})},
          {"webp", Format::kWebp, 3, EncodeWebp(rgb, false)},
          {"lossless webp", Format::kWebp, 3, EncodeWebp(rgb, true)},
          {"lossless webp with alpha", Format::kWebp, 4, EncodeWebp(rgba, true)},
          {"lossy webp with alpha", Format::kWebp, 4, EncodeWebp(rgba, false)}};
}

TEST(Probe, ReadsFormatSizeAndChannels) {
  for (const Sample& sample : Samples()) {
    SCOPED_TRACE(sample.name);
    Result<ImageInfo> info = Probe(sample.bytes);
    ASSERT_TRUE(info) << info.error().message();
    EXPECT_EQ(info->format, sample.format);
    EXPECT_EQ(info->width, 37);
    EXPECT_EQ(info->height, 23);
    EXPECT_EQ(info->channels, sample.channels);
    EXPECT_EQ(info->orientation, 1);
    EXPECT_TRUE(info->complete);
  }
}

TEST(Probe, CallsEveryProperPrefixIncomplete) {
  for (const Sample& sample : Samples()) {
    SCOPED_TRACE(sample.name);
    for (std::size_t size = 12; size < sample.bytes.size(); ++size) {
      const std::string cut(sample.bytes.data(), size);
      Result<ImageInfo> info = Probe(cut);
      ASSERT_TRUE(info) << size << ": " << info.error().message();
      ASSERT_FALSE(info->complete) << size;
    }
  }
}

TEST(Probe, AllowsAnythingBehindTheEnd) {
  for (const Sample& sample : Samples()) {
    SCOPED_TRACE(sample.name);
    Result<ImageInfo> info = Probe(sample.bytes + "trailing\xFF\xD8\xFF");
    ASSERT_TRUE(info);
    EXPECT_TRUE(info->complete);
  }
}

TEST(Probe, ReadsTheOrientationOfEachFormat) {
  const Image image = Gradient(16, 8);
  for (int orientation = 1; orientation <= 8; ++orientation) {
    EXPECT_EQ(Probe(EncodeJpeg(image, {.orientation = orientation}))->orientation, orientation);
  }
  const std::string_view samples(reinterpret_cast<const char*>(image.data()), image.size());
  EXPECT_EQ(Probe(EncodePng(16, 8, samples, {.orientation = 5}))->orientation, 5);
  const std::string exif = RiffChunk("EXIF", ExifWithOrientation(6, true));
  EXPECT_EQ(Probe(ExtendWebp(EncodeWebp(image, true), 16, 8, 0x08, exif))->orientation, 6);
}

TEST(Probe, ReadsACanvasSizeFromAnExtendedWebp) {
  Result<ImageInfo> info = Probe(AnimatedWebp(Gradient(20, 10)));
  ASSERT_TRUE(info) << info.error().message();
  EXPECT_EQ(info->width, 20);
  EXPECT_EQ(info->height, 10);
  EXPECT_TRUE(info->complete);
}

TEST(Probe, SaysWhatAFileIsInstead) {
  const std::pair<std::string, const char*> cases[] = {{"", "empty"},
                                                       {"GIF89a\1\0\1\0", "GIF"},
                                                       {std::string("II*\0\x8\0\0\0", 8), "TIFF"},
                                                       {std::string("\0\0\0\x18"
                                                                    "ftypheic",
                                                                    12),
                                                        "HEIC"},
                                                       {"%PDF-1.7", "PDF"},
                                                       {"<!doctype html>", "neither JPEG nor PNG nor WebP"},
                                                       {"\xFF\xD8", "neither JPEG nor PNG nor WebP"}};
  for (const auto& [bytes, expected] : cases) {
    Result<ImageInfo> info = Probe(bytes);
    ASSERT_FALSE(info);
    EXPECT_EQ(info.error().code(), Code::kInvalid);
    EXPECT_THAT(info.error().message(), HasSubstr("not an image: "));
    EXPECT_THAT(info.error().message(), HasSubstr(expected));
  }
}

TEST(Probe, RefusesHeadersThatContradictTheFormat) {
  std::string zero_width = EncodePng(Gradient(4, 4));
  zero_width.replace(16, 4, std::string(4, '\0'));
  std::string unknown_color = EncodePng(Gradient(4, 4));
  unknown_color[25] = 5;
  std::string no_key_frame = EncodeWebp(Gradient(4, 4), false);
  no_key_frame[23] = 'x';
  const std::string no_frame("\xFF\xD8\xFF\xD9", 4);
  const std::string short_segment("\xFF\xD8\xFF\xE0\0\1\xFF\xD9", 8);
  for (const std::string& bytes : {zero_width, unknown_color, no_key_frame, no_frame, short_segment}) {
    Result<ImageInfo> info = Probe(bytes);
    ASSERT_FALSE(info);
    EXPECT_THAT(info.error().message(), HasSubstr("not an image: "));
  }
}

TEST(CheckSize, JudgesPixelsAndSides) {
  EXPECT_TRUE(CheckSize({.width = 100, .height = 100}, 10'000));
  Status over = CheckSize({.width = 100, .height = 101}, 10'000);
  ASSERT_FALSE(over);
  EXPECT_EQ(over.error().code(), Code::kTooLarge);
  EXPECT_THAT(over.error().message(), HasSubstr("100×101 = 10100 pixels; the limit is 10000"));
  EXPECT_FALSE(CheckSize({.width = kMaxSide + 1, .height = 1}, 10'000'000));
}

}  // namespace
}  // namespace darkroom::imaging
