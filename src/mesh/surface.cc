#include "mesh/surface.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <span>
#include <vector>

#include "mesh/cell_cases.h"
#include "mesh/smooth.h"

namespace darkroom::mesh {
namespace {

// Vertices keep away from voxel centres by this share of an edge, or triangles would have no area.
constexpr float kNearest = 0.02f;

// In units of a voxel. What is 1 thick, ±0.5 around its middle, keeps its two sides apart.
constexpr float kMostSmoothing = 0.4f;

// Walks the cells layer by layer. Positions are in units of a voxel, (0, 0, 0) at the lowest corner of the grid;
// indices are those of the grid with an empty layer around it.
class March {
 public:
  March(const Voxels& voxels, float threshold)
      : m_(voxels.side() + 2), threshold_(threshold), values_(static_cast<std::size_t>(m_) * m_ * m_) {
    for (int z = 0; z < voxels.side(); ++z) {
      for (int y = 0; y < voxels.side(); ++y) {
        const auto row = voxels.values().subspan(voxels.Index(0, y, z), voxels.side());
        std::ranges::copy(row, values_.begin() + static_cast<std::ptrdiff_t>(Index(1, y + 1, z + 1)));
      }
    }
    inside_.resize(values_.size());
    std::ranges::transform(values_, inside_.begin(), [&](float value) { return value > threshold; });
    for (auto& ids : edges_) ids.resize(static_cast<std::size_t>(m_) * m_);
  }

  Result<Mesh> Run() {
    for (int z = 0; z + 1 < m_; ++z) {
      PlaceVertices(z);
      for (int y = 0; y + 1 < m_; ++y) AddRow(y, z);
      if (mesh_.positions.size() > kMostVertices) {
        return Fail(Code::kTooLarge, fmt::format("the surface at threshold {} has more than {} vertices; such a grid "
                                                 "is noise, or of another scale than the threshold",
                                                 threshold_, kMostVertices));
      }
    }
    return std::move(mesh_);
  }

 private:
  // Of edges_: those that begin in a layer along x and y, for two layers in turn, and those along z between the two.
  static constexpr int kAlongZ = 4;
  static int AlongX(int z) { return z % 2; }
  static int AlongY(int z) { return 2 + z % 2; }

  std::size_t Index(int x, int y, int z) const { return (static_cast<std::size_t>(z) * m_ + y) * m_ + x; }

  // The vertices on edges between the layers z and z + 1, and in z + 1; in the first layer there are none.
  void PlaceVertices(int z) {
    for (int y = 0; y < m_; ++y) {
      for (int x = 0; x < m_; ++x) {
        const std::size_t low = Index(x, y, z);
        const std::size_t high = Index(x, y, z + 1);
        const std::size_t to = static_cast<std::size_t>(y) * m_ + x;
        if (inside_[low] != inside_[high]) edges_[kAlongZ][to] = Place(low, high, x, y, z, {0, 0, 1});
        if (x + 1 < m_ && inside_[high] != inside_[high + 1]) {
          edges_[AlongX(z + 1)][to] = Place(high, high + 1, x, y, z + 1, {1, 0, 0});
        }
        if (y + 1 < m_ && inside_[high] != inside_[high + m_]) {
          edges_[AlongY(z + 1)][to] = Place(high, high + m_, x, y, z + 1, {0, 1, 0});
        }
      }
    }
  }

  std::uint32_t Place(std::size_t from, std::size_t to, int x, int y, int z, Vec3 axis) {
    const float t = (threshold_ - values_[from]) / (values_[to] - values_[from]);
    const Vec3 corner = {static_cast<float>(x) - 0.5f, static_cast<float>(y) - 0.5f, static_cast<float>(z) - 0.5f};
    mesh_.positions.push_back(corner + std::clamp(t, kNearest, 1 - kNearest) * axis);
    return static_cast<std::uint32_t>(mesh_.positions.size() - 1);
  }

  void AddRow(int y, int z) {
    // The four corners at a step along x: bits of y and z, spread to those of a cell.
    const std::uint8_t* rows[] = {&inside_[Index(0, y, z)], &inside_[Index(0, y + 1, z)], &inside_[Index(0, y, z + 1)],
                                  &inside_[Index(0, y + 1, z + 1)]};
    const auto column = [&](int x) { return rows[0][x] | rows[1][x] << 2 | rows[2][x] << 4 | rows[3][x] << 6; };
    int left = column(0);
    for (int x = 0; x + 1 < m_; ++x) {
      const int right = column(x + 1);
      const int corners = left | right << 1;
      left = right;
      if (corners != 0 && corners != 255) AddCell(kCellCases[corners], x, y, z);
    }
  }

  std::uint32_t VertexOn(int edge, int x, int y, int z) const {
    const int first = edge % 2;  // the bits of the other axes
    const int second = edge / 2 % 2;
    switch (edge / 4) {
      case 0:
        return edges_[AlongX(z + second)][static_cast<std::size_t>(y + first) * m_ + x];
      case 1:
        return edges_[AlongY(z + second)][static_cast<std::size_t>(y) * m_ + x + first];
      default:
        return edges_[kAlongZ][static_cast<std::size_t>(y + second) * m_ + x + first];
    }
  }

  void AddCell(const CellCase& cell, int x, int y, int z) {
    for (int i = 0; i < cell.triangle_count; ++i) {
      const auto& [a, b, c] = cell.triangles[i];
      mesh_.triangles.push_back({VertexOn(a, x, y, z), VertexOn(b, x, y, z), VertexOn(c, x, y, z)});
    }
  }

  const int m_;  // voxels along a side, with the empty ones
  const float threshold_;
  std::vector<float> values_;
  std::vector<std::uint8_t> inside_;
  std::array<std::vector<std::uint32_t>, 5> edges_;  // the vertex on each crossed edge; others hold anything
  Mesh mesh_;
};

}  // namespace

Result<Mesh> Surface(const Voxels& voxels, const SurfaceOptions& options) {
  if (!(options.threshold >= 0 && options.threshold < 1)) {
    return Fail(Code::kInvalid, fmt::format("threshold {}: expected 0 or more, and less than 1", options.threshold));
  }
  auto mesh = March(voxels, options.threshold).Run();
  if (!mesh) return mesh;
  Smooth(*mesh, options.smoothing, kMostSmoothing);
  const float voxel = options.frame.side / static_cast<float>(voxels.side());
  for (Vec3& position : mesh->positions) position = options.frame.origin + voxel * position;
  ComputeNormals(*mesh);
  SmoothNormals(*mesh, options.smoothing);
  return mesh;
}

}  // namespace darkroom::mesh
