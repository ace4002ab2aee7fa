#include "imaging/normalize.h"

#if defined(__x86_64__)
#include <immintrin.h>
#endif

namespace darkroom::imaging {
namespace {

void NormalizePortable(const std::uint8_t* from, std::size_t count, float mean, float scale, float* to) {
  for (std::size_t i = 0; i < count; ++i) to[i] = (static_cast<float>(from[i]) - mean) * scale;
}

#if defined(__x86_64__)
// Without fused multiply-add, which would round once instead of twice.
__attribute__((target("avx2"))) void NormalizeAvx2(const std::uint8_t* from, std::size_t count, float mean, float scale,
                                                   float* to) {
  const __m256 means = _mm256_set1_ps(mean);
  const __m256 scales = _mm256_set1_ps(scale);
  std::size_t i = 0;
  for (; i + 8 <= count; i += 8) {
    const __m256i pixels = _mm256_cvtepu8_epi32(_mm_loadl_epi64(reinterpret_cast<const __m128i*>(from + i)));
    _mm256_storeu_ps(to + i, _mm256_mul_ps(_mm256_sub_ps(_mm256_cvtepi32_ps(pixels), means), scales));
  }
  for (; i < count; ++i) to[i] = (static_cast<float>(from[i]) - mean) * scale;
}
#endif

}  // namespace

void Normalize(const std::uint8_t* from, std::size_t count, float mean, float scale, float* to,
               Instructions instructions) {
#if defined(__x86_64__)
  if (instructions != Instructions::kPortable) return NormalizeAvx2(from, count, mean, scale, to);
#endif
  NormalizePortable(from, count, mean, scale, to);
}

}  // namespace darkroom::imaging
