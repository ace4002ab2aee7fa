// Sums of 8-bit pixels times 22-bit weights with AVX-512's VNNI, on vectors of 64 bytes: an instruction that multiplies
// four unsigned bytes by four signed ones and adds them all up. A weight is cut into three signed digits of base 256.
// What wraps around in the sums of one digit does so modulo 2^32, as the whole does, and the whole fits.
#include "imaging/resample_vnni.h"

#include "base/result.h"

#if defined(__x86_64__)
#include <immintrin.h>

#include <algorithm>
#include <array>
#include <utility>
#include <vector>
#define DR_TARGET __attribute__((target("avx2,avx512f,avx512bw,avx512vl,avx512vnni")))
#define DR_INLINE __attribute__((target("avx2,avx512f,avx512bw,avx512vl,avx512vnni"), always_inline)) inline
#endif

namespace darkroom::imaging {

#if defined(__x86_64__)
namespace {

constexpr int kUnitTaps = 4;
constexpr int kDigits = 3;
constexpr std::size_t kColumns = 64;

// The weights of four taps: one byte each in every digit, the highest digit first.
struct Unit {
  std::array<std::int32_t, kDigits> digits = {};
};

Unit UnitOf(const std::int32_t* taps) {
  Unit unit;
#pragma GCC unroll 4
  for (int tap = 0; tap < kUnitTaps; ++tap) {
    // With 128 added to the two lower digits all are positive; turning the bit of 128 takes it off again.
    const std::uint32_t digits = (static_cast<std::uint32_t>(taps[tap]) + 0x8080U) ^ 0x8080U;
    const int place = 8 * tap;
    unit.digits[0] |= static_cast<std::int32_t>((digits >> 16 & 0xFF) << place);
    unit.digits[1] |= static_cast<std::int32_t>((digits >> 8 & 0xFF) << place);
    unit.digits[2] |= static_cast<std::int32_t>((digits & 0xFF) << place);
  }
  return unit;
}

#define X86Passes VnniPasses
#include "imaging/resample_x86.inc"

struct alignas(16) Places {
  std::array<std::int8_t, 16> at = {};
};

// Where the bytes of taps 4 × unit to 4 × unit + 3 go: the same channel's side by side (-1 makes a 0).
constexpr Places FoursOfChannels(int channels, int unit) {
  Places places;
  for (int c = 0; c < 4; ++c) {
    for (int tap = 0; tap < kUnitTaps; ++tap) {
      const int from = (kUnitTaps * unit + tap) * channels + c;
      places.at[4 * c + tap] = static_cast<std::int8_t>(c < channels && from < 16 ? from : -1);
    }
  }
  return places;
}
template <int kChannels>
constexpr Places kFours[2] = {FoursOfChannels(kChannels, 0), FoursOfChannels(kChannels, 1)};

template <int kChannels>
DR_INLINE __m512i ToFours(__m512i bytes, int unit) {
  const __m128i* at = reinterpret_cast<const __m128i*>(kFours<kChannels>[unit].at.data());
  return _mm512_shuffle_epi8(bytes, _mm512_broadcast_i32x4(_mm_load_si128(at)));
}

// Sixteen bytes of each of four rows.
DR_INLINE __m512i LoadFour(const std::uint8_t* const* rows, std::int32_t offset) {
  const __m512i upper = _mm512_castsi256_si512(LoadTwo(rows[0] + offset, rows[1] + offset));
  return _mm512_inserti64x4(upper, LoadTwo(rows[2] + offset, rows[3] + offset), 1);
}

// The values of four vectors of sums, which go side by side so that none waits for the one before it: digit by digit,
// what is there is shifted by one and the next one's products are added. fours[i][u] is multiplied by weights[u], or
// where every sum has weights of its own, by weights[i × kUnits + u].
template <int kUnits, bool kOwnWeights>
DR_INLINE void SumUp(const __m512i (&fours)[4][kUnits], const Unit* weights, __m512i (&sums)[4]) {
#pragma GCC unroll 4
  for (__m512i& sum : sums) sum = _mm512_set1_epi32(kHalf >> 16);
#pragma GCC unroll 3
  for (int digit = 0; digit < kDigits; ++digit) {
#pragma GCC unroll 4
    for (int i = 0; i < 4; ++i) {
      if (digit > 0) sums[i] = _mm512_slli_epi32(sums[i], 8);
#pragma GCC unroll 2
      for (int unit = 0; unit < kUnits; ++unit) {
        const Unit& weight = weights[(kOwnWeights ? i * kUnits : 0) + unit];
        sums[i] = _mm512_dpbusd_epi32(sums[i], fours[i][unit], _mm512_set1_epi32(weight.digits[digit]));
      }
    }
  }
#pragma GCC unroll 4
  for (__m512i& sum : sums) sum = _mm512_srai_epi32(sum, Weights::kBits);
}

// The same for any number of units, one after the other, with a sum for each digit.
struct DigitSums {
  __m512i of[kDigits];
};

DR_INLINE void Begin(DigitSums (&sums)[4]) {
#pragma GCC unroll 4
  for (DigitSums& sum : sums) {
    sum.of[0] = sum.of[1] = _mm512_setzero_si512();
    sum.of[2] = _mm512_set1_epi32(kHalf);
  }
}

DR_INLINE void Add(__m512i fours, const Unit& weights, DigitSums* sums) {
#pragma GCC unroll 3
  for (int digit = 0; digit < kDigits; ++digit) {
    sums->of[digit] = _mm512_dpbusd_epi32(sums->of[digit], fours, _mm512_set1_epi32(weights.digits[digit]));
  }
}

DR_INLINE __m512i Value(const DigitSums& sums) {
  const __m512i upper = _mm512_add_epi32(_mm512_slli_epi32(sums.of[0], 8), sums.of[1]);
  return _mm512_srai_epi32(_mm512_add_epi32(_mm512_slli_epi32(upper, 8), sums.of[2]), Weights::kBits);
}

DR_INLINE __m512i Bytes(const __m512i (&values)[4]) {
  return _mm512_packus_epi16(_mm512_packs_epi32(values[0], values[1]), _mm512_packs_epi32(values[2], values[3]));
}

template <int kChannels, int kUnits>
DR_INLINE Two FourPixels(const std::uint8_t* const* sources, const std::int32_t* offsets, const Unit* weights,
                         int units) {
  __m512i values[4];
  if constexpr (kUnits > 0) {
    __m512i fours[4][kUnits];
#pragma GCC unroll 4
    for (int pixel = 0; pixel < 4; ++pixel) {
      const __m512i bytes = LoadFour(sources, offsets[pixel]);
#pragma GCC unroll 2
      for (int unit = 0; unit < kUnits; ++unit) fours[pixel][unit] = ToFours<kChannels>(bytes, unit);
    }
    SumUp<kUnits, true>(fours, weights, values);
  } else {
    DigitSums sums[4];
    Begin(sums);
    for (int unit = 0; unit < units; ++unit) {
#pragma GCC unroll 4
      for (int pixel = 0; pixel < 4; ++pixel) {
        const __m512i bytes = LoadFour(sources, offsets[pixel] + unit * 4 * kChannels);
        Add(ToFours<kChannels>(bytes, 0), weights[pixel * units + unit], &sums[pixel]);
      }
    }
#pragma GCC unroll 4
    for (int pixel = 0; pixel < 4; ++pixel) values[pixel] = Value(sums[pixel]);
  }
  const __m512i bytes = Bytes(values);
  return {_mm512_castsi512_si256(bytes), _mm512_extracti64x4_epi64(bytes, 1)};
}

// The columns of a unit's rows, the four bytes of each side by side.
DR_INLINE void FoursOfRows(const std::uint8_t* const* rows, int first, int used, std::size_t x, __m512i (&fours)[4]) {
  __m512i bytes[kUnitTaps];
#pragma GCC unroll 4
  for (int tap = 0; tap < kUnitTaps; ++tap) {
    const std::uint8_t* row = rows[std::min(first + tap, used - 1)];  // one too many weighs nothing
    bytes[tap] = _mm512_loadu_si512(row + x);
  }
  const __m512i ab[2] = {_mm512_unpacklo_epi8(bytes[0], bytes[1]), _mm512_unpackhi_epi8(bytes[0], bytes[1])};
  const __m512i cd[2] = {_mm512_unpacklo_epi8(bytes[2], bytes[3]), _mm512_unpackhi_epi8(bytes[2], bytes[3])};
#pragma GCC unroll 2
  for (int i = 0; i < 2; ++i) {
    fours[2 * i] = _mm512_unpacklo_epi16(ab[i], cd[i]);
    fours[2 * i + 1] = _mm512_unpackhi_epi16(ab[i], cd[i]);
  }
}

template <int kUnits>
DR_INLINE void Columns(const std::uint8_t* const* rows, const Unit* weights, int used, std::size_t x,
                       std::uint8_t* target) {
  __m512i values[4];
  if constexpr (kUnits == 1 || kUnits == 2) {
    __m512i fours[4][kUnits];
#pragma GCC unroll 2
    for (int unit = 0; unit < kUnits; ++unit) {
      __m512i of_unit[4];
      FoursOfRows(rows, unit * kUnitTaps, used, x, of_unit);
#pragma GCC unroll 4
      for (int i = 0; i < 4; ++i) fours[i][unit] = of_unit[i];
    }
    SumUp<kUnits, false>(fours, weights, values);
  } else {
    DigitSums sums[4];
    Begin(sums);
    for (int unit = 0; unit * kUnitTaps < used; ++unit) {
      __m512i fours[4];
      FoursOfRows(rows, unit * kUnitTaps, used, x, fours);
#pragma GCC unroll 4
      for (int i = 0; i < 4; ++i) Add(fours[i], weights[unit], &sums[i]);
    }
#pragma GCC unroll 4
    for (int i = 0; i < 4; ++i) values[i] = Value(sums[i]);
  }
  _mm512_storeu_si512(target + x, Bytes(values));
}

}  // namespace

bool VnniRuns() {
  return __builtin_cpu_supports("avx2") != 0 && __builtin_cpu_supports("avx512bw") != 0 &&
         __builtin_cpu_supports("avx512vl") != 0 && __builtin_cpu_supports("avx512vnni") != 0;
}

std::unique_ptr<Passes> MakeVnniPasses(PassPlan plan) { return std::make_unique<VnniPasses>(std::move(plan)); }

#else

bool VnniRuns() { return false; }

std::unique_ptr<Passes> MakeVnniPasses(PassPlan) {
  DR_CHECK(false);
  return nullptr;
}

#endif

}  // namespace darkroom::imaging
