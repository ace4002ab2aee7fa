// Of which inputs, and how much of each, an output of a scaled axis is made. The numbers are those of PIL's
// Image.resize: a filter as wide as the scale, cut at the edges, in 22-bit fixed point.
#pragma once

#include <cstdint>
#include <vector>

namespace darkroom::imaging {

enum class Filter { kNearest, kBilinear, kBicubic };

// `length` inputs from `begin` on are scaled to `size` outputs, of which `count` from `first` on are wanted. The part
// may begin and end within an input; there are `inputs` of them, and none outside counts.
struct ScaledAxis {
  int inputs = 0;
  double begin = 0;
  double length = 0;
  int size = 0;
  int first = 0;
  int count = 0;
};

struct Weights {
  static constexpr int kBits = 22;  // fixed point: 8 bits of pixel, 22 of weight, 2 of headroom

  int inputs = 0;                    // of the axis
  int taps = 0;                      // the most inputs that an output is made of
  std::vector<int> first;            // for each output its first input, never decreasing,
  std::vector<int> used;             // and how many from there on, 1 to taps: all within the axis
  std::vector<std::int32_t> values;  // `taps` for each output; those not used are 0

  const std::int32_t* of(int output) const { return values.data() + static_cast<std::ptrdiff_t>(output) * taps; }
};

// `axis` must have at least one input and one output.
Weights WeightsFor(const ScaledAxis& axis, Filter filter);

}  // namespace darkroom::imaging
