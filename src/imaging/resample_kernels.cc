#include "imaging/resample_kernels.h"

#include <algorithm>
#include <cstring>

#if defined(__x86_64__)
#include <immintrin.h>
#endif

namespace darkroom::imaging {
namespace {

constexpr std::int32_t kHalf = 1 << (Weights::kBits - 1);

// Fixed point to a pixel's value; a bicubic filter overshoots.
std::uint8_t ToPixel(std::int32_t sum) { return static_cast<std::uint8_t>(std::clamp(sum >> Weights::kBits, 0, 255)); }

void HorizontalPortable(const std::uint8_t* source, std::size_t source_stride, int rows, int channels,
                        const Weights& weights, std::uint8_t* target, std::size_t target_stride) {
  for (int y = 0; y < rows; ++y, source += source_stride, target += target_stride) {
    std::uint8_t* to = target;
    const std::int32_t* weight = weights.values.data();
    for (const int first : weights.first) {
      const std::uint8_t* from = source + static_cast<std::ptrdiff_t>(first) * channels;
      std::int32_t sums[4] = {kHalf, kHalf, kHalf, kHalf};
      for (int i = 0; i < weights.taps; ++i, from += channels, ++weight) {
        for (int c = 0; c < channels; ++c) sums[c] += from[c] * *weight;
      }
      for (int c = 0; c < channels; ++c) *to++ = ToPixel(sums[c]);
    }
  }
}

void VerticalPortable(const std::uint8_t* source, std::size_t source_stride, int count, const std::int32_t* weights,
                      std::size_t size, std::uint8_t* target) {
  constexpr std::size_t kBlock = 16;
  for (std::size_t x = 0; x < size; x += kBlock) {
    std::int32_t sums[kBlock];
    std::fill_n(sums, kBlock, kHalf);
    const std::uint8_t* from = source + x;
    for (int i = 0; i < count; ++i, from += source_stride) {
      for (std::size_t j = 0; j < kBlock; ++j) sums[j] += from[j] * weights[i];
    }
    for (std::size_t j = 0; j < kBlock; ++j) target[x + j] = ToPixel(sums[j]);
  }
}

#if defined(__x86_64__)
#define DR_AVX2 __attribute__((target("avx2")))

// Four weights of one output, cut into two 16-bit halves (weight = high * 2^11 + low) for the instruction that
// multiplies and adds 16-bit pairs: taps 0 and 1 in the lower half of the vector, 2 and 3 in the upper, once for each
// channel.
struct FourWeights {
  static constexpr int kLowBits = 11;
  alignas(32) std::int16_t high[16];
  alignas(32) std::int16_t low[16];
};

std::vector<FourWeights> SplitWeights(const Weights& weights) {
  std::vector<FourWeights> split;
  const std::int32_t* of_output = weights.values.data();
  for (std::size_t i = 0; i < weights.first.size(); ++i, of_output += weights.taps) {
    for (int tap = 0; tap < weights.taps; tap += 4) {
      FourWeights& four = split.emplace_back();
      for (int j = 0; j < 16; ++j) {
        const int at = tap + (j / 8) * 2 + j % 2;
        const std::int32_t weight = at < weights.taps ? of_output[at] : 0;
        four.high[j] = static_cast<std::int16_t>(weight >> FourWeights::kLowBits);
        four.low[j] = static_cast<std::int16_t>(weight & ((1 << FourWeights::kLowBits) - 1));
      }
    }
  }
  return split;
}

// Where the bytes of four pixels go: pairs of the same channel side by side, widened to 16 bits (-1 makes a 0).
template <int kChannels>
DR_AVX2 inline __m256i PairsOfChannels() {
  if constexpr (kChannels == 3) {
    return _mm256_setr_epi8(0, -1, 3, -1, 1, -1, 4, -1, 2, -1, 5, -1, -1, -1, -1, -1,  //
                            6, -1, 9, -1, 7, -1, 10, -1, 8, -1, 11, -1, -1, -1, -1, -1);
  } else {
    return _mm256_setr_epi8(0, -1, 4, -1, 1, -1, 5, -1, 2, -1, 6, -1, 3, -1, 7, -1,  //
                            8, -1, 12, -1, 9, -1, 13, -1, 10, -1, 14, -1, 11, -1, 15, -1);
  }
}

template <int kChannels>
DR_AVX2 void HorizontalAvx2Of(const std::uint8_t* source, std::size_t source_stride, int rows, const Weights& weights,
                              std::uint8_t* target, std::size_t target_stride) {
  const std::vector<FourWeights> split = SplitWeights(weights);
  const int groups = (weights.taps + 3) / 4;
  const __m256i pairs = PairsOfChannels<kChannels>();
  for (int y = 0; y < rows; ++y, source += source_stride, target += target_stride) {
    std::uint8_t* to = target;
    const FourWeights* four = split.data();
    for (const int first : weights.first) {
      const std::uint8_t* from = source + static_cast<std::ptrdiff_t>(first) * kChannels;
      __m256i high = _mm256_setzero_si256();
      __m256i low = _mm256_setzero_si256();
      for (int i = 0; i < groups; ++i, ++four, from += 4 * kChannels) {
        const __m256i bytes = _mm256_broadcastsi128_si256(_mm_loadu_si128(reinterpret_cast<const __m128i*>(from)));
        const __m256i pixels = _mm256_shuffle_epi8(bytes, pairs);
        high = _mm256_add_epi32(high, _mm256_madd_epi16(pixels, *reinterpret_cast<const __m256i*>(four->high)));
        low = _mm256_add_epi32(low, _mm256_madd_epi16(pixels, *reinterpret_cast<const __m256i*>(four->low)));
      }
      const __m256i halves = _mm256_add_epi32(_mm256_slli_epi32(high, FourWeights::kLowBits), low);
      const __m128i sum = _mm_add_epi32(_mm256_castsi256_si128(halves), _mm256_extracti128_si256(halves, 1));
      const __m128i value = _mm_srai_epi32(_mm_add_epi32(sum, _mm_set1_epi32(kHalf)), Weights::kBits);
      const __m128i words = _mm_packs_epi32(value, value);
      const int pixel = _mm_cvtsi128_si32(_mm_packus_epi16(words, words));
      // Four bytes also for three channels: the next pixel, or the next row, overwrites the fourth.
      std::memcpy(to, &pixel, sizeof pixel);
      to += kChannels;
    }
  }
}

DR_AVX2 void HorizontalAvx2(const std::uint8_t* source, std::size_t source_stride, int rows, int channels,
                            const Weights& weights, std::uint8_t* target, std::size_t target_stride) {
  if (channels == 3) {
    HorizontalAvx2Of<3>(source, source_stride, rows, weights, target, target_stride);
  } else {
    HorizontalAvx2Of<4>(source, source_stride, rows, weights, target, target_stride);
  }
}

// 32 bytes of a row at a time, whatever pixels they belong to.
DR_AVX2 void VerticalAvx2(const std::uint8_t* source, std::size_t source_stride, int count, const std::int32_t* weights,
                          std::size_t size, std::uint8_t* target) {
  constexpr int kVectors = 4;
  for (std::size_t x = 0; x < size; x += kVectors * 8) {
    __m256i sums[kVectors];
#pragma GCC unroll 4
    for (__m256i& sum : sums) sum = _mm256_set1_epi32(kHalf);
    const std::uint8_t* from = source + x;
    for (int i = 0; i < count; ++i, from += source_stride) {
      const __m256i w = _mm256_set1_epi32(weights[i]);
#pragma GCC unroll 4
      for (int v = 0; v < kVectors; ++v) {
        const __m256i pixels = _mm256_cvtepu8_epi32(_mm_loadl_epi64(reinterpret_cast<const __m128i*>(from + v * 8)));
        sums[v] = _mm256_add_epi32(sums[v], _mm256_mullo_epi32(pixels, w));
      }
    }
#pragma GCC unroll 4
    for (__m256i& sum : sums) sum = _mm256_srai_epi32(sum, Weights::kBits);
    // Packing works within halves of 16 bytes; the permutation puts the groups of four back in order.
    const __m256i bytes =
        _mm256_packus_epi16(_mm256_packs_epi32(sums[0], sums[1]), _mm256_packs_epi32(sums[2], sums[3]));
    const __m256i in_order = _mm256_permutevar8x32_epi32(bytes, _mm256_setr_epi32(0, 4, 1, 5, 2, 6, 3, 7));
    _mm256_storeu_si256(reinterpret_cast<__m256i*>(target + x), in_order);
  }
}
#endif

}  // namespace

std::vector<Kernels> AllKernels() {
  std::vector<Kernels> all = {{&HorizontalPortable, &VerticalPortable}};
#if defined(__x86_64__)
  if (__builtin_cpu_supports("avx2")) all.push_back({&HorizontalAvx2, &VerticalAvx2});
#endif
  return all;
}

Kernels KernelsOfThisCpu() { return AllKernels().back(); }

}  // namespace darkroom::imaging
