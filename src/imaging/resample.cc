#include "imaging/resample.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <limits>

#include "imaging/resample_kernels.h"

namespace darkroom::imaging {
namespace {

double Support(Filter filter) { return filter == Filter::kBicubic ? 2.0 : 1.0; }

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

// Weights of the outputs `first` to `first + count` of `out_size`, out of `in_size` inputs. The filter is stretched by
// the scale when shrinking, so that every input counts; at the edges it is cut and made to sum up to one again.
Weights WeightsFor(int in_size, int out_size, int first, int count, Filter filter) {
  const double scale = static_cast<double>(in_size) / out_size;
  const double stretch = std::max(scale, 1.0);
  const double support = Support(filter) * stretch;
  const double inverse = 1.0 / stretch;

  auto begin_of = [&](double centre) { return std::max(static_cast<int>(centre - support + 0.5), 0); };
  auto end_of = [&](double centre) { return std::min(static_cast<int>(centre + support + 0.5), in_size); };

  Weights weights;
  for (int i = first; i < first + count; ++i) {
    const double centre = (i + 0.5) * scale;
    weights.taps = std::max(weights.taps, end_of(centre) - begin_of(centre));
  }
  weights.values.resize(static_cast<std::size_t>(weights.taps) * count);
  std::vector<double> exact;
  for (int i = 0; i < count; ++i) {
    const double centre = (first + i + 0.5) * scale;
    const int begin = begin_of(centre), end = end_of(centre);
    exact.clear();
    double sum = 0;
    for (int x = begin; x < end; ++x) {
      const double distance = (x - centre + 0.5) * inverse;
      exact.push_back(filter == Filter::kBicubic ? Cubic(distance) : Triangle(distance));
      sum += exact.back();
    }
    weights.first.push_back(std::min(begin, in_size - weights.taps));
    std::int32_t* to = &weights.values[static_cast<std::size_t>(weights.taps) * i] + (begin - weights.first.back());
    for (double weight : exact) {
      if (sum != 0) weight /= sum;
      const double fixed = weight * (1 << Weights::kBits);
      *to++ = static_cast<std::int32_t>(fixed < 0 ? fixed - 0.5 : fixed + 0.5);
    }
  }
  return weights;
}

// The input positions of the outputs `first` to `first + count`. PIL adds the step up, which decides where a sum meets
// the border between two pixels.
std::vector<int> NearestPositions(int in_size, int out_size, int first, int count) {
  std::vector<int> positions;
  const double step = static_cast<double>(in_size) / out_size;
  double at = step * 0.5;
  for (int i = 0; i < first + count; ++i, at += step) {
    if (i >= first) positions.push_back(std::min(static_cast<int>(at), in_size - 1));
  }
  return positions;
}

Result<Image> Nearest(const Image& source, Size size, Rect crop) {
  Result<Image> target = Image::Allocate(crop.width, crop.height, source.channels());
  if (!target) return target;
  const std::size_t pixel = static_cast<std::size_t>(source.channels());
  const std::vector<int> columns = NearestPositions(source.width(), size.width, crop.x, crop.width);
  const std::vector<int> rows = NearestPositions(source.height(), size.height, crop.y, crop.height);
  for (int y = 0; y < crop.height; ++y) {
    const std::uint8_t* row = source.row(rows[y]);
    std::uint8_t* to = target->row(y);
    for (int x = 0; x < crop.width; ++x, to += pixel) std::memcpy(to, row + columns[x] * pixel, pixel);
  }
  return target;
}

}  // namespace

Result<Image> ResampleCrop(const Image& source, Size size, Rect crop, Filter filter) {
  if (size.width <= 0 || size.height <= 0)
    return Fail(Code::kInvalid, "cannot scale a picture to a size below 1 pixel");
  DR_CHECK(crop.x >= 0 && crop.y >= 0 && crop.width > 0 && crop.height > 0);
  DR_CHECK(crop.x <= size.width - crop.width && crop.y <= size.height - crop.height);
  DR_CHECK(source.channels() == 3 || source.channels() == 4);
  if (filter == Filter::kNearest) return Nearest(source, size, crop);

  const Weights across = WeightsFor(source.width(), size.width, crop.x, crop.width, filter);
  const Weights down = WeightsFor(source.height(), size.height, crop.y, crop.height, filter);
  const int first_row = down.first.front();
  const int last_row = down.first.back() + down.taps;

  // Only the rows that the second pass reads.
  Result<Image> between = Image::Allocate(crop.width, last_row - first_row, source.channels());
  if (!between) return between;
  Result<Image> target = Image::Allocate(crop.width, crop.height, source.channels());
  if (!target) return target;

  const Kernels kernels = KernelsOfThisCpu();
  kernels.horizontal(source.row(first_row), source.stride(), last_row - first_row, source.channels(), across,
                     between->data(), between->stride());
  for (int y = 0; y < crop.height; ++y) {
    // From top to bottom, since a row's surplus bytes are the begin of the next.
    kernels.vertical(between->row(down.first[y] - first_row), between->stride(), down.taps,
                     &down.values[static_cast<std::size_t>(down.taps) * y], target->stride(), target->row(y));
  }
  return target;
}

Result<Image> Resample(const Image& source, Size size, Filter filter) {
  return ResampleCrop(source, size, {0, 0, size.width, size.height}, filter);
}

Size ShorterSideTo(Size source, int side) {
  auto longer = [&](std::int64_t of, std::int64_t shorter) {
    constexpr std::int64_t kMost = std::numeric_limits<int>::max();
    return static_cast<int>(std::min(side * of / shorter, kMost));
  };
  if (source.width <= source.height) return {side, longer(source.height, source.width)};
  return {longer(source.width, source.height), side};
}

Size FitInto(Size source, Size box) {
  const double scale =
      std::min(static_cast<double>(box.width) / source.width, static_cast<double>(box.height) / source.height);
  auto scaled = [&](int side, int most) { return std::clamp(static_cast<int>(std::lround(side * scale)), 1, most); };
  return {scaled(source.width, box.width), scaled(source.height, box.height)};
}

Rect CentreOf(Size outer, Size inner) {
  DR_CHECK(inner.width <= outer.width && inner.height <= outer.height);
  auto offset = [](int surplus) { return static_cast<int>(std::nearbyint(surplus / 2.0)); };
  return {offset(outer.width - inner.width), offset(outer.height - inner.height), inner.width, inner.height};
}

}  // namespace darkroom::imaging
