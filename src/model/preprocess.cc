#include "model/preprocess.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <vector>

#include "imaging/normalize.h"
#include "imaging/resample.h"

namespace darkroom::model {
namespace {

using imaging::Image;
using imaging::Rect;
using imaging::RowLayout;
using imaging::Size;

// Luma of ITU-R BT.601 in 16-bit fixed point, as PIL's convert("L").
std::uint8_t Luma(int red, int green, int blue) {
  return static_cast<std::uint8_t>((red * 19595 + green * 38470 + blue * 7471 + 0x8000) >> 16);
}

// Only NHWC wants the colours of a pixel side by side; one channel lies alike in both.
RowLayout LayoutOf(const InputSpec& input, const PreprocessSpec& spec) {
  return input.layout == Layout::kNhwc && spec.color != Color::kGray ? RowLayout::kInterleaved : RowLayout::kPlanar;
}

// Rows of RGB or RGBA bytes into a tensor.
class TensorWriter {
 public:
  TensorWriter(const InputSpec& input, const PreprocessSpec& spec, int row_channels, std::span<std::byte> tensor)
      : input_(input),
        spec_(spec),
        row_channels_(row_channels),
        width_(static_cast<std::size_t>(input.width)),
        channel_(width_ * static_cast<std::size_t>(input.height)),
        bytes_(reinterpret_cast<std::uint8_t*>(tensor.data())),
        floats_(reinterpret_cast<float*>(tensor.data())),
        gray_(spec.color == Color::kGray ? width_ : 0),
        opaque_(spec.color == Color::kRgba ? width_ : 0, 255) {
    const std::size_t elements = channel_ * static_cast<std::size_t>(spec.channels());
    DR_CHECK(tensor.size() == elements * (input.type == ElementType::kUint8 ? 1 : sizeof(float)));
    if (LayoutOf(input, spec) == RowLayout::kPlanar) return;
    for (int value = 0; value < 256; ++value) {
      for (int c = 0; c < 4; ++c) table_[c][value] = (static_cast<float>(value) - Mean(c)) * Scale(c);
    }
  }

  // `row` is laid out as LayoutOf says; `plane` bytes from one channel of a planar one to the next.
  void Write(int y, const std::uint8_t* row, std::size_t plane) {
    const std::size_t at = static_cast<std::size_t>(y) * width_;
    if (spec_.color == Color::kGray) {
      for (std::size_t x = 0; x < width_; ++x) gray_[x] = Luma(row[x], row[plane + x], row[2 * plane + x]);
      return WriteChannel(0, gray_.data(), at);
    }
    const int first = spec_.color == Color::kBgr ? 2 : 0;
    const std::array<int, 4> order = {first, 1, 2 - first, 3};
    if (LayoutOf(input_, spec_) == RowLayout::kPlanar) {
      for (int c = 0; c < spec_.channels(); ++c)
        WriteChannel(c, c < row_channels_ ? row + plane * order[c] : opaque_.data(), at);
    } else if (input_.type == ElementType::kUint8) {
      WritePixels(row, order, bytes_ + at * spec_.channels(), [](int, std::uint8_t value) { return value; });
    } else {
      WritePixels(row, order, floats_ + at * spec_.channels(),
                  [&](int c, std::uint8_t value) { return table_[c][value]; });
    }
  }

 private:
  // Alpha is always from 0 to 1.
  float Mean(int c) const { return c < 3 ? spec_.mean[c] : 0; }
  float Scale(int c) const { return c < 3 ? spec_.scale[c] : 1.F / 255; }

  void WriteChannel(int c, const std::uint8_t* row, std::size_t at) {
    if (input_.type == ElementType::kUint8) {
      std::memcpy(bytes_ + c * channel_ + at, row, width_);
    } else {
      imaging::Normalize(row, width_, Mean(c), Scale(c), floats_ + c * channel_ + at, instructions_);
    }
  }

  template <class T, class Convert>
  void WritePixels(const std::uint8_t* row, const std::array<int, 4>& order, T* to, const Convert& convert) {
    const int channels = spec_.channels();
    for (std::size_t x = 0; x < width_; ++x, row += row_channels_, to += channels) {
      for (int c = 0; c < channels; ++c) to[c] = convert(c, c < row_channels_ ? row[order[c]] : 255);
    }
  }

  const InputSpec& input_;
  const PreprocessSpec& spec_;
  const int row_channels_;
  const std::size_t width_;
  const std::size_t channel_;
  std::uint8_t* const bytes_;
  float* const floats_;
  std::vector<std::uint8_t> gray_;
  const std::vector<std::uint8_t> opaque_;  // alpha of a picture that has none
  const imaging::Instructions instructions_ = imaging::InstructionsOfThisCpu().back();
  std::array<std::array<float, 256>, 4> table_;  // what becomes of a byte, for rows whose channels alternate
};

// A row of the input in which the picture fills only a part: the rest has the colour of the padding.
class PaddedRow {
 public:
  PaddedRow(const InputSpec& input, const PreprocessSpec& spec, int channels)
      : planar_(LayoutOf(input, spec) == RowLayout::kPlanar),
        channels_(static_cast<std::size_t>(channels)),
        width_(static_cast<std::size_t>(input.width)),
        samples_(channels_ * width_) {
    for (std::size_t x = 0; x < width_; ++x) {  // transparent where there is alpha
      for (std::size_t c = 0; c < 3; ++c) samples_[planar_ ? c * width_ + x : channels_ * x + c] = spec.pad_color[c];
    }
  }

  // Puts `count` pixels of a resampled row at column `x`.
  void Place(std::size_t x, std::size_t count, const std::uint8_t* row, std::size_t plane) {
    if (!planar_) {
      std::memcpy(&samples_[channels_ * x], row, channels_ * count);
      return;
    }
    for (std::size_t c = 0; c < channels_; ++c) std::memcpy(&samples_[c * width_ + x], row + c * plane, count);
  }

  const std::uint8_t* data() const { return samples_.data(); }
  std::size_t plane() const { return width_; }

 private:
  const bool planar_;
  const std::size_t channels_;
  const std::size_t width_;
  std::vector<std::uint8_t> samples_;
};

// What the whole picture is scaled to, before a crop is taken or padding is put around it.
Size Scaled(Size picture, const InputSpec& input, const PreprocessSpec& spec) {
  switch (spec.resize) {
    case Resize::kStretch:
      return {input.width, input.height};
    case Resize::kFit:
      return FitInto(picture, {input.width, input.height});
    case Resize::kShorter:
      break;
  }
  return imaging::ShorterSideTo(picture, spec.resize_to);
}

}  // namespace

Size ShrunkSize(Size picture, const InputSpec& input, const PreprocessSpec& spec) {
  return spec.filter == imaging::Filter::kNearest ? Size{} : Scaled(picture, input, spec);
}

Status Preprocess(const Image& image, const InputSpec& input, const PreprocessSpec& spec, std::span<std::byte> tensor) {
  DR_CHECK(image.channels() == 3 || (image.channels() == 4 && spec.color == Color::kRgba));
  const Size target = {input.width, input.height};
  const Size scaled = Scaled(image.reduction().picture, input, spec);
  const bool pads = spec.resize == Resize::kFit;
  const Rect crop = pads ? Rect{0, 0, scaled.width, scaled.height} : CentreOf(scaled, target);
  const Rect place = pads ? CentreOf(target, scaled) : Rect{0, 0, target.width, target.height};
  const RowLayout layout = LayoutOf(input, spec);
  Result<imaging::RowResampler> rows =
      imaging::RowResampler::Create(image, {.size = scaled, .crop = crop, .filter = spec.filter}, layout);
  if (!rows) return Fail(rows.error());

  TensorWriter writer(input, spec, image.channels(), tensor);
  std::vector<std::uint8_t> row(rows->row_bytes());
  if (!pads) {
    for (int y = 0; y < target.height; ++y) {
      rows->Next(row.data());
      writer.Write(y, row.data(), rows->plane());
    }
    return {};
  }
  const PaddedRow blank(input, spec, image.channels());
  PaddedRow padded = blank;
  for (int y = 0; y < target.height; ++y) {
    if (y < place.y || y >= place.y + place.height) {
      writer.Write(y, blank.data(), blank.plane());
      continue;
    }
    rows->Next(row.data());
    padded.Place(static_cast<std::size_t>(place.x), static_cast<std::size_t>(place.width), row.data(), rows->plane());
    writer.Write(y, padded.data(), padded.plane());
  }
  return {};
}

}  // namespace darkroom::model
