#include "mesh/voxels.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <limits>
#include <vector>

namespace darkroom::mesh {
namespace {

using testing::HasSubstr;

// A tensor of side 2 whose value at [i, j, k] is 0.4 i + 0.2 j + 0.1 k.
const std::vector<float> kTensor = {0.0f, 0.1f, 0.2f, 0.3f, 0.4f, 0.5f, 0.6f, 0.7f};

std::string ErrorOf(const std::vector<float>& tensor, int side, std::string_view axes = "zyx") {
  const auto voxels = Voxels::FromTensor(tensor, side, axes);
  return voxels ? "no error" : voxels.error().message();
}

TEST(Voxels, TheTensorsLastDimensionIsX) {
  const Voxels voxels = *Voxels::FromTensor(kTensor, 2);
  EXPECT_EQ(voxels.at(1, 0, 0), 0.1f);
  EXPECT_EQ(voxels.at(0, 1, 0), 0.2f);
  EXPECT_EQ(voxels.at(0, 0, 1), 0.4f);
  EXPECT_EQ(voxels.values()[voxels.Index(1, 0, 1)], 0.5f);
}

TEST(Voxels, AxesNameTheDimensionsInTheirOrder) {
  const Voxels voxels = *Voxels::FromTensor(kTensor, 2, "xzy");
  EXPECT_EQ(voxels.at(1, 0, 0), 0.4f);
  EXPECT_EQ(voxels.at(0, 0, 1), 0.2f);
  EXPECT_EQ(voxels.at(0, 1, 0), 0.1f);
}

TEST(Voxels, ACapitalRunsAgainstTheAxis) {
  const Voxels voxels = *Voxels::FromTensor(kTensor, 2, "zYx");
  EXPECT_EQ(voxels.at(0, 1, 0), 0.0f);
  EXPECT_EQ(voxels.at(0, 0, 0), 0.2f);
  EXPECT_EQ(voxels.at(1, 1, 1), 0.5f);
}

TEST(Voxels, AxesThatAreNoPermutationAreRefused) {
  for (std::string_view axes : {"zzx", "zy", "zyxx", "abc", ""}) {
    EXPECT_THAT(ErrorOf(kTensor, 2, axes), HasSubstr("expected x, y and z once each")) << axes;
  }
}

TEST(Voxels, WhatIsNoProbabilityIsNamedWithItsPlace) {
  std::vector<float> tensor = kTensor;
  tensor[5] = 3.5f;
  EXPECT_EQ(ErrorOf(tensor, 2), "voxel [1, 0, 1] of the tensor is 3.5; expected a probability, from 0 to 1");
  tensor[5] = std::numeric_limits<float>::quiet_NaN();
  EXPECT_THAT(ErrorOf(tensor, 2), HasSubstr("voxel [1, 0, 1] of the tensor is nan"));
  tensor[5] = -0.5f;
  EXPECT_THAT(ErrorOf(tensor, 2), HasSubstr("is -0.5"));
}

TEST(Voxels, RoundingPastTheEndsIsCutOff) {
  std::vector<float> tensor = kTensor;
  tensor[0] = 1.00001f;
  tensor[1] = -0.00001f;
  const Voxels voxels = *Voxels::FromTensor(tensor, 2);
  EXPECT_EQ(voxels.at(0, 0, 0), 1.0f);
  EXPECT_EQ(voxels.at(1, 0, 0), 0.0f);
}

TEST(Voxels, SizesAreBounded) {
  EXPECT_EQ(ErrorOf(kTensor, 3), "8 values; a grid of side 3 has 27");
  EXPECT_EQ(ErrorOf(kTensor, 0), "a grid of side 0; expected 1 to 256");
  const auto huge = Voxels::FromTensor({}, 257);
  ASSERT_FALSE(huge);
  EXPECT_EQ(huge.error().code(), Code::kTooLarge);
}

TEST(Voxels, SolidIsWhatLiesAboveTheThreshold) {
  const Voxels voxels = *Voxels::FromTensor(kTensor, 2);
  EXPECT_EQ(CountSolid(voxels, 0.5f), 2u);
  EXPECT_EQ(CountSolid(voxels, 0.0f), 7u);
}

}  // namespace
}  // namespace darkroom::mesh
