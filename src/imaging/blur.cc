// Built without fused multiply-add (CMakeLists.txt), so that each machine rounds the same.
#include "imaging/blur.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <vector>

#include "imaging/tone.h"

namespace darkroom::imaging {
namespace {

// A box of 2 * radius + 1 pixels of `whole` weight and one more at each end with `end`; all together 2^24.
struct Box {
  int radius;
  std::uint32_t whole;
  std::uint32_t end;
};

constexpr int kPasses = 3;

// The box that, applied three times, has the variance of the Gaussian. In float, as PIL counts it.
Box BoxFor(float sigma) {
  const float variance = sigma * sigma / kPasses;
  const auto length = static_cast<float>(std::sqrt(12.0 * variance + 1.0));
  const auto whole = static_cast<float>(std::floor((length - 1.0) / 2.0));
  float part = (2 * whole + 1) * (whole * (whole + 1) - 3 * variance);
  part /= 6 * (variance - (whole + 1) * (whole + 1));
  const float radius = whole + part;
  Box box = {static_cast<int>(radius), 0, 0};
  box.whole = static_cast<std::uint32_t>(static_cast<float>(1 << 24) / (radius * 2 + 1));
  box.end = ((1u << 24) - static_cast<std::uint32_t>(box.radius * 2 + 1) * box.whole) / 2;
  return box;
}

std::uint8_t Weighted(const Box& box, std::uint32_t sum, std::uint32_t ends) {
  return static_cast<std::uint8_t>((sum * box.whole + ends * box.end + (1u << 23)) >> 24);
}

// One pass along a line of `count` steps; each step is `width` neighbouring bytes, which do not mix: a pixel's channels
// for a row, a whole row for all columns at once. `sums` has room for `width`.
struct Line {
  std::size_t width;
  std::size_t stride;
  int count;
};

void BlurLine(const Line& line, const Box& box, const std::uint8_t* from, std::uint8_t* to,
              std::vector<std::uint32_t>& sums) {
  auto step = [&](std::int64_t i) {
    return from + line.stride * static_cast<std::size_t>(std::clamp<std::int64_t>(i, 0, line.count - 1));
  };
  std::fill(sums.begin(), sums.end(), 0);
  for (int i = -box.radius; i <= box.radius; ++i) {
    const std::uint8_t* const bytes = step(i);
    for (std::size_t b = 0; b < line.width; ++b) sums[b] += bytes[b];
  }
  std::uint32_t* const sum = sums.data();
  for (int i = 0; i < line.count; ++i, to += line.stride) {
    const std::uint8_t *before = step(std::int64_t{i} - box.radius - 1),
                       *behind = step(std::int64_t{i} + box.radius + 1);
    const std::uint8_t* const first = step(std::int64_t{i} - box.radius);
    for (std::size_t b = 0; b < line.width; ++b) {
      to[b] = Weighted(box, sum[b], static_cast<std::uint32_t>(before[b] + behind[b]));
      sum[b] += static_cast<std::uint32_t>(behind[b]) - first[b];
    }
  }
}

}  // namespace

Result<Image> GaussianBlur(Image image, float sigma) {
  if (!(sigma > 0)) return image;
  Result<Image> other = Image::Allocate(image.width(), image.height(), image.channels());
  if (!other) return other;
  const Box box = BoxFor(sigma);
  const auto pixel = static_cast<std::size_t>(image.channels());
  std::vector<std::uint32_t> sums(pixel);
  for (int pass = 0; pass < kPasses; ++pass) {
    for (int y = 0; y < image.height(); ++y) {
      BlurLine({pixel, pixel, image.width()}, box, image.row(y), other->row(y), sums);
    }
    std::swap(image, *other);
  }
  sums.resize(image.stride());
  for (int pass = 0; pass < kPasses; ++pass) {
    BlurLine({image.stride(), image.stride(), image.height()}, box, image.data(), other->data(), sums);
    std::swap(image, *other);
  }
  return image;
}

Result<Image> Sharpened(const Image& image, float factor) {
  Result<Image> sharpened = Image::Allocate(image.width(), image.height(), 3);
  if (!sharpened) return sharpened;
  for (int y = 0; y < image.height(); ++y) {
    const std::uint8_t* const here = image.row(y);
    std::uint8_t* const to = sharpened->row(y);
    const bool edge_row = y == 0 || y == image.height() - 1;
    const std::uint8_t *const above = edge_row ? here : image.row(y - 1), *const below =
                                                                              edge_row ? here : image.row(y + 1);
    const std::size_t size = image.stride();
    for (std::size_t i = 0; i < size; ++i) {
      int smooth = here[i];  // the outermost pixels are left alone
      if (!edge_row && i >= 3 && i + 3 < size) {
        // The middle counts five times, its eight neighbours once; half a level is never met, since 13 is odd.
        const int sum = above[i - 3] + above[i] + above[i + 3] + here[i - 3] + 5 * here[i] + here[i + 3] +
                        below[i - 3] + below[i] + below[i + 3];
        smooth = (2 * sum + 13) / 26;
      }
      to[i] = Blend(smooth, here[i], factor);
    }
  }
  return sharpened;
}

}  // namespace darkroom::imaging
