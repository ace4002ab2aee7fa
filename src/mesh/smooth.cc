#include "mesh/smooth.h"

#include <algorithm>

namespace darkroom::mesh {
namespace {

constexpr float kInwards = 0.5f;
constexpr float kOutwards = -0.53f;

Vec3 Within(Vec3 p, Vec3 centre, float most) {
  return {std::clamp(p.x, centre.x - most, centre.x + most), std::clamp(p.y, centre.y - most, centre.y + most),
          std::clamp(p.z, centre.z - most, centre.z + most)};
}

}  // namespace

void Smooth(Mesh& mesh, int passes, float most) {
  const std::vector<Vec3> start = mesh.positions;
  std::vector<float> share(start.size());  // 1 / number of neighbours
  // In a closed mesh each neighbour follows a vertex in exactly one triangle.
  for (const auto& triangle : mesh.triangles) {
    for (std::uint32_t i : triangle) share[i] += 1;
  }
  for (float& s : share) s = s > 0 ? 1 / s : 0;
  std::vector<Vec3> sums(start.size());
  for (int step = 0; step < 2 * passes; ++step) {
    const float weight = step % 2 == 0 ? kInwards : kOutwards;
    std::ranges::fill(sums, Vec3{});
    for (const auto& [a, b, c] : mesh.triangles) {
      sums[a] = sums[a] + mesh.positions[b];
      sums[b] = sums[b] + mesh.positions[c];
      sums[c] = sums[c] + mesh.positions[a];
    }
    for (std::size_t i = 0; i < start.size(); ++i) {
      if (share[i] == 0) continue;
      const Vec3 p = mesh.positions[i];
      mesh.positions[i] = Within(p + weight * (share[i] * sums[i] - p), start[i], most);
    }
  }
}

void SmoothNormals(Mesh& mesh, int passes) {
  for (int pass = 0; pass < passes; ++pass) {
    std::vector<Vec3> sums = mesh.normals;
    for (const auto& [a, b, c] : mesh.triangles) {
      sums[a] = sums[a] + mesh.normals[b];
      sums[b] = sums[b] + mesh.normals[c];
      sums[c] = sums[c] + mesh.normals[a];
    }
    for (std::size_t i = 0; i < sums.size(); ++i) mesh.normals[i] = Normalized(sums[i], mesh.normals[i]);
  }
}

}  // namespace darkroom::mesh
