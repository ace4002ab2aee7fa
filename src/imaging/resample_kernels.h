// The two inner loops of resample.cc, portable and for AVX2 (GCC 12 does not vectorise the portable ones well).
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace darkroom::imaging {

// For each output position along one axis, the input positions that it is made of and their weights. All have the same
// number of weights, some of them 0: loops of one length cost the branch predictor nothing, and they are short.
struct Weights {
  static constexpr int kBits = 22;  // fixed point: 8 bits of pixel, 22 of weight, 2 of headroom

  int taps = 0;                      // weights for each output position
  std::vector<int> first;            // its first input position; first + taps is within the input
  std::vector<std::int32_t> values;  // taps for each output position
};

struct Kernels {
  // Scales `rows` rows along x: first.size() output pixels each. Reads up to 16 bytes behind a source row's last
  // pixel and writes one behind a target row's, from top to bottom. `channels` is 3 or 4.
  void (*horizontal)(const std::uint8_t* source, std::size_t source_stride, int rows, int channels,
                     const Weights& weights, std::uint8_t* target, std::size_t target_stride);
  // Makes one output row of `size` bytes out of `count` input rows. Reads and writes up to 32 bytes further.
  void (*vertical)(const std::uint8_t* source, std::size_t source_stride, int count, const std::int32_t* weights,
                   std::size_t size, std::uint8_t* target);
};

// The fastest that this machine runs. All give the same results.
Kernels KernelsOfThisCpu();
// Every one that this machine runs, the portable one first; for tests.
std::vector<Kernels> AllKernels();

}  // namespace darkroom::imaging
