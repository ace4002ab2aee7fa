// Decode: a picture's bytes to pixels as a person would see them: upright, in RGB.
#pragma once

#include <cstdint>
#include <string_view>

#include "base/result.h"
#include "imaging/image.h"
#include "imaging/probe.h"

namespace darkroom::imaging {

struct DecodeOptions {
  std::int64_t max_pixels = 50'000'000;
  // Keeps an alpha channel (RGBA); else it is dropped, not composited, as PIL's convert("RGB") does.
  bool keep_alpha = false;
  // The caller will scale the whole upright picture to this size or a smaller one with an antialiased filter: a JPEG
  // may be decoded at reduced scale (ReductionFor; Image::reduction says whether it was). 0×0: in full.
  Size shrink_to = {};
};

// The scale (1, 2, 4 or 8) at which a JPEG of this size is decoded to be shrunk to `target`: the library leaves out the
// high frequencies of each block, which costs less than to compute and then average them. A half is taken when it is at
// least twice as long and as high as the target, a quarter and an eighth when 2.25 times: then what is made of it,
// bilinear or bicubic, differs from what is made of the full picture by at most 1 of 255 on average and by 10 at most
// (measured on photographs; at twice the target a quarter and an eighth differ by up to 1.6). The scales in between are
// slower than the whole: libjpeg-turbo has no SIMD for them.
int ReductionFor(Size picture, Size target);

// Reads JPEG (baseline, progressive, gray, CMYK and YCCK in Adobe's inverted form), PNG (all types; 16 bits are cut to
// 8) and WebP (an animation's first frame); applies the EXIF orientation. Limits are judged on the headers, before
// memory for pixels is taken.
// Errors: kInvalid ("not an image: ...", "truncated ...", or what the codec found), kTooLarge (pixels or memory).
// Threads: any; no shared state.
Result<Image> Decode(std::string_view bytes, const DecodeOptions& options = {});

// The same when the caller has probed already. `info` must be of these bytes.
Result<Image> Decode(std::string_view bytes, const ImageInfo& info, const DecodeOptions& options);

}  // namespace darkroom::imaging
