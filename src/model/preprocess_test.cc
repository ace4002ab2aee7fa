#include "model/preprocess.h"

#include <gtest/gtest.h>

#include <cstring>
#include <vector>

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

}  // namespace
}  // namespace darkroom::model
