#include "model/tasks/draw.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <vector>

#include "imaging/encode.h"
#include "model/tasks/postprocessor.h"

namespace darkroom::model {
namespace {

using imaging::Image;
using Rgb = std::array<std::uint8_t, 3>;

Result<Image> CopyRgb(const Image& picture) {
  Result<Image> copy = Image::Allocate(picture.width(), picture.height(), 3);
  if (!copy) return copy;
  const auto channels = static_cast<std::size_t>(picture.channels());
  const std::size_t pixels = picture.size() / channels;
  for (std::size_t i = 0; i < pixels; ++i) std::memcpy(copy->data() + 3 * i, picture.data() + channels * i, 3);
  return copy;
}

void Fill(Image* image, int left, int top, int right, int bottom, const Rgb& color) {
  for (int y = std::max(top, 0); y < std::min(bottom, image->height()); ++y) {
    for (int x = std::max(left, 0); x < std::min(right, image->width()); ++x) {
      std::memcpy(image->row(y) + 3 * static_cast<std::ptrdiff_t>(x), color.data(), 3);
    }
  }
}

}  // namespace

Result<std::string> DrawBoxes(const Image& picture, std::span<const Box> boxes) {
  Result<Image> drawn = CopyRgb(picture);
  if (!drawn) return Fail(drawn.error());
  const int line = std::max(2, std::min(picture.width(), picture.height()) / 200);
  for (std::size_t i = boxes.size(); i-- > 0;) {
    const Box& box = boxes[i];
    const Rgb color = ColorOf(box.index);
    const int left = static_cast<int>(box.left), top = static_cast<int>(box.top);
    const int right = static_cast<int>(std::ceil(box.right)), bottom = static_cast<int>(std::ceil(box.bottom));
    Fill(&*drawn, left, top, right, top + line, color);
    Fill(&*drawn, left, bottom - line, right, bottom, color);
    Fill(&*drawn, left, top, left + line, bottom, color);
    Fill(&*drawn, right - line, top, right, bottom, color);
  }
  return imaging::EncodePng(*drawn);
}

Result<DrawnClasses> DrawClasses(const Image& picture, const ClassMap& map, const Region& region) {
  Result<Image> overlay = CopyRgb(picture);
  if (!overlay) return Fail(overlay.error());
  std::vector<std::uint8_t> classes(overlay->size() / 3, 0);
  std::array<Rgb, 256> colors;
  for (int i = 0; i < 256; ++i) colors[static_cast<std::size_t>(i)] = ColorOf(i);
  // Nearest: each pixel asks which cell of the map its middle falls into.
  auto cell = [](int pixel, double first, double last, int cells) {
    const double share = (pixel + 0.5 - first) / (last - first);
    return share < 0 || share >= 1 ? -1 : static_cast<int>(share * cells);
  };
  std::vector<int> columns;
  for (int x = 0; x < picture.width(); ++x) columns.push_back(cell(x, region.left, region.right, map.width));
  for (int y = 0; y < picture.height(); ++y) {
    const int row = cell(y, region.top, region.bottom, map.height);
    if (row < 0) continue;
    std::uint8_t* pixel = overlay->row(y);
    for (int x = 0; x < picture.width(); ++x, pixel += 3) {
      const int column = columns[static_cast<std::size_t>(x)];
      if (column < 0) continue;
      const std::uint8_t index = map.classes[static_cast<std::size_t>(row) * map.width + column];
      classes[static_cast<std::size_t>(y) * picture.width() + x] = index;
      if (index == 0) continue;  // background by custom
      for (std::size_t c = 0; c < 3; ++c) pixel[c] = static_cast<std::uint8_t>((pixel[c] + colors[index][c]) / 2);
    }
  }
  auto gray = imaging::EncodePng(imaging::PixelView(picture.width(), picture.height(), 1, classes));
  if (!gray) return Fail(gray.error());
  auto colored = imaging::EncodePng(*overlay);
  if (!colored) return Fail(colored.error());
  return DrawnClasses{std::move(*gray), std::move(*colored)};
}

Result<std::string> DrawGray(int width, int height, std::span<const float> numbers, float dark, float light) {
  std::vector<std::uint16_t> samples(numbers.size());
  const float range = light != dark ? light - dark : 1;
  std::ranges::transform(numbers, samples.begin(), [&](float number) {
    return static_cast<std::uint16_t>(std::lround(std::clamp((number - dark) / range, 0.f, 1.f) * 65535));
  });
  return imaging::EncodePng16(width, height, samples);
}

}  // namespace darkroom::model
