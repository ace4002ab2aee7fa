#include "mesh/specks.h"

#include <gtest/gtest.h>

namespace darkroom::mesh {
namespace {

constexpr float kThreshold = 0.5f;

void Fill(Voxels& voxels, int from, int to) {
  for (int z = from; z < to; ++z) {
    for (int y = from; y < to; ++y) {
      for (int x = from; x < to; ++x) voxels.at(x, y, z) = 0.9f;
    }
  }
}

TEST(Specks, SmallSolidsGoAndTheLargestStays) {
  Voxels voxels(12);
  Fill(voxels, 0, 4);  // 64
  Fill(voxels, 6, 8);  // 8
  Fill(voxels, 9, 10);
  EXPECT_EQ(RemoveSpecks(voxels, kThreshold, 0.1f), 1);
  EXPECT_EQ(CountSolid(voxels, kThreshold), 72u);
  EXPECT_EQ(RemoveSpecks(voxels, kThreshold, 0.2f), 1);
  EXPECT_EQ(CountSolid(voxels, kThreshold), 64u);
}

TEST(Specks, ASolidOfExactlyTheShareStays) {
  Voxels voxels(8);
  Fill(voxels, 0, 2);
  Fill(voxels, 4, 5);
  EXPECT_EQ(RemoveSpecks(voxels, kThreshold, 0.125f), 0);
}

TEST(Specks, AStairOfEdgesIsOneSolid) {
  Voxels voxels(8);
  for (int i = 0; i < 8; ++i) voxels.at(i, i, 3) = 0.9f;
  EXPECT_EQ(RemoveSpecks(voxels, kThreshold, 1.0f), 0);
  EXPECT_EQ(CountSolid(voxels, kThreshold), 8u);
}

TEST(Specks, CornersAndTheOtherEndOfARowDoNotJoin) {
  Voxels voxels(4);
  voxels.at(0, 0, 0) = voxels.at(1, 0, 0) = 0.9f;
  voxels.at(2, 1, 1) = 0.9f;  // a corner in common
  voxels.at(3, 3, 0) = 0.9f;  // its successor in memory is (0, 0, 1)
  EXPECT_EQ(RemoveSpecks(voxels, kThreshold, 0.9f), 2);
  EXPECT_EQ(CountSolid(voxels, kThreshold), 2u);
}

TEST(Specks, WhatIsBelowTheThresholdIsLeftAsItIs) {
  Voxels voxels(8);
  Fill(voxels, 0, 3);
  voxels.at(6, 6, 6) = 0.8f;
  voxels.at(6, 6, 5) = 0.3f;
  EXPECT_EQ(RemoveSpecks(voxels, kThreshold, 0.5f), 1);
  EXPECT_EQ(voxels.at(6, 6, 6), 0.0f);
  EXPECT_EQ(voxels.at(6, 6, 5), 0.3f);
}

TEST(Specks, AnEmptyGridHasNone) {
  Voxels voxels(4);
  EXPECT_EQ(RemoveSpecks(voxels, kThreshold, 1.0f), 0);
}

}  // namespace
}  // namespace darkroom::mesh
