// Warp: rotation, affine and perspective. Every pixel of the result looks up where it comes from, as PIL's
// Image.transform does it.
#pragma once

#include <array>
#include <span>

#include "base/result.h"
#include "imaging/image.h"
#include "imaging/transform_ops.h"

namespace darkroom::imaging {

// Where a point of the result comes from: with (x, y, 1) multiplied by the matrix, row by row, and divided by the third
// coordinate, which is 1 throughout unless it is a perspective. Pixel (0, 0) covers the square from (0, 0) to (1, 1).
struct Projection {
  std::array<double, 9> m = {1, 0, 0, 0, 1, 0, 0, 0, 1};
  bool affine() const { return m[6] == 0 && m[7] == 0 && m[8] == 1; }
};

// The size of the smallest picture that holds all of one that was turned, as PIL's rotate(expand=True) counts it. May
// be larger than any picture.
Size RotatedSize(Size size, double angle);

Projection RotationOf(Size size, double angle, bool expand);
// Of resolved ranges.
Projection AffineOf(Size size, const Affine& affine);
// `corners` must be convex.
Projection PerspectiveOf(Size size, std::span<const double> corners);

// Whether four points (x, y each, in units of a picture's sides) go around a convex shape, no three nearly in line.
bool IsConvex(std::span<const double> corners);

// A picture of `size`; pixels that come from outside of `source` are `fill`. Bilinear or nearest.
Result<Image> Warp(const Image& source, Size size, const Projection& projection, Filter filter, const Color& fill);

}  // namespace darkroom::imaging
