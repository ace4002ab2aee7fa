#include "mesh/preview.h"

#include <gtest/gtest.h>

#include <cmath>

#include "mesh/raster.h"
#include "mesh/surface.h"
#include "mesh/test_solids.h"

namespace darkroom::mesh {
namespace {

std::array<int, 4> At(const Picture& picture, int x, int y) {
  const std::size_t at = 4 * (static_cast<std::size_t>(y) * picture.width + x);
  return {picture.rgba[at], picture.rgba[at + 1], picture.rgba[at + 2], picture.rgba[at + 3]};
}

int AlphaAt(const Picture& picture, int x, int y) { return At(picture, x, y)[3]; }

double CoveredShare(const Picture& picture) {
  double sum = 0;
  for (std::size_t i = 3; i < picture.rgba.size(); i += 4) sum += picture.rgba[i];
  return sum / 255 / (static_cast<double>(picture.rgba.size()) / 4);
}

Mesh BallMesh() { return *Surface(Ball(32, 12), {}); }

TEST(Raster, TrianglesThatShareAnEdgeLeaveNoGap) {
  // A fan of 64 around a point off the middle, all of the raster.
  constexpr int kSide = 64;
  std::vector<RasterVertex> vertices = {{kSide * 93, kSide * 141, 1}};
  std::vector<std::array<std::uint32_t, 3>> triangles;
  for (std::uint32_t i = 0; i < 64; ++i) {
    const double angle = -2 * 3.14159265 * i / 64;  // anticlockwise in the world
    vertices.push_back({static_cast<std::int32_t>(kSide * 128 + kSide * 256 * std::cos(angle)),
                        static_cast<std::int32_t>(kSide * 128 + kSide * 256 * std::sin(angle)), 1});
    triangles.push_back({0, i + 1, (i + 1) % 64 + 1});
  }
  Raster raster(kSide, kSide);
  raster.Draw(vertices, triangles);
  for (int y = 0; y < kSide; ++y) {
    for (int x = 0; x < kSide; ++x) ASSERT_NE(raster.at(x, y), Raster::kNothing) << x << ", " << y;
  }
}

TEST(Raster, TheNearestIsSeenInAnyOrder) {
  const std::vector<RasterVertex> vertices = {{0, 0, 0.5f}, {0, 8 * 256, 0.5f}, {8 * 256, 0, 0.5f},
                                              {0, 0, 0.7f}, {0, 8 * 256, 0.7f}, {8 * 256, 0, 0.7f}};
  for (const auto& order : {std::array{0u, 3u}, std::array{3u, 0u}}) {
    Raster raster(8, 8);
    const std::vector<std::array<std::uint32_t, 3>> triangles = {{order[0], order[0] + 1, order[0] + 2},
                                                                 {order[1], order[1] + 1, order[1] + 2}};
    raster.Draw(vertices, triangles);
    EXPECT_EQ(raster.at(1, 1), order[0] == 3 ? 0u : 1u);
    EXPECT_EQ(raster.at(7, 7), Raster::kNothing);
  }
}

TEST(Raster, BacksAreNotDrawn) {
  const std::vector<RasterVertex> vertices = {{0, 0, 1}, {8 * 256, 0, 1}, {0, 8 * 256, 1}};
  Raster raster(8, 8);
  raster.Draw(vertices, std::vector<std::array<std::uint32_t, 3>>{{0, 1, 2}});
  EXPECT_EQ(raster.at(1, 1), Raster::kNothing);
}

TEST(Raster, WeightsAreThoseOfTheSample) {
  const RasterVertex a{0, 0, 1};
  const RasterVertex b{0, 2560, 1};
  const RasterVertex c{2560, 0, 1};
  const auto weights = Raster::Weights(a, b, c, 1, 4);  // at 1.5, 4.5 of 10
  EXPECT_NEAR(weights[0], 0.4, 1e-6);
  EXPECT_NEAR(weights[1], 0.45, 1e-6);
  EXPECT_NEAR(weights[2], 0.15, 1e-6);
}

TEST(Preview, ABallIsADiscOfNineTenths) {
  const Picture picture = Preview(BallMesh(), {.width = 200, .height = 200});
  ASSERT_EQ(picture.rgba.size(), 200u * 200 * 4);
  EXPECT_NEAR(CoveredShare(picture), 3.14159 / 4 * 0.81, 0.01);
  EXPECT_EQ(AlphaAt(picture, 100, 100), 255);
  EXPECT_EQ(AlphaAt(picture, 13, 100), 255);
  EXPECT_EQ(AlphaAt(picture, 7, 100), 0);
  EXPECT_EQ(AlphaAt(picture, 3, 3), 0);
}

TEST(Preview, FitsTheShorterSide) {
  const Picture picture = Preview(BallMesh(), {.width = 300, .height = 100});
  EXPECT_NEAR(CoveredShare(picture), 3.14159 / 4 * 0.81 / 3, 0.01);
  EXPECT_EQ(AlphaAt(picture, 150, 50), 255);
}

TEST(Preview, EdgesAreAntialiased) {
  const Picture picture = Preview(BallMesh(), {.width = 100, .height = 100});
  int between = 0;
  for (std::size_t i = 3; i < picture.rgba.size(); i += 4) between += picture.rgba[i] > 0 && picture.rgba[i] < 255;
  EXPECT_GT(between, 100);
}

TEST(Preview, LightComesFromAboveLeftAndKeepsTheColour) {
  const Picture picture = Preview(BallMesh(), {.width = 100, .height = 100, .colour = {0.5f, 0.25f, 0.25f}});
  EXPECT_GT(At(picture, 35, 30)[0], At(picture, 65, 70)[0] + 40);
  EXPECT_GT(At(picture, 50, 80)[0], 50);  // soft: the shadow is not black
  EXPECT_GT(At(picture, 50, 50)[0], At(picture, 50, 50)[1]);
  EXPECT_EQ(At(picture, 50, 50)[1], At(picture, 50, 50)[2]);
}

TEST(Preview, TheFrontIsTurnedToTheLeft) {
  // A long bar along z: its front end is nearer, lower, and to the left of who stands at the right.
  Voxels voxels(16);
  for (int z = 0; z < 16; ++z) voxels.at(8, 8, z) = 1;
  voxels.at(8, 7, 15) = voxels.at(8, 9, 15) = voxels.at(7, 8, 15) = voxels.at(9, 8, 15) = 1;  // thick at the front
  const Picture picture = Preview(*Surface(voxels, {}), {.width = 100, .height = 100});
  int left = 0;
  int right = 0;
  for (int y = 0; y < 100; ++y) {
    for (int x = 0; x < 20; ++x) {
      left += AlphaAt(picture, x, y);
      right += AlphaAt(picture, 99 - x, y);
    }
  }
  EXPECT_GT(left, 2 * right);
}

TEST(Preview, WithABackgroundNothingIsTransparent) {
  const Picture picture =
      Preview(BallMesh(), {.width = 64, .height = 64, .background = std::array<std::uint8_t, 3>{250, 128, 3}});
  EXPECT_EQ(At(picture, 0, 0), (std::array{250, 128, 3, 255}));
  EXPECT_EQ(AlphaAt(picture, 32, 32), 255);
  EXPECT_EQ(AlphaAt(picture, 3, 32), 255);
}

TEST(Preview, AnEmptyMeshIsTheBackground) {
  const Picture picture = Preview({}, {.width = 8, .height = 4});
  EXPECT_EQ(picture.rgba, std::vector<std::uint8_t>(8 * 4 * 4, 0));
}

}  // namespace
}  // namespace darkroom::mesh
