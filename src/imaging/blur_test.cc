#include "imaging/blur.h"

#include <gtest/gtest.h>

#include <cstring>

#include "imaging/test_pictures.h"

namespace darkroom::imaging {
namespace {

// That pixels agree with those of Pillow is tested in tests/transforms.

TEST(GaussianBlur, LeavesPlainPicturesAlone) {
  for (const float sigma : {0.0f, 0.3f, 5.0f, 100.0f}) {
    const Image blurred = *GaussianBlur(Plain(7, 300, {0, 99, 255}), sigma);
    EXPECT_EQ(LargestDifference(blurred, Plain(7, 300, {0, 99, 255})), 0) << sigma;
  }
}

TEST(GaussianBlur, SpreadsADotLikeABell) {
  Image image = Plain(41, 41, {0, 0, 0});
  for (int y = 18; y < 23; ++y) std::memset(image.row(y) + 3 * 18, 255, 15);
  const Image blurred = *GaussianBlur(std::move(image), 3);
  double sum = 0, squares = 0;
  for (int i = -20; i <= 20; ++i) {
    EXPECT_EQ(At(blurred, 20 - i, 20), At(blurred, 20 + i, 20)) << i;
    EXPECT_NEAR(At(blurred, 20, 20 + i)[0], At(blurred, 20 + i, 20)[0], 1) << i;  // rounded in between
    sum += At(blurred, 20 + i, 20)[0];
    squares += i * i * At(blurred, 20 + i, 20)[0];
  }
  EXPECT_NEAR(squares / sum, 3 * 3 + 2, 0.2);  // variances add up; that of five equal pixels is 2
}

TEST(Sharpened, MakesAnEdgeSteeper) {
  Image image = Plain(9, 9, {100, 100, 100});
  for (int y = 0; y < 9; ++y) std::memset(image.row(y) + 3 * 5, 150, 12);
  const Image sharp = *Sharpened(image, 3), same = *Sharpened(image, 1), smooth = *Sharpened(image, 0);
  EXPECT_EQ(LargestDifference(same, image), 0);
  EXPECT_LT(At(sharp, 4, 4)[0], 100);
  EXPECT_GT(At(sharp, 5, 4)[0], 150);
  EXPECT_EQ(At(smooth, 4, 4)[0], 112);  // (10 · 100 + 3 · 150) / 13
  EXPECT_EQ(At(smooth, 5, 0)[0], 150);  // the outermost pixels stay
}

}  // namespace
}  // namespace darkroom::imaging
