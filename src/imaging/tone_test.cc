#include "imaging/tone.h"

#include <gtest/gtest.h>

#include <cmath>
#include <cstring>

#include "imaging/test_pictures.h"

namespace darkroom::imaging {
namespace {

// That pixels agree with those of Pillow is tested in tests/transforms.

TEST(Brighten, GoesFromBlackToWhite) {
  Image image = Plain(2, 1, {10, 100, 200});
  Brighten(image, 1);
  EXPECT_EQ(At(image, 0, 0), (Pixel{10, 100, 200}));
  Brighten(image, 1.5);
  EXPECT_EQ(At(image, 1, 0), (Pixel{15, 150, 255}));
  Brighten(image, 0);
  EXPECT_EQ(At(image, 1, 0), (Pixel{0, 0, 0}));
}

TEST(ChangeContrast, LeavesTheMeanWhereItIs) {
  Image image = Plain(2, 1, {100, 100, 100});
  std::memset(image.data() + 3, 200, 3);
  ChangeContrast(image, 0.5);
  EXPECT_EQ(At(image, 0, 0), (Pixel{125, 125, 125}));
  EXPECT_EQ(At(image, 1, 0), (Pixel{175, 175, 175}));
  ChangeContrast(image, 0);
  EXPECT_EQ(At(image, 0, 0), (Pixel{150, 150, 150}));
}

TEST(Saturate, WithoutColourIsGray) {
  Image image = Pattern(9, 7), gray = Pattern(9, 7);
  Saturate(image, 0);
  MakeGray(gray);
  EXPECT_EQ(LargestDifference(image, gray), 0);
  EXPECT_EQ(At(gray, 3, 3)[0], At(gray, 3, 3)[2]);
}

TEST(TurnHue, GoesAroundTheCircle) {
  Image image = Plain(1, 1, {255, 0, 0});
  TurnHue(image, 0.334);  // 85 of 255
  EXPECT_EQ(At(image, 0, 0), (Pixel{0, 255, 0}));
  TurnHue(image, 0.334);
  EXPECT_EQ(At(image, 0, 0), (Pixel{0, 0, 255}));
  TurnHue(image, -0.334);
  EXPECT_EQ(At(image, 0, 0), (Pixel{0, 255, 0}));
}

TEST(TurnHue, LeavesGraysAlone) {
  Image image = Plain(1, 1, {77, 77, 77});
  TurnHue(image, 0.4);
  EXPECT_EQ(At(image, 0, 0), (Pixel{77, 77, 77}));
}

TEST(AddNoise, HasTheDeviationThatWasAskedFor) {
  Image image = Plain(200, 100, {128, 128, 128});
  AddNoise(image, 20, 1);
  double sum = 0, squares = 0;
  for (std::size_t i = 0; i < image.size(); ++i) {
    sum += image.data()[i] - 128;
    squares += (image.data()[i] - 128) * (image.data()[i] - 128);
  }
  const auto count = static_cast<double>(image.size());
  EXPECT_NEAR(sum / count, 0, 0.4);
  EXPECT_NEAR(std::sqrt(squares / count), 20, 0.3);
  Image again = Plain(200, 100, {128, 128, 128});
  AddNoise(again, 20, 1);
  EXPECT_EQ(LargestDifference(again, image), 0);
}

}  // namespace
}  // namespace darkroom::imaging
