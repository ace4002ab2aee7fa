#include "imaging/orient.h"

#include <gtest/gtest.h>

#include <string>

namespace darkroom::imaging {
namespace {

// Letters for pixels: rows separated by "/".
Image FromLetters(int width, int height, const std::string& letters, int channels) {
  Image image = *Image::Allocate(width, height, channels);
  for (std::size_t i = 0; i < letters.size(); ++i) {
    for (int c = 0; c < channels; ++c) image.data()[i * channels + c] = static_cast<std::uint8_t>(letters[i] + c);
  }
  return image;
}

std::string ToLetters(const Image& image) {
  std::string letters;
  for (int y = 0; y < image.height(); ++y) {
    if (y > 0) letters += '/';
    for (int x = 0; x < image.width(); ++x) {
      const std::uint8_t* pixel = image.row(y) + x * image.channels();
      for (int c = 1; c < image.channels(); ++c) EXPECT_EQ(pixel[c], pixel[0] + c) << "channels came apart";
      letters += static_cast<char>(pixel[0]);
    }
  }
  return letters;
}

// What EXIF 2.3 says of the eight values (where row 0 and column 0 of the stored picture are shown), on "abc/def".
TEST(Orient, ShowsEachOrientationAsExifSays) {
  const char* const expected[] = {"abc/def",  "cba/fed",  "fed/cba",  "def/abc",
                                  "ad/be/cf", "da/eb/fc", "fc/eb/da", "cf/be/ad"};
  for (int channels : {3, 4}) {
    for (int orientation = 1; orientation <= 8; ++orientation) {
      Result<Image> upright = Orient(FromLetters(3, 2, "abcdef", channels), orientation);
      ASSERT_TRUE(upright);
      EXPECT_EQ(ToLetters(*upright), expected[orientation - 1]) << orientation;
    }
  }
}

TEST(Orient, TurnsPicturesLargerThanOneTile) {
  Image image = *Image::Allocate(70, 45, 3);
  for (std::size_t i = 0; i < image.size(); ++i) image.data()[i] = static_cast<std::uint8_t>(i * 31);
  Image copy = *Image::Allocate(70, 45, 3);
  std::copy_n(image.data(), image.size(), copy.data());
  // A quarter turn right, then one left.
  Image there_and_back = *Orient(*Orient(std::move(copy), 6), 8);
  ASSERT_EQ(there_and_back.size(), image.size());
  EXPECT_TRUE(std::equal(image.data(), image.data() + image.size(), there_and_back.data()));
}

}  // namespace
}  // namespace darkroom::imaging
