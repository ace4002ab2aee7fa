#include "imaging/transform_random.h"

namespace darkroom::imaging {
namespace {

// The natural logarithm of a normal number below 1, to some 15 digits: the C library's differ between machines.
double Logarithm(double x) {
  constexpr double kLn2 = 0.6931471805599453;
  int exponent = 0;
  double mantissa = std::frexp(x, &exponent);  // exact
  if (mantissa < 0.7071067811865476) {
    mantissa *= 2;
    --exponent;
  }
  // log m = 2 artanh s.
  const double s = (mantissa - 1) / (mantissa + 1);
  double sum = 0;
  for (int k = 21; k >= 1; k -= 2) sum = sum * (s * s) + 1.0 / k;
  return exponent * kLn2 + 2 * s * sum;
}

// Wichura, Algorithm AS 241: The percentage points of the normal distribution (PPND7). Appl. Statist. 37, 1988. The
// smallest p here is 2^-33, above the far tails for which the algorithm has a third case.
double NormalQuantile(double p) {
  const double q = p - 0.5;
  if (std::abs(q) <= 0.425) {
    const double r = 0.180625 - q * q;
    return q * (((59.109374720 * r + 159.29113202) * r + 50.434271938) * r + 3.3871327179) /
           (((67.187563600 * r + 78.757757664) * r + 17.895169469) * r + 1);
  }
  const double r = std::sqrt(-Logarithm(q < 0 ? p : 1 - p)) - 1.6;
  const double x = (((0.17023821103 * r + 1.3067284816) * r + 2.7568153900) * r + 1.4234372777) /
                   ((0.12021132975 * r + 0.73700164250) * r + 1);
  return q < 0 ? -x : x;
}

}  // namespace

double NormalSample(std::uint64_t seed, std::uint64_t n) {
  return NormalQuantile((static_cast<double>(SplitMix64(seed, n) >> 32) + 0.5) * 0x1p-32);
}

}  // namespace darkroom::imaging
