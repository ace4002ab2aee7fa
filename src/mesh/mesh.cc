#include "mesh/mesh.h"

#include <algorithm>

#include "base/result.h"

namespace darkroom::mesh {

Vec3 Normalized(Vec3 a, Vec3 otherwise) {
  const float most = std::max({std::abs(a.x), std::abs(a.y), std::abs(a.z)});
  if (!(most > 0)) return otherwise;
  const Vec3 scaled = (1 / most) * a;
  return (1 / Length(scaled)) * scaled;
}

Bounds BoundsOf(const std::vector<Vec3>& positions) {
  DR_CHECK(!positions.empty());
  Bounds bounds = {positions.front(), positions.front()};
  for (const Vec3& p : positions) {
    bounds.min = {std::min(bounds.min.x, p.x), std::min(bounds.min.y, p.y), std::min(bounds.min.z, p.z)};
    bounds.max = {std::max(bounds.max.x, p.x), std::max(bounds.max.y, p.y), std::max(bounds.max.z, p.z)};
  }
  return bounds;
}

double SignedVolume(const Mesh& mesh) {
  double sum = 0;  // of the tetrahedra between each triangle and the origin, six times
  for (const auto& [a, b, c] : mesh.triangles) {
    sum += Dot(mesh.positions[a], Cross(mesh.positions[b], mesh.positions[c]));
  }
  return sum / 6;
}

void ComputeNormals(Mesh& mesh) {
  mesh.normals.assign(mesh.positions.size(), {});
  for (const auto& [a, b, c] : mesh.triangles) {
    const Vec3& corner = mesh.positions[a];
    const Vec3 normal = Cross(mesh.positions[b] - corner, mesh.positions[c] - corner);  // as long as twice the area
    for (std::uint32_t i : {a, b, c}) mesh.normals[i] = mesh.normals[i] + normal;
  }
  for (Vec3& normal : mesh.normals) normal = Normalized(normal, {0, 1, 0});
}

}  // namespace darkroom::mesh
