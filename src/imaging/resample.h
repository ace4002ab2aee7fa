// Resample: antialiased, separable scaling of 8-bit pictures that agrees bit for bit with PIL's Image.resize, on which
// most training pipelines stand: a filter as wide as the scale, weights in 22-bit fixed point, first along rows, then
// along columns, 8 bits in between.
#pragma once

#include <array>
#include <cstdint>

#include "base/result.h"
#include "imaging/image.h"

namespace darkroom::imaging {

enum class Filter { kNearest, kBilinear, kBicubic };

struct Size {
  int width = 0;
  int height = 0;
  bool operator==(const Size&) const = default;
};

struct Rect {
  int x = 0;
  int y = 0;
  int width = 0;
  int height = 0;
};

// Scales the whole of `source` to `size` and returns `crop` of that, computing no pixel outside of it. `crop` must lie
// within `size`. Errors: kTooLarge when memory cannot be had; kInvalid when a side is not positive.
Result<Image> ResampleCrop(const Image& source, Size size, Rect crop, Filter filter);

// Scales the whole of `source` to `size`.
Result<Image> Resample(const Image& source, Size size, Filter filter);

// The size with the same proportions whose shorter side is `side`; the longer one is rounded down (as torchvision
// does).
Size ShorterSideTo(Size source, int side);
// The largest size with the same proportions that fits into `box`, no side below 1.
Size FitInto(Size source, Size box);
// A box of this size in the middle; halves go to the even offset (as torchvision does). No side may exceed `outer`'s.
Rect CentreOf(Size outer, Size inner);

}  // namespace darkroom::imaging
