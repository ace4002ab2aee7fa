#include "imaging/resample.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <limits>
#include <new>
#include <utility>

namespace darkroom::imaging {

Result<RowResampler> RowResampler::Create(const Image& source, const Resampling& resampling, RowLayout layout,
                                          Instructions instructions) {
  const auto& [size, crop, filter] = resampling;
  if (size.width <= 0 || size.height <= 0)
    return Fail(Code::kInvalid, "cannot scale a picture to a size below 1 pixel");
  DR_CHECK(crop.x >= 0 && crop.y >= 0 && crop.width > 0 && crop.height > 0);
  DR_CHECK(crop.x <= size.width - crop.width && crop.y <= size.height - crop.height);
  DR_CHECK(source.channels() == 3 || source.channels() == 4);

  const Reduction& reduction = source.reduction();
  const double by = reduction.by;
  const ScaledAxis across = {.inputs = source.width(),
                             .begin = reduction.left / by,
                             .length = reduction.picture.width / by,
                             .size = size.width,
                             .first = crop.x,
                             .count = crop.width};
  const ScaledAxis down = {.inputs = source.height(),
                           .begin = reduction.top / by,
                           .length = reduction.picture.height / by,
                           .size = size.height,
                           .first = crop.y,
                           .count = crop.height};
  PassPlan plan = {.across = WeightsFor(across, filter),
                   .down = WeightsFor(down, filter),
                   .channels = source.channels(),
                   .layout = layout};
  RowResampler rows;
  rows.source_ = &source;
  const std::size_t slots = std::bit_ceil(static_cast<std::size_t>(plan.down.taps + Passes::kRows - 1));
  rows.window_.reset(new (std::nothrow) std::uint8_t[plan.row_bytes() * slots]);
  if (!rows.window_) return Fail(Code::kTooLarge, fmt::format("no memory for {} rows of {} pixels", slots, crop.width));
  for (std::size_t i = 0; i < 2 * slots; ++i) {
    rows.slots_.push_back(rows.window_.get() + plan.row_bytes() * (i % slots));
  }
  rows.passes_ = MakePasses(std::move(plan), instructions);
  return rows;
}

void RowResampler::Next(std::uint8_t* row) {
  const Weights& down = passes_->plan().down;
  DR_CHECK(y_ < passes_->plan().height());
  const int first = down.first[y_];
  const int last = first + down.used[y_];
  const int mask = static_cast<int>(slots_.size() / 2) - 1;
  for (done_ = std::max(done_, first); done_ < last; done_ += Passes::kRows) {
    std::array<const std::uint8_t*, Passes::kRows> sources;
    std::array<std::uint8_t*, Passes::kRows> targets;
    for (int i = 0; i < Passes::kRows; ++i) {
      sources[i] = source_->row(std::min(done_ + i, source_->height() - 1));
      targets[i] = slots_[(done_ + i) & mask];
    }
    passes_->Across(sources.data(), targets.data());
  }
  passes_->Down(y_++, slots_.data() + (first & mask), row);
}

Result<Image> ResampleCrop(const Image& source, Size size, Rect crop, Filter filter) {
  Result<RowResampler> rows =
      RowResampler::Create(source, {.size = size, .crop = crop, .filter = filter}, RowLayout::kInterleaved);
  if (!rows) return Fail(rows.error());
  Result<Image> target = Image::Allocate(crop.width, crop.height, source.channels());
  if (!target) return target;
  // From top to bottom, since a row's surplus bytes are the begin of the next.
  for (int y = 0; y < crop.height; ++y) rows->Next(target->row(y));
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
