#include "imaging/warp.h"

#include <gtest/gtest.h>

#include <cstring>
#include <vector>

#include "imaging/orient.h"
#include "imaging/test_pictures.h"

namespace darkroom::imaging {
namespace {

Size SizeOf(const Image& image) { return {image.width(), image.height()}; }

Image Copy(const Image& image) {
  Image copy = *Image::Allocate(image.width(), image.height(), image.channels());
  std::memcpy(copy.data(), image.data(), image.size());
  return copy;
}

// That pixels agree with those of Pillow is tested in tests/transforms.

TEST(Rotation, ByRightAnglesMovesWholePixels) {
  const Image image = Pattern(31, 20);
  // EXIF's orientation 8 is shown turned counter-clockwise.
  for (auto [angle, orientation] : {std::pair(90, 8), std::pair(180, 3), std::pair(270, 6), std::pair(-90, 6)}) {
    for (const Filter filter : {Filter::kBilinear, Filter::kNearest}) {
      const Size size = RotatedSize(SizeOf(image), angle);
      const Image turned = *Warp(image, size, RotationOf(SizeOf(image), angle, true), filter, {});
      EXPECT_EQ(LargestDifference(turned, *Orient(Copy(image), orientation)), 0) << angle;
    }
  }
}

TEST(Rotation, GrowsThePictureSoThatItsCornersAreSeen) {
  EXPECT_EQ(RotatedSize({100, 50}, 0), (Size{100, 50}));
  EXPECT_EQ(RotatedSize({100, 51}, 90), (Size{51, 100}));
  EXPECT_EQ(RotatedSize({100, 100}, 45), (Size{142, 142}));
}

TEST(Warp, PaintsWhatComesFromOutside) {
  const Image image = Gradient(40, 40);
  const Color fill = {1, 2, 3};
  const Image turned = *Warp(image, {40, 40}, RotationOf({40, 40}, 45, false), Filter::kBilinear, fill);
  EXPECT_EQ(turned.row(0)[0], 1);
  EXPECT_EQ(turned.row(39)[39 * 3 + 2], 3);
  EXPECT_NEAR(turned.row(20)[20 * 3 + 2], image.row(20)[20 * 3 + 2], 1);
}

TEST(AffineOf, OfNothingIsThePictureItself) {
  const Image image = Pattern(17, 23);
  for (const Filter filter : {Filter::kBilinear, Filter::kNearest}) {
    EXPECT_EQ(LargestDifference(*Warp(image, SizeOf(image), AffineOf(SizeOf(image), {}), filter, {}), image), 0);
  }
}

TEST(AffineOf, ShiftsByWholePixels) {
  const Image image = Pattern(20, 10);
  const Affine shift = {.dx = {0.26, 0.26}, .dy = {-0.1, -0.1}};  // 5.2 to the right, 1 up
  const Image shifted = *Warp(image, {20, 10}, AffineOf({20, 10}, shift), Filter::kBilinear, {});
  for (int y = 0; y < 9; ++y) ASSERT_EQ(std::memcmp(shifted.row(y) + 15, image.row(y + 1), 45), 0) << y;
  EXPECT_EQ(shifted.row(9)[30], 0);
}

TEST(AffineOf, TurnsTheWayThatRotateDoes) {
  const Size size = {33, 20};
  const Projection turned = AffineOf(size, {.angle = {37, 37}}), rotated = RotationOf(size, 37, false);
  for (std::size_t i = 0; i < 9; ++i) EXPECT_NEAR(turned.m[i], rotated.m[i], 1e-12);
}

TEST(PerspectiveOf, PutsTheCornersWhereTheyAreWanted) {
  const std::vector<double> corners = {0.1, 0.2, 0.9, 0, 1.1, 1, 0, 0.7};
  const Projection back = PerspectiveOf({200, 100}, corners);
  constexpr double kFrom[] = {0, 0, 200, 0, 200, 100, 0, 100};
  for (std::size_t i = 0; i < 8; i += 2) {
    const double x = corners[i] * 200, y = corners[i + 1] * 100;
    const double divisor = back.m[6] * x + back.m[7] * y + back.m[8];
    EXPECT_NEAR((back.m[0] * x + back.m[1] * y + back.m[2]) / divisor, kFrom[i], 1e-9);
    EXPECT_NEAR((back.m[3] * x + back.m[4] * y + back.m[5]) / divisor, kFrom[i + 1], 1e-9);
  }
}

TEST(PerspectiveOf, MirrorsWhenTheCornersDo) {
  const Image image = Pattern(24, 16);
  const std::vector<double> mirrored = {1, 0, 0, 0, 0, 1, 1, 1};
  const Image flipped = *Warp(image, {24, 16}, PerspectiveOf({24, 16}, mirrored), Filter::kNearest, {});
  EXPECT_EQ(LargestDifference(flipped, *Orient(Copy(image), 2)), 0);
}

TEST(IsConvex, RefusesFoldsAndLines) {
  EXPECT_TRUE(IsConvex(std::vector<double>{0, 0, 1, 0, 1, 1, 0, 1}));
  EXPECT_TRUE(IsConvex(std::vector<double>{0, 0, 0, 1, 1, 1, 1, 0}));       // mirrored
  EXPECT_FALSE(IsConvex(std::vector<double>{0, 0, 1, 0, 0, 1, 1, 1}));      // a bow tie
  EXPECT_FALSE(IsConvex(std::vector<double>{0.6, 0.6, 1, 0, 1, 1, 0, 1}));  // a dent
  EXPECT_FALSE(IsConvex(std::vector<double>{0, 0, 0.5, 0.5, 1, 1, 0, 1}));  // three in line
  EXPECT_FALSE(IsConvex(std::vector<double>{0.5, 0.5, 0.5, 0.5, 0.5, 0.5, 0.5, 0.5}));
  EXPECT_FALSE(IsConvex(std::vector<double>{0, 0, 1, 0, 1, 1}));
}

}  // namespace
}  // namespace darkroom::imaging
