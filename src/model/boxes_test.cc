#include "model/boxes.h"

#include <gtest/gtest.h>

namespace darkroom::model {
namespace {

Box At(float left, float top, float right, float bottom, float score = 1, int index = 0) {
  return {left, top, right, bottom, score, index};
}

TEST(Overlap, IsTheSharedAreaOverAll) {
  EXPECT_FLOAT_EQ(Overlap(At(0, 0, 2, 2), At(1, 0, 3, 2)), 1.f / 3);
  EXPECT_EQ(Overlap(At(0, 0, 2, 2), At(0, 0, 2, 2)), 1);
  EXPECT_EQ(Overlap(At(0, 0, 2, 2), At(2, 0, 3, 2)), 0) << "they only touch";
  EXPECT_EQ(Overlap(At(1, 1, 1, 1), At(1, 1, 1, 1)), 0) << "no area";
}

TEST(SuppressOverlaps, KeepsTheBetterOfTwoOfOneClass) {
  const auto kept = SuppressOverlaps({At(0, 0, 9, 9, 0.5f), At(0, 0, 10, 10, 0.9f), At(0, 0, 9, 9, 0.7f, 1)}, 0.5f, 10);
  ASSERT_EQ(kept.size(), 2u);
  EXPECT_EQ(kept[0].score, 0.9f);
  EXPECT_EQ(kept[1].index, 1) << "another class may be in the same place";
}

TEST(SuppressOverlaps, ABoxThatWentSuppressesNoOther) {
  const auto kept = SuppressOverlaps({At(0, 0, 10, 1, 0.9f), At(5, 0, 15, 1, 0.8f), At(10, 0, 20, 1, 0.7f)}, 0.3f, 10);
  ASSERT_EQ(kept.size(), 2u);
  EXPECT_EQ(kept[1].left, 10);
}

TEST(SuppressOverlaps, KeepsNoMoreThanAsked) {
  EXPECT_EQ(SuppressOverlaps({At(0, 0, 1, 1), At(2, 0, 3, 1), At(4, 0, 5, 1)}, 0.5f, 2).size(), 2u);
}

}  // namespace
}  // namespace darkroom::model
