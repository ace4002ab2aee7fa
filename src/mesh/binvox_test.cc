#include "mesh/binvox.h"

#include <gtest/gtest.h>

#include <string>
#include <string_view>

namespace darkroom::mesh {
namespace {

// What follows the header.
std::string DataOf(const Voxels& voxels) {
  const std::string file = WriteBinvox(voxels, 0.5f, {});
  constexpr std::string_view kEnd = "\ndata\n";
  return file.substr(file.find(kEnd) + kEnd.size());
}

TEST(Binvox, TheHeaderSaysSizeAndPlace) {
  const std::string file = WriteBinvox(Voxels(4), 0.5f, {.side = 1.5f, .origin = {-0.75f, 0, 0.1f}});
  EXPECT_TRUE(file.starts_with("#binvox 1\ndim 4 4 4\ntranslate -0.75 0 0.1\nscale 1.5\ndata\n")) << file;
}

TEST(Binvox, RunsAreAtMost255Long) { EXPECT_EQ(DataOf(Voxels(8)), std::string("\0\xff\0\xff\0\x02", 6)); }

TEST(Binvox, YIsFastestThenZThenX) {
  Voxels y(2);
  y.at(0, 1, 0) = 1;
  EXPECT_EQ(DataOf(y), std::string("\0\x01\x01\x01\0\x06", 6));
  Voxels z(2);
  z.at(0, 0, 1) = 1;
  EXPECT_EQ(DataOf(z), std::string("\0\x02\x01\x01\0\x05", 6));
  Voxels x(2);
  x.at(1, 0, 0) = 1;
  EXPECT_EQ(DataOf(x), std::string("\0\x04\x01\x01\0\x03", 6));
}

TEST(Binvox, SolidIsAboveTheThreshold) {
  Voxels voxels(1);
  voxels.at(0, 0, 0) = 0.5f;
  EXPECT_EQ(DataOf(voxels), std::string("\0\x01", 2));
  voxels.at(0, 0, 0) = 0.51f;
  EXPECT_EQ(DataOf(voxels), "\x01\x01");
}

}  // namespace
}  // namespace darkroom::mesh
