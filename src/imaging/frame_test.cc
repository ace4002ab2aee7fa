#include "imaging/frame.h"

#include <gtest/gtest.h>

#include <vector>

#include "imaging/test_pictures.h"

namespace darkroom::imaging {
namespace {

// That pixels agree with those of Pillow is tested in tests/transforms.

TEST(Padded, MirrorsAsOftenAsItTakes) {
  Image image = *Image::Allocate(3, 1, 3);
  for (int i = 0; i < 9; ++i) image.data()[i] = static_cast<std::uint8_t>(10 + i / 3);
  const Image padded = *Padded(image, {.left = 6, .right = 5, .mode = PadMode::kReflect});
  std::vector<int> row;
  for (int x = 0; x < padded.width(); ++x) row.push_back(At(padded, x, 0)[0]);
  EXPECT_EQ(row, (std::vector<int>{12, 11, 10, 11, 12, 11, 10, 11, 12, 11, 10, 11, 12, 11}));
}

TEST(Padded, RepeatsTheEdgeOrPaints) {
  const Image image = Pattern(3, 2);
  const Image edge = *Padded(image, {.left = 2, .bottom = 1, .mode = PadMode::kEdge});
  EXPECT_EQ(At(edge, 0, 2), At(image, 0, 1));
  const Image painted = *Padded(image, {.top = 1, .right = 1, .fill = {9, 8, 7}});
  EXPECT_EQ(At(painted, 1, 0), (Pixel{9, 8, 7}));
  EXPECT_EQ(At(painted, 3, 2), (Pixel{9, 8, 7}));
  EXPECT_EQ(At(painted, 2, 2), At(image, 2, 1));
}

TEST(Cropped, CutsOut) {
  const Image image = Pattern(9, 8);
  const Image cropped = *Cropped(image, {4, 3, 5, 5});
  EXPECT_EQ(At(cropped, 0, 0), At(image, 4, 3));
  EXPECT_EQ(At(cropped, 4, 4), At(image, 8, 7));
}

TEST(Paint, StaysWithinThePicture) {
  Image image = Plain(4, 4, {1, 1, 1});
  Paint(image, {2, -1, 100, 3}, {5, 6, 7});
  EXPECT_EQ(At(image, 3, 1), (Pixel{5, 6, 7}));
  EXPECT_EQ(At(image, 1, 0), (Pixel{1, 1, 1}));
  EXPECT_EQ(At(image, 3, 2), (Pixel{1, 1, 1}));
}

}  // namespace
}  // namespace darkroom::imaging
