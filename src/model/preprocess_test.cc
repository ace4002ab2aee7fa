#include "model/preprocess.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <utility>
#include <vector>

#include "imaging/decode.h"
#include "model/test_packages.h"

namespace darkroom::model {
namespace {

using imaging::Image;

// 2×2: red, green / blue, (10, 20, 30).
Image FourPixels() {
  Image image = *Image::Allocate(2, 2, 3);
  constexpr std::uint8_t kPixels[] = {255, 0, 0, 0, 255, 0, 0, 0, 255, 10, 20, 30};
  std::memcpy(image.data(), kPixels, sizeof kPixels);
  return image;
}

template <class T>
std::vector<T> Tensor(const Image& image, const InputSpec& input, const PreprocessSpec& spec) {
  std::vector<T> tensor(static_cast<std::size_t>(input.width) * input.height * spec.channels());
  Status status = Preprocess(image, input, spec, std::as_writable_bytes(std::span(tensor)));
  EXPECT_TRUE(status);
  return tensor;
}

const InputSpec kTwoByTwo = {
    .name = "", .layout = Layout::kNchw, .type = ElementType::kFloat32, .width = 2, .height = 2};

TEST(Preprocess, PutsOneChannelAfterTheOther) {
  EXPECT_EQ(Tensor<float>(FourPixels(), kTwoByTwo, {.resize = Resize::kStretch}),
            (std::vector<float>{255, 0, 0, 10, 0, 255, 0, 20, 0, 0, 255, 30}));
}

TEST(Preprocess, OrdersBlueFirstWhenAskedTo) {
  EXPECT_EQ(Tensor<float>(FourPixels(), kTwoByTwo, {.resize = Resize::kStretch, .color = Color::kBgr}),
            (std::vector<float>{0, 0, 255, 30, 0, 255, 0, 20, 255, 0, 0, 10}));
}

TEST(Preprocess, KeepsPixelsTogetherInNhwc) {
  InputSpec input = kTwoByTwo;
  input.layout = Layout::kNhwc;
  EXPECT_EQ(Tensor<float>(FourPixels(), input, {.resize = Resize::kStretch}),
            (std::vector<float>{255, 0, 0, 0, 255, 0, 0, 0, 255, 10, 20, 30}));
  EXPECT_EQ(Tensor<float>(FourPixels(), input, {.resize = Resize::kStretch, .color = Color::kBgr}),
            (std::vector<float>{0, 0, 255, 0, 255, 0, 255, 0, 0, 30, 20, 10}));
}

TEST(Preprocess, WritesRawBytesForUint8) {
  InputSpec input = kTwoByTwo;
  input.type = ElementType::kUint8;
  EXPECT_EQ(Tensor<std::uint8_t>(FourPixels(), input, {.resize = Resize::kStretch}),
            (std::vector<std::uint8_t>{255, 0, 0, 10, 0, 255, 0, 20, 0, 0, 255, 30}));
}

TEST(Preprocess, AppliesMeanAndScaleInTheOrderOfTheColour) {
  const PreprocessSpec spec = {
      .resize = Resize::kStretch, .color = Color::kBgr, .mean = {30, 20, 10}, .scale = {1, 2, 4}};
  const std::vector<float> tensor = Tensor<float>(FourPixels(), kTwoByTwo, spec);
  EXPECT_EQ(tensor[3], 0);               // blue: (30 - 30) * 1
  EXPECT_EQ(tensor[4], (0 - 20) * 2);    // green of red
  EXPECT_EQ(tensor[8], (255 - 10) * 4);  // red of red
}

TEST(Preprocess, MakesLumaForGray) {
  const PreprocessSpec spec = {.resize = Resize::kStretch, .color = Color::kGray};
  EXPECT_EQ(Tensor<float>(FourPixels(), kTwoByTwo, spec), (std::vector<float>{76, 150, 29, 18}));
}

// Vertical stripes, ten pixels wide each: 0, 50, 100, 150.
Image Stripes() {
  Image image = *Image::Allocate(40, 10, 3);
  for (int y = 0; y < 10; ++y) {
    for (int x = 0; x < 40; ++x) std::memset(image.row(y) + 3 * x, x / 10 * 50, 3);
  }
  return image;
}

InputSpec Gray8(int width, int height) {
  return {.name = "", .layout = Layout::kNchw, .type = ElementType::kUint8, .width = width, .height = height};
}

TEST(Preprocess, CutsTheMiddleOutOfTheShorterSide) {
  const PreprocessSpec spec = {
      .resize = Resize::kShorter, .resize_to = 10, .filter = imaging::Filter::kNearest, .color = Color::kGray};
  // 40 wide stays 40; the middle ten are columns 15 to 24.
  const std::vector<std::uint8_t> tensor = Tensor<std::uint8_t>(Stripes(), Gray8(10, 10), spec);
  EXPECT_EQ(std::vector<std::uint8_t>(tensor.begin(), tensor.begin() + 10),
            (std::vector<std::uint8_t>{50, 50, 50, 50, 50, 100, 100, 100, 100, 100}));
}

TEST(Preprocess, PadsWhatDoesNotFill) {
  const PreprocessSpec spec = {
      .resize = Resize::kFit, .filter = imaging::Filter::kNearest, .color = Color::kGray, .pad_color = {7, 7, 7}};
  const std::vector<std::uint8_t> tensor = Tensor<std::uint8_t>(Stripes(), Gray8(4, 4), spec);
  EXPECT_EQ(tensor, (std::vector<std::uint8_t>{7, 7, 7, 7, 7, 7, 7, 7, 0, 50, 100, 150, 7, 7, 7, 7}));
}

TEST(Preprocess, StretchesToTheSize) {
  const PreprocessSpec spec = {.resize = Resize::kStretch, .filter = imaging::Filter::kNearest, .color = Color::kGray};
  EXPECT_EQ(Tensor<std::uint8_t>(Stripes(), Gray8(4, 1), spec), (std::vector<std::uint8_t>{0, 50, 100, 150}));
}

TEST(Preprocess, PadsWithTheColourInEveryLayout) {
  const PreprocessSpec spec = {
      .resize = Resize::kFit, .filter = imaging::Filter::kNearest, .color = Color::kBgr, .pad_color = {7, 8, 9}};
  InputSpec input = Gray8(2, 3);
  Image one = *Image::Allocate(2, 1, 3);
  std::memcpy(one.data(), "\1\2\3\4\5\6", 6);
  EXPECT_EQ(Tensor<std::uint8_t>(one, input, spec),
            (std::vector<std::uint8_t>{9, 9, 3, 6, 9, 9, 8, 8, 2, 5, 8, 8, 7, 7, 1, 4, 7, 7}));
  input.layout = Layout::kNhwc;
  EXPECT_EQ(Tensor<std::uint8_t>(one, input, spec),
            (std::vector<std::uint8_t>{9, 8, 7, 9, 8, 7, 3, 2, 1, 6, 5, 4, 9, 8, 7, 9, 8, 7}));
  // Padding to both sides of a row, and floats.
  input = {.name = "", .layout = Layout::kNchw, .type = ElementType::kFloat32, .width = 4, .height = 1};
  EXPECT_EQ(Tensor<float>(one, input, spec), (std::vector<float>{9, 3, 6, 9, 8, 2, 5, 8, 7, 1, 4, 7}));
}

TEST(Preprocess, TakesAlphaFromZeroToOneAndAsOpaqueWhereThereIsNone) {
  const PreprocessSpec spec = {
      .resize = Resize::kStretch, .color = Color::kRgba, .mean = {1, 2, 3}, .scale = {2, 2, 2}};
  InputSpec input = {.name = "", .layout = Layout::kNchw, .type = ElementType::kFloat32, .width = 2, .height = 1};
  Image rgba = *Image::Allocate(2, 1, 4);
  std::memcpy(rgba.data(), "\2\4\6\0\3\5\7\xFF", 8);
  EXPECT_EQ(Tensor<float>(rgba, input, spec), (std::vector<float>{2, 4, 4, 6, 6, 8, 0, 1}));
  input.layout = Layout::kNhwc;
  EXPECT_EQ(Tensor<float>(rgba, input, spec), (std::vector<float>{2, 4, 6, 0, 4, 6, 8, 1}));
  Image rgb = *Image::Allocate(2, 1, 3);
  std::memcpy(rgb.data(), "\2\4\6\3\5\7", 6);
  EXPECT_EQ(Tensor<float>(rgb, input, spec), (std::vector<float>{2, 4, 6, 1, 4, 6, 8, 1}));
  input.layout = Layout::kNchw;
  EXPECT_EQ(Tensor<float>(rgb, input, spec), (std::vector<float>{2, 4, 4, 6, 6, 8, 1, 1}));
}

TEST(ShrunkSize, IsWhatTheWholePictureIsScaledTo) {
  const InputSpec input = Gray8(224, 224);
  EXPECT_EQ(ShrunkSize({500, 375}, input, {.resize = Resize::kShorter, .resize_to = 256}), (imaging::Size{341, 256}));
  EXPECT_EQ(ShrunkSize({500, 375}, input, {.resize = Resize::kStretch}), (imaging::Size{224, 224}));
  EXPECT_EQ(ShrunkSize({500, 250}, input, {.resize = Resize::kFit}), (imaging::Size{224, 112}));
  // Nearest neighbours do not average: which pixel they meet must not change.
  EXPECT_EQ(ShrunkSize({500, 375}, input, {.resize = Resize::kStretch, .filter = imaging::Filter::kNearest}),
            imaging::Size{});
}

// What ReductionFor promises, at sizes just within each scale.
TEST(Preprocess, MakesNearlyTheSameOfAPictureDecodedAtReducedScale) {
  if (!std::filesystem::exists(SharedFolder() / "photos")) GTEST_SKIP() << "no photographs in " << SharedFolder();
  for (const char* photo : {"cat_720p.jpg", "hot_dog.jpg", "owl.jpg", "parrot.jpg"}) {
    const std::string bytes = ReadAll(SharedFolder() / "photos" / photo);
    const Image whole = *imaging::Decode(bytes);
    for (const auto& [by, surplus] : {std::pair(2, 2.0), {2, 2.6}, {4, 2.25}, {4, 3.1}, {8, 2.25}, {8, 3.7}}) {
      for (imaging::Filter filter : {imaging::Filter::kBilinear, imaging::Filter::kBicubic}) {
        const InputSpec input =
            Gray8(static_cast<int>(whole.width() / (by * surplus)), static_cast<int>(whole.height() / (by * surplus)));
        const PreprocessSpec spec = {.resize = Resize::kStretch, .filter = filter};
        const Image reduced =
            *imaging::Decode(bytes, {.shrink_to = ShrunkSize({whole.width(), whole.height()}, input, spec)});
        ASSERT_EQ(reduced.reduction().by, by);
        const std::vector<std::uint8_t> expected = Tensor<std::uint8_t>(whole, input, spec);
        const std::vector<std::uint8_t> found = Tensor<std::uint8_t>(reduced, input, spec);
        int sum = 0, largest = 0;
        for (std::size_t i = 0; i < expected.size(); ++i) {
          const int difference = std::abs(expected[i] - found[i]);
          sum += difference;
          largest = std::max(largest, difference);
        }
        EXPECT_LE(static_cast<double>(sum) / static_cast<double>(expected.size()), 1) << photo << " 1/" << by;
        EXPECT_LE(largest, 10) << photo << " 1/" << by;
      }
    }
  }
}

}  // namespace
}  // namespace darkroom::model
