// Raster: which triangle is seen at each sample of a picture; a z-buffer.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <vector>

namespace darkroom::mesh {

// A vertex on the raster. Whole numbers make the test which side of an edge a sample lies on exact, so that triangles
// which share an edge leave no sample between them.
struct RasterVertex {
  static constexpr std::int32_t kUnits = 256;  // in the distance of two samples

  std::int32_t x = 0;  // to the right
  std::int32_t y = 0;  // downwards
  float nearness = 0;  // 1 / distance from the eye, which is linear on the raster
};

class Raster {
 public:
  static constexpr std::uint32_t kNothing = 0xffffffff;

  // Samples; 1 to 8192 each.
  Raster(int width, int height);

  // Draws those that face the eye: clockwise here, y running down, is anticlockwise in the world. Vertices must lie
  // within the raster by no more than its size; what is outside of it is cut off.
  void Draw(std::span<const RasterVertex> vertices, std::span<const std::array<std::uint32_t, 3>> triangles);

  // The triangle that is seen there, or kNothing.
  std::uint32_t at(int x, int y) const { return seen_[Index(x, y)]; }

  // How much each corner of a triangle weighs at a sample on it; the sum is 1.
  static std::array<float, 3> Weights(const RasterVertex& a, const RasterVertex& b, const RasterVertex& c, int x,
                                      int y);

 private:
  std::size_t Index(int x, int y) const { return static_cast<std::size_t>(y) * width_ + x; }
  void DrawOne(const RasterVertex& a, const RasterVertex& b, const RasterVertex& c, std::uint32_t number);

  const int width_;
  const int height_;
  std::vector<float> nearness_;  // of what is seen; 0 is nothing
  std::vector<std::uint32_t> seen_;
};

}  // namespace darkroom::mesh
