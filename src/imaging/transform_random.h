// The random numbers of transforms: counter-based, so that the nth is known without the ones before it, and defined
// here to the last bit, so that a seed means the same on every machine (the distributions of <random> do not).
#pragma once

#include <cmath>
#include <cstdint>

namespace darkroom::imaging {

// The nth output (from 0) of SplitMix64 seeded with `seed`. Steele, Lea, Flood: Fast splittable pseudorandom number
// generators, OOPSLA 2014.
constexpr std::uint64_t SplitMix64(std::uint64_t seed, std::uint64_t n) {
  std::uint64_t z = seed + (n + 1) * 0x9E3779B97F4A7C15u;
  z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9u;
  z = (z ^ (z >> 27)) * 0x94D049BB133111EBu;
  return z ^ (z >> 31);
}

// The draws of one transform, the `index`th of its list.
class Draws {
 public:
  Draws(std::uint64_t seed, std::uint64_t index) : key_(SplitMix64(seed, index)) {}

  // From 0 to below 1, in steps of 2^-53.
  double Uniform() { return static_cast<double>(Next() >> 11) * 0x1p-53; }
  // From min to max, with six decimals: what is recorded is short and exact.
  double Between(double min, double max) {
    const double value = std::nearbyint((min + Uniform() * (max - min)) * 1e6) / 1e6;
    return value < min ? min : value > max ? max : value;
  }
  // A whole number from 0 to below `count`, which is positive.
  int Below(int count) { return static_cast<int>((Next() >> 32) * static_cast<std::uint64_t>(count) >> 32); }
  // A seed that JSON's numbers hold in every language: 53 bits.
  std::int64_t Seed() { return static_cast<std::int64_t>(Next() >> 11); }

 private:
  std::uint64_t Next() { return SplitMix64(key_, count_++); }

  std::uint64_t key_;
  std::uint64_t count_ = 0;
};

// The nth sample of the standard normal distribution under `seed`: its quantile at the upper 32 bits of the nth number.
// Within 1e-6 of the exact quantile. Sums, products, quotients and roots alone, which IEEE 754 defines.
double NormalSample(std::uint64_t seed, std::uint64_t n);

}  // namespace darkroom::imaging
