#include "mesh/raster.h"

#include <algorithm>

#include "base/result.h"

namespace darkroom::mesh {
namespace {

constexpr std::int32_t kUnits = RasterVertex::kUnits;

// Twice the area of the triangle of an edge and a point, positive where the point lies to the right of the edge, which
// is inside for a triangle that turns clockwise. Linear in the point: `along_x` and `along_y` more a sample further.
struct EdgeFunction {
  std::int64_t at = 0;
  std::int64_t along_x = 0;
  std::int64_t along_y = 0;
};

EdgeFunction EdgeAt(const RasterVertex& from, const RasterVertex& to, int x, int y) {
  const std::int64_t dx = to.x - from.x;
  const std::int64_t dy = to.y - from.y;
  const std::int64_t px = static_cast<std::int64_t>(x) * kUnits + kUnits / 2 - from.x;  // samples lie in middles
  const std::int64_t py = static_cast<std::int64_t>(y) * kUnits + kUnits / 2 - from.y;
  return {.at = dx * py - dy * px, .along_x = -dy * kUnits, .along_y = dx * kUnits};
}

// The first sample at or behind a coordinate.
int SampleFrom(std::int32_t coordinate) { return (coordinate + kUnits / 2 - 1) >> 8; }
// The last sample at or before it.
int SampleTo(std::int32_t coordinate) { return (coordinate - kUnits / 2) >> 8; }
static_assert(kUnits == 1 << 8);

}  // namespace

Raster::Raster(int width, int height) : width_(width), height_(height) {
  DR_CHECK(width >= 1 && width <= 8192 && height >= 1 && height <= 8192);
  nearness_.assign(static_cast<std::size_t>(width) * height, 0);
  seen_.assign(nearness_.size(), kNothing);
}

void Raster::Draw(std::span<const RasterVertex> vertices, std::span<const std::array<std::uint32_t, 3>> triangles) {
  for (std::size_t i = 0; i < triangles.size(); ++i) {
    const auto& [a, b, c] = triangles[i];
    // The world's y runs up: what is anticlockwise there is clockwise here.
    DrawOne(vertices[a], vertices[c], vertices[b], static_cast<std::uint32_t>(i));
  }
}

void Raster::DrawOne(const RasterVertex& a, const RasterVertex& b, const RasterVertex& c, std::uint32_t number) {
  const int left = std::max(0, SampleFrom(std::min({a.x, b.x, c.x})));
  const int right = std::min(width_ - 1, SampleTo(std::max({a.x, b.x, c.x})));
  const int top = std::max(0, SampleFrom(std::min({a.y, b.y, c.y})));
  const int bottom = std::min(height_ - 1, SampleTo(std::max({a.y, b.y, c.y})));
  if (left > right || top > bottom) return;
  EdgeFunction at_a = EdgeAt(b, c, left, top);  // at_a / area is how much a weighs
  EdgeFunction at_b = EdgeAt(c, a, left, top);
  EdgeFunction at_c = EdgeAt(a, b, left, top);
  const std::int64_t area = at_a.at + at_b.at + at_c.at;
  if (area <= 0) return;
  const float per_area = 1 / static_cast<float>(area);
  const float along_x =
      per_area * (static_cast<float>(at_a.along_x) * a.nearness + static_cast<float>(at_b.along_x) * b.nearness +
                  static_cast<float>(at_c.along_x) * c.nearness);
  for (int y = top; y <= bottom; ++y) {
    std::int64_t in_a = at_a.at;
    std::int64_t in_b = at_b.at;
    std::int64_t in_c = at_c.at;
    float nearness = per_area * (static_cast<float>(in_a) * a.nearness + static_cast<float>(in_b) * b.nearness +
                                 static_cast<float>(in_c) * c.nearness);
    const std::size_t row = Index(0, y);
    for (int x = left; x <= right; ++x) {
      if ((in_a | in_b | in_c) >= 0 && nearness > nearness_[row + x]) {  // none is negative
        nearness_[row + x] = nearness;
        seen_[row + x] = number;
      }
      in_a += at_a.along_x;
      in_b += at_b.along_x;
      in_c += at_c.along_x;
      nearness += along_x;
    }
    at_a.at += at_a.along_y;
    at_b.at += at_b.along_y;
    at_c.at += at_c.along_y;
  }
}

std::array<float, 3> Raster::Weights(const RasterVertex& a, const RasterVertex& b, const RasterVertex& c, int x,
                                     int y) {
  const auto in_a = static_cast<float>(EdgeAt(b, c, x, y).at);
  const auto in_b = static_cast<float>(EdgeAt(c, a, x, y).at);
  const auto in_c = static_cast<float>(EdgeAt(a, b, x, y).at);
  const float all = in_a + in_b + in_c;
  return {in_a / all, in_b / all, in_c / all};
}

}  // namespace darkroom::mesh
