#include "imaging/frame.h"

#include <algorithm>
#include <cstring>
#include <vector>

namespace darkroom::imaging {
namespace {

// Where position `at` of a line of `size` is mirrored to, which may be anywhere before or behind it.
int Mirrored(int at, int size) {
  if (size == 1) return 0;
  const int period = 2 * (size - 1);
  const int folded = ((at % period) + period) % period;
  return std::min(folded, period - folded);
}

// For each position of a padded line the one that it shows; -1 for the color.
std::vector<int> SourcesOf(int before, int size, int behind, PadMode mode) {
  std::vector<int> sources;
  for (int at = -before; at < size + behind; ++at) {
    const bool inside = at >= 0 && at < size;
    sources.push_back(inside                      ? at
                      : mode == PadMode::kReflect ? Mirrored(at, size)
                      : mode == PadMode::kEdge    ? std::clamp(at, 0, size - 1)
                                                  : -1);
  }
  return sources;
}

void FillPixels(std::uint8_t* to, int count, const Color& color) {
  for (int i = 0; i < count; ++i, to += 3) {
    to[0] = color.red;
    to[1] = color.green;
    to[2] = color.blue;
  }
}

}  // namespace

Result<Image> Cropped(const Image& image, const Rect& rect) {
  DR_CHECK(rect.x >= 0 && rect.y >= 0 && rect.width > 0 && rect.height > 0);
  DR_CHECK(rect.x <= image.width() - rect.width && rect.y <= image.height() - rect.height);
  Result<Image> cropped = Image::Allocate(rect.width, rect.height, 3);
  if (!cropped) return cropped;
  for (int y = 0; y < rect.height; ++y) {
    std::memcpy(cropped->row(y), image.row(rect.y + y) + 3 * static_cast<std::size_t>(rect.x), cropped->stride());
  }
  return cropped;
}

Result<Image> Padded(const Image& image, const Pad& pad) {
  const std::vector<int> columns = SourcesOf(pad.left, image.width(), pad.right, pad.mode);
  const std::vector<int> rows = SourcesOf(pad.top, image.height(), pad.bottom, pad.mode);
  Result<Image> padded = Image::Allocate(static_cast<int>(columns.size()), static_cast<int>(rows.size()), 3);
  if (!padded) return padded;
  for (int y = 0; y < padded->height(); ++y) {
    std::uint8_t* const to = padded->row(y);
    if (rows[y] < 0) {
      FillPixels(to, padded->width(), pad.fill);
      continue;
    }
    const std::uint8_t* const from = image.row(rows[y]);
    for (int x = 0; x < padded->width(); ++x) {
      if (columns[x] < 0) {
        FillPixels(to + 3 * x, 1, pad.fill);
      } else {
        std::memcpy(to + 3 * x, from + 3 * columns[x], 3);
      }
    }
  }
  return padded;
}

void Paint(Image& image, const Rect& box, const Color& color) {
  const int left = std::clamp(box.x, 0, image.width()), top = std::clamp(box.y, 0, image.height());
  const int right = std::clamp(box.x + box.width, left, image.width());
  const int bottom = std::clamp(box.y + box.height, top, image.height());
  for (int y = top; y < bottom; ++y) FillPixels(image.row(y) + 3 * left, right - left, color);
}

}  // namespace darkroom::imaging
