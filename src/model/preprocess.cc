#include "model/preprocess.h"

#include <array>
#include <cstring>

#include "imaging/resample.h"

namespace darkroom::model {
namespace {

using imaging::Image;
using imaging::Size;

// A pixel has 256 values: what becomes of each is computed once a channel, so that one pass over the pixels does
// normalisation, colour order, type and layout.
template <class T>
using Table = std::array<std::array<T, 256>, 3>;

template <class T>
Table<T> TableFor(const PreprocessSpec& spec) {
  Table<T> table;
  for (int c = 0; c < 3; ++c) {
    for (int value = 0; value < 256; ++value) {
      if constexpr (sizeof(T) == 1) {
        table[c][value] = static_cast<T>(value);
      } else {
        table[c][value] = (static_cast<float>(value) - spec.mean[c]) * spec.scale[c];
      }
    }
  }
  return table;
}

// Luma of ITU-R BT.601 in 16-bit fixed point, as PIL's convert("L").
std::uint8_t Luma(const std::uint8_t* rgb) {
  return static_cast<std::uint8_t>((rgb[0] * 19595 + rgb[1] * 38470 + rgb[2] * 7471 + 0x8000) >> 16);
}

template <class T>
void Write(const Image& image, Layout layout, const PreprocessSpec& spec, T* to) {
  const Table<T> table = TableFor<T>(spec);
  const std::size_t pixels = image.size() / 3;
  const std::uint8_t* from = image.data();
  if (spec.color == Color::kGray) {  // one channel: both layouts are the same
    for (std::size_t i = 0; i < pixels; ++i, from += 3) to[i] = table[0][Luma(from)];
    return;
  }
  const int first = spec.color == Color::kBgr ? 2 : 0;
  const int last = 2 - first;
  if (layout == Layout::kNhwc) {
    for (std::size_t i = 0; i < pixels; ++i, from += 3, to += 3) {
      to[0] = table[0][from[first]];
      to[1] = table[1][from[1]];
      to[2] = table[2][from[last]];
    }
    return;
  }
  for (std::size_t i = 0; i < pixels; ++i, from += 3) {
    to[i] = table[0][from[first]];
    to[pixels + i] = table[1][from[1]];
    to[2 * pixels + i] = table[2][from[last]];
  }
}

Result<Image> FitAndPad(const Image& image, Size target, const PreprocessSpec& spec) {
  Result<Image> small = Resample(image, FitInto({image.width(), image.height()}, target), spec.filter);
  if (!small) return small;
  Result<Image> padded = Image::Allocate(target.width, target.height, 3);
  if (!padded) return padded;
  for (std::size_t i = 0; i < padded->size(); i += 3) std::memcpy(padded->data() + i, spec.pad_color.data(), 3);
  const imaging::Rect place = CentreOf(target, {small->width(), small->height()});
  for (int y = 0; y < small->height(); ++y) {
    std::memcpy(padded->row(place.y + y) + 3 * static_cast<std::ptrdiff_t>(place.x), small->row(y), small->stride());
  }
  return padded;
}

Result<Image> ToSize(const Image& image, Size target, const PreprocessSpec& spec) {
  switch (spec.resize) {
    case Resize::kStretch:
      return Resample(image, target, spec.filter);
    case Resize::kFit:
      return FitAndPad(image, target, spec);
    case Resize::kShorter:
      break;
  }
  const Size scaled = imaging::ShorterSideTo({image.width(), image.height()}, spec.resize_to);
  return ResampleCrop(image, scaled, CentreOf(scaled, target), spec.filter);
}

}  // namespace

Status Preprocess(const Image& image, const InputSpec& input, const PreprocessSpec& spec, std::span<std::byte> tensor) {
  DR_CHECK(image.channels() == 3);
  Result<Image> sized = ToSize(image, {input.width, input.height}, spec);
  if (!sized) return Fail(sized.error());
  const std::size_t elements = sized->size() / 3 * static_cast<std::size_t>(spec.channels());
  if (input.type == ElementType::kUint8) {
    DR_CHECK(tensor.size() == elements);
    Write(*sized, input.layout, spec, reinterpret_cast<std::uint8_t*>(tensor.data()));
  } else {
    DR_CHECK(tensor.size() == elements * sizeof(float));
    Write(*sized, input.layout, spec, reinterpret_cast<float*>(tensor.data()));
  }
  return {};
}

}  // namespace darkroom::model
