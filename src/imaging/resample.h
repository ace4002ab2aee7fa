// Resample: antialiased, separable scaling of 8-bit pictures that agrees bit for bit with PIL's Image.resize, on which
// most training pipelines stand: a filter as wide as the scale, weights in 22-bit fixed point, first along rows, then
// along columns, 8 bits in between.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

#include "base/result.h"
#include "imaging/image.h"
#include "imaging/resample_passes.h"

namespace darkroom::imaging {

// The whole of a picture scaled to `size`, and of that `crop`, which must lie within it. No other pixel is computed. A
// picture decoded at reduced scale is scaled as if it were whole.
struct Resampling {
  Size size;
  Rect crop;
  Filter filter = Filter::kBilinear;
};

// One row of the outcome after the other, from top to bottom, out of a window of as many rows as one is made of: what
// makes something else out of the rows, a tensor, needs no picture in between.
class RowResampler {
 public:
  // `source`, of 3 or 4 channels, must outlive the rows. Errors: as ResampleCrop.
  static Result<RowResampler> Create(const Image& source, const Resampling& resampling, RowLayout layout,
                                     Instructions instructions = InstructionsOfThisCpu().back());

  // What Next needs room for, and in a planar row the bytes from one channel to the next.
  std::size_t row_bytes() const { return passes_->plan().row_bytes(); }
  std::size_t plane() const { return passes_->plan().plane(); }

  // Makes the next row, and of an interleaved one up to 63 bytes that mean nothing. At most crop.height times.
  void Next(std::uint8_t* row);

 private:
  RowResampler() = default;

  const Image* source_ = nullptr;
  std::unique_ptr<Passes> passes_;
  std::unique_ptr<std::uint8_t[]>
      window_;                        // source rows, scaled along x: row y lies in slot y mod the number of slots,
  std::vector<std::uint8_t*> slots_;  // a power of two; all of them twice, so that rows in order lie in order
  int y_ = 0;
  int done_ = 0;  // the first source row that is not yet in the window
};

// Scales the whole of `source` to `size` and returns `crop` of that, computing no pixel outside of it. `crop` must lie
// within `size`. Errors: kTooLarge when memory cannot be had; kInvalid when a side is not positive.
Result<Image> ResampleCrop(const Image& source, Size size, Rect crop, Filter filter);

// Scales the whole of `source` to `size`.
Result<Image> Resample(const Image& source, Size size, Filter filter);

// The size with the same proportions whose shorter side is `side`; the longer one is rounded down (as torchvision
// does).
Size ShorterSideTo(Size source, int side);
// The largest size with the same proportions that fits into `box`, no side below 1.
Size FitInto(Size source, Size box);
// A box of this size in the middle; halves go to the even offset (as torchvision does). No side may exceed `outer`'s.
Rect CentreOf(Size outer, Size inner);

}  // namespace darkroom::imaging
