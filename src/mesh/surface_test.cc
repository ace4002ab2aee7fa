#include "mesh/surface.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <map>
#include <numbers>
#include <set>
#include <utility>

#include "mesh/cell_cases.h"
#include "mesh/smooth.h"
#include "mesh/specks.h"
#include "mesh/test_solids.h"

namespace darkroom::mesh {
namespace {

using testing::HasSubstr;

// A grid of this side in units of a voxel, with its corner at 0.
SurfaceOptions InVoxels(const Voxels& voxels, int smoothing = 0) {
  return {.threshold = 0.5f, .frame = {static_cast<float>(voxels.side()), {0, 0, 0}}, .smoothing = smoothing};
}

// Each edge once in each direction: closed, two triangles an edge, the same side out everywhere.
void ExpectWatertight(const Mesh& mesh) {
  std::set<std::pair<std::uint32_t, std::uint32_t>> edges;
  for (const auto& [a, b, c] : mesh.triangles) {
    for (auto edge : {std::pair(a, b), std::pair(b, c), std::pair(c, a)}) {
      ASSERT_NE(edge.first, edge.second);
      ASSERT_TRUE(edges.insert(edge).second) << "twice in a direction: " << edge.first << " to " << edge.second;
    }
  }
  for (const auto& [from, to] : edges) ASSERT_TRUE(edges.contains({to, from})) << from << " to " << to << " is open";
}

// The triangles at each vertex form one ring: two cones do not meet in their tips.
void ExpectOneRingAVertex(const Mesh& mesh) {
  std::vector<std::map<std::uint32_t, std::uint32_t>> next(mesh.positions.size());
  for (const auto& [a, b, c] : mesh.triangles) {
    next[a][b] = c;
    next[b][c] = a;
    next[c][a] = b;
  }
  for (const auto& ring : next) {
    ASSERT_GE(ring.size(), 3u);
    std::size_t steps = 0;
    std::uint32_t at = ring.begin()->first;
    do {
      at = ring.at(at);
      ++steps;
    } while (at != ring.begin()->first && steps <= ring.size());
    ASSERT_EQ(steps, ring.size());
  }
}

double RadiusError(const Mesh& mesh, Vec3 middle, float radius) {
  double sum = 0;
  for (const Vec3& p : mesh.positions) sum += std::pow(Length(p - middle) - radius, 2);
  return std::sqrt(sum / static_cast<double>(mesh.positions.size()));
}

// Of the normals against those of the ball, root of the mean square, in degrees.
double NormalError(const Mesh& mesh, Vec3 middle) {
  double sum = 0;
  for (std::size_t i = 0; i < mesh.positions.size(); ++i) {
    const Vec3 out = mesh.positions[i] - middle;
    const float cosine = std::min(1.0f, Dot(mesh.normals[i], out) / Length(out));
    sum += std::pow(std::acos(cosine) * 180 / std::numbers::pi, 2);
  }
  return std::sqrt(sum / static_cast<double>(mesh.positions.size()));
}

Voxels Binary(Voxels voxels) {
  for (float& value : voxels.values()) value = value > 0.5f ? 1.0f : 0.0f;
  return voxels;
}

TEST(CellCases, TheVerticesAreOnTheCrossedEdges) {
  for (int inside = 0; inside < 256; ++inside) {
    const CellCase& cell = kCellCases[inside];
    std::set<int> used;
    for (int i = 0; i < cell.triangle_count; ++i) used.insert(cell.triangles[i].begin(), cell.triangles[i].end());
    std::size_t crossed = 0;
    for (int a = 0; a < 8; ++a) {
      for (int axis : {1, 2, 4}) crossed += (a & axis) == 0 && (inside >> a & 1) != (inside >> (a | axis) & 1);
    }
    EXPECT_EQ(used.size(), crossed) << inside;
  }
}

TEST(Surface, AnyGridIsWatertight) {
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    SCOPED_TRACE(seed);
    const Voxels voxels = Noise(12, seed);
    SurfaceOptions options = InVoxels(voxels);
    options.threshold = 0.1f + 0.04f * static_cast<float>(seed);
    const Mesh mesh = *Surface(voxels, options);
    ExpectWatertight(mesh);
    ExpectOneRingAVertex(mesh);
    EXPECT_GT(SignedVolume(mesh), 0);
  }
}

TEST(Surface, EachCaseOfACellIsWatertight) {
  for (int inside = 1; inside < 256; ++inside) {
    Voxels voxels(2);
    for (int corner = 0; corner < 8; ++corner) {
      voxels.at(corner & 1, corner >> 1 & 1, corner >> 2 & 1) = static_cast<float>(inside >> corner & 1);
    }
    const Mesh mesh = *Surface(voxels, InVoxels(voxels));
    ExpectWatertight(mesh);
    ExpectOneRingAVertex(mesh);
    EXPECT_GT(SignedVolume(mesh), 0) << inside;
  }
}

TEST(Surface, ABallHasTheVolumeOfABall) {
  const Voxels voxels = Ball(32, 11);
  const Mesh mesh = *Surface(voxels, InVoxels(voxels));
  const double exact = 4.0 / 3 * std::numbers::pi * 11 * 11 * 11;
  EXPECT_NEAR(SignedVolume(mesh), exact, 0.01 * exact);
  EXPECT_NEAR(SignedVolume(mesh), static_cast<double>(CountSolid(voxels, 0.5f)), 0.015 * exact);
  EXPECT_LT(RadiusError(mesh, {16, 16, 16}, 11), 0.05);
  EXPECT_EQ(CountParts(mesh), 1);
}

TEST(Surface, NormalsPointOutwardsAndHaveLengthOne) {
  const Voxels voxels = Ball(32, 11);
  const Mesh mesh = *Surface(voxels, InVoxels(voxels));
  ASSERT_EQ(mesh.normals.size(), mesh.positions.size());
  for (const Vec3& normal : mesh.normals) EXPECT_NEAR(Length(normal), 1, 1e-5);
  EXPECT_LT(NormalError(mesh, {16, 16, 16}), 3.5);
  EXPECT_LT(NormalError(*Surface(voxels, InVoxels(voxels, 2)), {16, 16, 16}), 1.5);
}

TEST(Surface, WhatTouchesTheBorderIsClosedThere) {
  Voxels voxels(4);
  for (float& value : voxels.values()) value = 1;
  const Mesh mesh = *Surface(voxels, InVoxels(voxels));
  ExpectWatertight(mesh);
  const Bounds bounds = BoundsOf(mesh.positions);
  EXPECT_EQ(bounds.min, (Vec3{0, 0, 0}));
  EXPECT_EQ(bounds.max, (Vec3{4, 4, 4}));
}

TEST(Surface, TheThresholdMovesIt) {
  const Voxels voxels = Ball(32, 11);
  SurfaceOptions options = InVoxels(voxels);
  const double at_half = SignedVolume(*Surface(voxels, options));
  options.threshold = 0.8f;
  EXPECT_LT(SignedVolume(*Surface(voxels, options)), at_half);
}

TEST(Surface, VoxelsThatShareAnEdgeAreJoined) {
  Voxels voxels(6);
  for (int i = 1; i < 5; ++i) voxels.at(i, i, 3) = 1;
  EXPECT_EQ(CountParts(*Surface(voxels, InVoxels(voxels))), 1);
  Voxels apart(6);
  for (int i = 1; i < 5; ++i) apart.at(i, i, i) = 1;
  EXPECT_EQ(CountParts(*Surface(apart, InVoxels(apart))), 4);
}

TEST(Surface, PartsAreTheSolidsThatSpecksCount) {
  for (std::uint64_t seed = 1; seed <= 5; ++seed) {
    SCOPED_TRACE(seed);
    Voxels voxels = Noise(10, seed);
    SurfaceOptions options = InVoxels(voxels);
    options.threshold = 0.9f;  // so sparse that nothing is hollow
    const int parts = CountParts(*Surface(voxels, options));
    const int removed = RemoveSpecks(voxels, 0.9f, 1.0f);
    EXPECT_EQ(parts, removed + CountParts(*Surface(voxels, options)));
    EXPECT_GT(removed, 10);
  }
}

TEST(Surface, StandsWhereTheFrameSays) {
  const Voxels voxels = Ball(20, 10);
  const Bounds bounds = BoundsOf(Surface(voxels, {.threshold = 0.5f, .frame = Frame::OfSide(2)})->positions);
  EXPECT_NEAR(bounds.min.x, -1, 0.02);
  EXPECT_NEAR(bounds.max.x, 1, 0.02);
  EXPECT_NEAR(bounds.min.y, 0, 0.02);
  EXPECT_NEAR(bounds.max.y, 2, 0.02);
  EXPECT_NEAR(bounds.max.z, 1, 0.02);
}

TEST(Surface, AxesAreThoseOfTheGrid) {
  Voxels voxels(8);
  for (int i = 0; i < 8; ++i) voxels.at(i, 1, 6) = 1;
  const Bounds bounds = BoundsOf(Surface(voxels, InVoxels(voxels))->positions);
  EXPECT_EQ(bounds.min, (Vec3{0, 1, 6}));
  EXPECT_EQ(bounds.max, (Vec3{8, 2, 7}));
}

TEST(Surface, NothingSolidIsAnEmptyMesh) {
  const Mesh mesh = *Surface(Voxels(8), {});
  EXPECT_TRUE(mesh.positions.empty());
  EXPECT_TRUE(mesh.triangles.empty());
}

TEST(Surface, AThresholdOutsideOfProbabilitiesIsRefused) {
  for (float threshold : {-0.1f, 1.0f, std::nanf("")}) {
    const auto mesh = Surface(Voxels(4), {.threshold = threshold});
    ASSERT_FALSE(mesh);
    EXPECT_THAT(mesh.error().message(), HasSubstr("expected 0 or more, and less than 1"));
  }
}

TEST(Smooth, TakesTheStepsOffABallOfZeroesAndOnes) {
  const Voxels voxels = Binary(Ball(32, 11));
  const Mesh stepped = *Surface(voxels, InVoxels(voxels));
  const Mesh smooth = *Surface(voxels, InVoxels(voxels, 2));
  ExpectWatertight(smooth);
  EXPECT_LT(NormalError(smooth, {16, 16, 16}), 0.33 * NormalError(stepped, {16, 16, 16}));
  EXPECT_LT(RadiusError(smooth, {16, 16, 16}, 11), RadiusError(stepped, {16, 16, 16}, 11));
  EXPECT_NEAR(SignedVolume(smooth), SignedVolume(stepped), 0.01 * SignedVolume(stepped));
}

TEST(Smooth, ThinLegsStay) {
  for (int thick : {1, 2}) {
    SCOPED_TRACE(thick);
    Voxels voxels(24);
    for (int y = 2; y < 22; ++y) {
      for (int i = 0; i < thick * thick; ++i) voxels.at(10 + i % thick, y, 10 + i / thick) = 1;
    }
    const Mesh before = *Surface(voxels, InVoxels(voxels));
    const Mesh after = *Surface(voxels, InVoxels(voxels, 2));
    EXPECT_GT(SignedVolume(after), (thick == 1 ? 0.6 : 0.95) * SignedVolume(before));
    const Bounds bounds = BoundsOf(after.positions);
    EXPECT_GT(bounds.max.y - bounds.min.y, 19);
  }
}

TEST(Smooth, NoVertexGoesFar) {
  const Voxels voxels = Noise(10, 3);
  Mesh mesh = *Surface(voxels, InVoxels(voxels));
  const std::vector<Vec3> before = mesh.positions;
  Smooth(mesh, 20, 0.25f);
  for (std::size_t i = 0; i < before.size(); ++i) {
    const Vec3 moved = mesh.positions[i] - before[i];
    ASSERT_LE(std::max({std::abs(moved.x), std::abs(moved.y), std::abs(moved.z)}), 0.2501f);
  }
}

}  // namespace
}  // namespace darkroom::mesh
