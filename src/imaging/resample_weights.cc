#include "imaging/resample_weights.h"

#include <algorithm>
#include <cmath>

#include "base/result.h"

namespace darkroom::imaging {
namespace {

double Triangle(double x) {
  x = std::abs(x);
  return x < 1 ? 1 - x : 0;
}

// Keys' cubic convolution with a = -0.5.
double Cubic(double x) {
  constexpr double a = -0.5;
  x = std::abs(x);
  if (x < 1) return ((a + 2) * x - (a + 3)) * x * x + 1;
  if (x < 2) return (((x - 5) * x + 8) * x - 4) * a;
  return 0;
}

// PIL adds the step up, which decides where a sum meets the border between two pixels.
Weights Nearest(const ScaledAxis& axis) {
  const double step = axis.length / axis.size;
  Weights weights = {.inputs = axis.inputs, .taps = 1, .first = {}, .used = {}, .values = {}};
  double at = axis.begin + step * 0.5;
  for (int i = 0; i < axis.first + axis.count; ++i, at += step) {
    if (i < axis.first) continue;
    weights.first.push_back(std::clamp(static_cast<int>(at), 0, axis.inputs - 1));
    weights.used.push_back(1);
    weights.values.push_back(1 << Weights::kBits);
  }
  return weights;
}

std::int32_t ToFixed(double weight) {
  const double fixed = weight * (1 << Weights::kBits);
  return static_cast<std::int32_t>(fixed < 0 ? fixed - 0.5 : fixed + 0.5);
}

// `filter` is of that many inputs to each side of the centre when the scale is one.
template <class FilterFunction>
Weights Averaging(const ScaledAxis& axis, double filter_support, const FilterFunction& filter) {
  // The filter is stretched by the scale when shrinking, so that every input counts; where it is cut, what is left of
  // it is made to sum up to one again.
  const double scale = axis.length / axis.size;
  const double stretch = std::max(scale, 1.0);
  const double support = filter_support * stretch;
  const double inverse = 1.0 / stretch;

  Weights weights;
  weights.inputs = axis.inputs;
  weights.first.resize(static_cast<std::size_t>(axis.count));
  weights.used.resize(static_cast<std::size_t>(axis.count));
  auto centre_of = [&](int i) { return axis.begin + (axis.first + i + 0.5) * scale; };
  for (int i = 0; i < axis.count; ++i) {
    const double centre = centre_of(i);
    const int begin = std::max(static_cast<int>(centre - support + 0.5), 0);
    const int end = std::min(static_cast<int>(centre + support + 0.5), axis.inputs);
    weights.first[i] = begin;
    weights.used[i] = end - begin;
    weights.taps = std::max(weights.taps, end - begin);
  }
  weights.values.resize(static_cast<std::size_t>(weights.taps) * axis.count);
  std::vector<double> exact(static_cast<std::size_t>(weights.taps));
  for (int i = 0; i < axis.count; ++i) {
    const double from_centre = weights.first[i] - centre_of(i);
    const int used = weights.used[i];
    double sum = 0;
    for (int j = 0; j < used; ++j) {
      const double distance = (j + from_centre + 0.5) * inverse;
      exact[j] = filter(distance);
      sum += exact[j];
    }
    std::int32_t* to = &weights.values[static_cast<std::size_t>(weights.taps) * i];
    for (int j = 0; j < used; ++j) to[j] = ToFixed(sum != 0 ? exact[j] / sum : exact[j]);
  }
  return weights;
}

}  // namespace

Weights WeightsFor(const ScaledAxis& axis, Filter filter) {
  DR_CHECK(axis.inputs > 0 && axis.count > 0);
  switch (filter) {
    case Filter::kBilinear:
      return Averaging(axis, 1, [](double x) { return Triangle(x); });
    case Filter::kBicubic:
      return Averaging(axis, 2, [](double x) { return Cubic(x); });
    case Filter::kNearest:
      break;
  }
  return Nearest(axis);
}

}  // namespace darkroom::imaging
