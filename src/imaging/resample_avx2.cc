// Sums of 8-bit pixels times 22-bit weights, by the instruction that multiplies 16-bit numbers and adds neighbours: a
// weight is cut into two halves (high × 2^11 + low) and taps are taken in pairs. What wraps around in the sum of the
// low halves does so modulo 2^32, as the whole does, and the whole fits.
#include "imaging/resample_avx2.h"

#include "base/result.h"

#if defined(__x86_64__)
#include <immintrin.h>

#include <algorithm>
#include <array>
#include <utility>
#include <vector>
#define DR_TARGET __attribute__((target("avx2")))
#define DR_INLINE __attribute__((target("avx2"), always_inline)) inline
#endif

namespace darkroom::imaging {

#if defined(__x86_64__)
namespace {

constexpr int kLowBits = 11;
constexpr int kUnitTaps = 2;
constexpr std::size_t kColumns = 32;

// The weights of two taps.
struct Unit {
  std::int32_t high = 0;
  std::int32_t low = 0;
};

// Two 16-bit numbers in one.
std::int32_t Pair(std::int32_t first, std::int32_t second) {
  return static_cast<std::int32_t>(static_cast<std::uint32_t>(first & 0xFFFF) | static_cast<std::uint32_t>(second)
                                                                                    << 16);
}

Unit UnitOf(const std::int32_t* taps) {
  constexpr std::int32_t kLow = (1 << kLowBits) - 1;
  return {Pair(taps[0] >> kLowBits, taps[1] >> kLowBits), Pair(taps[0] & kLow, taps[1] & kLow)};
}

#define X86Passes Avx2Passes
#include "imaging/resample_x86.inc"

struct alignas(16) Places {
  std::array<std::int8_t, 16> at = {};
};

// Where the bytes of taps 2 × unit and 2 × unit + 1 go: the same channel's side by side, widened to 16 bits (-1 makes a
// 0).
constexpr Places PairsOfChannels(int channels, int unit) {
  Places places;
  places.at.fill(-1);
  for (int c = 0; c < channels; ++c) {
    for (int tap = 0; tap < kUnitTaps; ++tap) {
      const int from = (kUnitTaps * unit + tap) * channels + c;
      if (from < 16) places.at[4 * c + 2 * tap] = static_cast<std::int8_t>(from);
    }
  }
  return places;
}
template <int kChannels>
constexpr Places kPairs[3] = {PairsOfChannels(kChannels, 0), PairsOfChannels(kChannels, 1),
                              PairsOfChannels(kChannels, 2)};

// Adds the products of a vector of pairs.
DR_INLINE __m256i MultiplyAdd(__m256i sum, __m256i pairs, __m256i weights) {
  return _mm256_add_epi32(sum, _mm256_madd_epi16(pairs, weights));
}

DR_INLINE __m256i Whole(__m256i high, __m256i low) {
  return _mm256_srai_epi32(_mm256_add_epi32(_mm256_slli_epi32(high, kLowBits), low), Weights::kBits);
}

// The 32-bit values of one pixel.
template <int kChannels, int kUnits>
DR_INLINE Two Pixel(const std::uint8_t* const* sources, std::int32_t offset, const Unit* weights, int units) {
  constexpr int kOfOneLoad = kUnits > 0 ? kUnits : kUnitsOfLoad;
  if (kUnits > 0) units = kUnits;
  const __m256i zero = _mm256_setzero_si256();
  const __m256i half = _mm256_set1_epi32(kHalf);
  __m256i high01 = zero, high23 = zero, low01 = half, low23 = half;
  for (int pair = 0; pair < units; pair += kOfOneLoad, offset += 4 * kChannels) {
    const __m256i bytes01 = LoadTwo(sources[0] + offset, sources[1] + offset);
    const __m256i bytes23 = LoadTwo(sources[2] + offset, sources[3] + offset);
#pragma GCC unroll 3
    for (int i = 0; i < kOfOneLoad; ++i) {
      const __m128i* at = reinterpret_cast<const __m128i*>(kPairs<kChannels>[i].at.data());
      const __m256i place = _mm256_broadcastsi128_si256(_mm_load_si128(at));
      const __m256i high = _mm256_set1_epi32(weights[pair + i].high);
      const __m256i low = _mm256_set1_epi32(weights[pair + i].low);
      const __m256i pairs01 = _mm256_shuffle_epi8(bytes01, place);
      const __m256i pairs23 = _mm256_shuffle_epi8(bytes23, place);
      high01 = MultiplyAdd(high01, pairs01, high);
      high23 = MultiplyAdd(high23, pairs23, high);
      low01 = MultiplyAdd(low01, pairs01, low);
      low23 = MultiplyAdd(low23, pairs23, low);
    }
  }
  return {Whole(high01, low01), Whole(high23, low23)};
}

template <int kChannels, int kUnits>
DR_INLINE Two FourPixels(const std::uint8_t* const* sources, const std::int32_t* offsets, const Unit* weights,
                         int units) {
  const Two a = Pixel<kChannels, kUnits>(sources, offsets[0], weights, units);
  const Two b = Pixel<kChannels, kUnits>(sources, offsets[1], weights + units, units);
  const Two ab = {_mm256_packs_epi32(a.first, b.first), _mm256_packs_epi32(a.second, b.second)};
  const Two c = Pixel<kChannels, kUnits>(sources, offsets[2], weights + 2 * units, units);
  const Two d = Pixel<kChannels, kUnits>(sources, offsets[3], weights + 3 * units, units);
  return {_mm256_packus_epi16(ab.first, _mm256_packs_epi32(c.first, d.first)),
          _mm256_packus_epi16(ab.second, _mm256_packs_epi32(c.second, d.second))};
}

// Columns x to x + 7 and x + 16 to x + 23, or the eight behind each, as words: half of the columns at a time, since the
// sums of all do not fit into the registers.
template <bool kBehind, int kUnits>
DR_INLINE __m256i HalfOfColumns(const std::uint8_t* const* rows, const Unit* weights, int used, std::size_t x) {
  const __m256i zero = _mm256_setzero_si256();
  __m256i high_left = zero, high_right = zero;
  __m256i low_left = _mm256_set1_epi32(kHalf), low_right = low_left;
  const int pairs = kUnits > 0 ? kUnits : (used + kUnitTaps - 1) / kUnitTaps;
#pragma GCC unroll 3
  for (int i = 0; i < pairs; ++i) {
    const std::uint8_t* second = rows[std::min(2 * i + 1, used - 1)];  // one too many weighs nothing
    const __m256i a = _mm256_loadu_si256(reinterpret_cast<const __m256i*>(rows[2 * i] + x));
    const __m256i b = _mm256_loadu_si256(reinterpret_cast<const __m256i*>(second + x));
    const __m256i bytes = kBehind ? _mm256_unpackhi_epi8(a, b) : _mm256_unpacklo_epi8(a, b);
    const __m256i left = _mm256_unpacklo_epi8(bytes, zero);
    const __m256i right = _mm256_unpackhi_epi8(bytes, zero);
    const __m256i high = _mm256_set1_epi32(weights[i].high);
    const __m256i low = _mm256_set1_epi32(weights[i].low);
    high_left = MultiplyAdd(high_left, left, high);
    high_right = MultiplyAdd(high_right, right, high);
    low_left = MultiplyAdd(low_left, left, low);
    low_right = MultiplyAdd(low_right, right, low);
  }
  return _mm256_packs_epi32(Whole(high_left, low_left), Whole(high_right, low_right));
}

template <int kUnits>
DR_INLINE void Columns(const std::uint8_t* const* rows, const Unit* weights, int used, std::size_t x,
                       std::uint8_t* target) {
  const __m256i before = HalfOfColumns<false, kUnits>(rows, weights, used, x);
  const __m256i behind = HalfOfColumns<true, kUnits>(rows, weights, used, x);
  _mm256_storeu_si256(reinterpret_cast<__m256i*>(target + x), _mm256_packus_epi16(before, behind));
}

}  // namespace

bool Avx2Runs() { return __builtin_cpu_supports("avx2") != 0; }

std::unique_ptr<Passes> MakeAvx2Passes(PassPlan plan) { return std::make_unique<Avx2Passes>(std::move(plan)); }

#else

bool Avx2Runs() { return false; }

std::unique_ptr<Passes> MakeAvx2Passes(PassPlan) {
  DR_CHECK(false);
  return nullptr;
}

#endif

}  // namespace darkroom::imaging
