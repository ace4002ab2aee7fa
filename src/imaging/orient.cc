#include "imaging/orient.h"

#include <algorithm>
#include <cstring>
#include <utility>

namespace darkroom::imaging {
namespace {

// Where the upright picture's pixel (x, y) lies in the stored one: origin + x * right + y * down, in bytes.
struct Walk {
  std::ptrdiff_t origin;
  std::ptrdiff_t right;
  std::ptrdiff_t down;
};

Walk WalkOf(const Image& stored, int orientation) {
  const std::ptrdiff_t pixel = stored.channels();
  const std::ptrdiff_t row = static_cast<std::ptrdiff_t>(stored.stride());
  const std::ptrdiff_t last_column = (stored.width() - 1) * pixel;
  const std::ptrdiff_t last_row = (stored.height() - 1) * row;
  switch (orientation) {
    case 2:
      return {last_column, -pixel, row};
    case 3:
      return {last_column + last_row, -pixel, -row};
    case 4:
      return {last_row, pixel, -row};
    case 5:
      return {0, row, pixel};
    case 6:
      return {last_row, -row, pixel};
    case 7:
      return {last_column + last_row, -row, -pixel};
    case 8:
      return {last_column, row, -pixel};
    default:
      return {0, pixel, row};
  }
}

// The reduction of the upright picture: where an axis is walked backwards, what hung over at its end hangs over at its
// begin.
Reduction Turned(const Image& stored, int orientation) {
  const Reduction& reduction = stored.reduction();
  const int surplus_x = stored.width() * reduction.by - reduction.picture.width - reduction.left;
  const int surplus_y = stored.height() * reduction.by - reduction.picture.height - reduction.top;
  const bool mirrored_x = orientation == 2 || orientation == 3 || orientation == 7 || orientation == 8;
  const bool mirrored_y = orientation == 3 || orientation == 4 || orientation == 6 || orientation == 7;
  Reduction turned = reduction;
  if (mirrored_x) turned.left = surplus_x;
  if (mirrored_y) turned.top = surplus_y;
  if (orientation >= 5) {
    std::swap(turned.left, turned.top);
    std::swap(turned.picture.width, turned.picture.height);
  }
  return turned;
}

// In tiles, so that a quarter turn does not touch a new cache line for every pixel.
template <int kChannels>
void Copy(const Image& stored, const Walk& walk, Image* upright) {
  constexpr int kTile = 32;
  for (int top = 0; top < upright->height(); top += kTile) {
    const int bottom = std::min(top + kTile, upright->height());
    for (int left = 0; left < upright->width(); left += kTile) {
      const int right = std::min(left + kTile, upright->width());
      for (int y = top; y < bottom; ++y) {
        std::uint8_t* to = upright->row(y) + static_cast<std::ptrdiff_t>(left) * kChannels;
        const std::uint8_t* from = stored.data() + walk.origin + y * walk.down + left * walk.right;
        for (int x = left; x < right; ++x, to += kChannels, from += walk.right) std::memcpy(to, from, kChannels);
      }
    }
  }
}

}  // namespace

Result<Image> Orient(Image image, int orientation) {
  if (orientation <= 1 || orientation > 8) return image;
  const bool sideways = orientation >= 5;
  const int width = sideways ? image.height() : image.width();
  const int height = sideways ? image.width() : image.height();
  Result<Image> upright = Image::Allocate(width, height, image.channels());
  if (!upright) return upright;
  upright->set_reduction(Turned(image, orientation));
  const Walk walk = WalkOf(image, orientation);
  if (image.channels() == 3) {
    Copy<3>(image, walk, &*upright);
  } else {
    DR_CHECK(image.channels() == 4);
    Copy<4>(image, walk, &*upright);
  }
  return upright;
}

}  // namespace darkroom::imaging
