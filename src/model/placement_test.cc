#include "model/placement.h"

#include <gtest/gtest.h>

namespace darkroom::model {
namespace {

InputSpec Input(int width, int height) {
  InputSpec input;
  input.width = width;
  input.height = height;
  return input;
}

PreprocessSpec Resized(Resize resize, int to = 0) {
  PreprocessSpec spec;
  spec.resize = resize;
  spec.resize_to = to;
  return spec;
}

TEST(PlacementOf, AStretchedInputCoversThePicture) {
  const Placement at = PlacementOf({200, 50}, Input(100, 100), Resized(Resize::kStretch));
  EXPECT_EQ(at.left, 0);
  EXPECT_EQ(at.top, 0);
  EXPECT_EQ(at.across, 2);
  EXPECT_EQ(at.down, 0.5);
}

TEST(PlacementOf, AnInputCutFromTheMiddleBeginsThere) {
  const Placement at = PlacementOf({400, 200}, Input(80, 80), Resized(Resize::kShorter, 100));
  EXPECT_EQ(at.left, 120);  // 200×100, of which x begins at 60
  EXPECT_EQ(at.top, 20);
  EXPECT_EQ(at.across, 2);
}

TEST(PlacementOf, APaddedInputBeginsOutsideOfThePicture) {
  const Placement at = PlacementOf({400, 200}, Input(100, 100), Resized(Resize::kFit));
  EXPECT_EQ(at.left, 0);
  EXPECT_EQ(at.top, -100);
  EXPECT_EQ(at.top + 100 * at.down, 300);
}

}  // namespace
}  // namespace darkroom::model
