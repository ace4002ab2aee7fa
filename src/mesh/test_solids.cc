#include "mesh/test_solids.h"

#include <algorithm>
#include <numeric>
#include <random>
#include <set>

namespace darkroom::mesh {
namespace {

// How much of a voxel lies within, from its centre's signed distance to the boundary in voxels, positive outside.
float Coverage(float distance) { return std::clamp(0.5f - distance, 0.0f, 1.0f); }

Vec3 CentreOf(int x, int y, int z) {
  return {static_cast<float>(x) + 0.5f, static_cast<float>(y) + 0.5f, static_cast<float>(z) + 0.5f};
}

// A box in parts of the grid's side, the higher of what is there and of it.
void AddBox(Voxels& voxels, Vec3 min, Vec3 max) {
  const int n = voxels.side();
  const float side = static_cast<float>(n);
  const auto covered = [side](float at, float from, float to) {
    return Coverage(std::max(from * side - at, at - to * side));
  };
  for (int z = 0; z < n; ++z) {
    for (int y = 0; y < n; ++y) {
      for (int x = 0; x < n; ++x) {
        const Vec3 p = CentreOf(x, y, z);
        const float value = covered(p.x, min.x, max.x) * covered(p.y, min.y, max.y) * covered(p.z, min.z, max.z);
        voxels.at(x, y, z) = std::max(voxels.at(x, y, z), value);
      }
    }
  }
}

}  // namespace

Voxels Ball(int side, float radius) {
  Voxels voxels(side);
  const float middle = static_cast<float>(side) / 2;
  for (int z = 0; z < side; ++z) {
    for (int y = 0; y < side; ++y) {
      for (int x = 0; x < side; ++x) {
        voxels.at(x, y, z) = Coverage(Length(CentreOf(x, y, z) - Vec3{middle, middle, middle}) - radius);
      }
    }
  }
  return voxels;
}

Voxels Chair(int side) {
  Voxels voxels(side);
  AddBox(voxels, {0.22f, 0.42f, 0.22f}, {0.78f, 0.49f, 0.8f});
  for (float x : {0.22f, 0.71f}) {
    AddBox(voxels, {x, 0.02f, 0.72f}, {x + 0.07f, 0.45f, 0.79f});
    AddBox(voxels, {x, 0.02f, 0.2f}, {x + 0.07f, 0.98f, 0.27f});
  }
  for (float y : {0.6f, 0.75f, 0.9f}) AddBox(voxels, {0.25f, y, 0.21f}, {0.75f, y + 0.08f, 0.26f});
  return voxels;
}

Voxels Noise(int side, std::uint64_t seed) {
  Voxels voxels(side);
  std::mt19937_64 random(seed);
  std::uniform_real_distribution<float> between(0, 1);
  for (float& value : voxels.values()) value = between(random);
  return voxels;
}

int CountParts(const Mesh& mesh) {
  std::vector<std::uint32_t> parent(mesh.positions.size());
  std::iota(parent.begin(), parent.end(), 0u);
  const auto root = [&](std::uint32_t i) {
    while (parent[i] != i) i = parent[i] = parent[parent[i]];
    return i;
  };
  for (const auto& [a, b, c] : mesh.triangles) {
    parent[root(a)] = root(b);
    parent[root(b)] = root(c);
  }
  std::set<std::uint32_t> roots;
  for (const auto& triangle : mesh.triangles) roots.insert(root(triangle[0]));
  return static_cast<int>(roots.size());
}

}  // namespace darkroom::mesh
