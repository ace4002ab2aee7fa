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
};

// Reads JPEG (baseline, progressive, gray, CMYK and YCCK in Adobe's inverted form), PNG (all types; 16 bits are cut to
// 8) and WebP (an animation's first frame); applies the EXIF orientation. Limits are judged on the headers, before
// memory for pixels is taken.
// Errors: kInvalid ("not an image: ...", "truncated ...", or what the codec found), kTooLarge (pixels or memory).
// Threads: any; no shared state.
Result<Image> Decode(std::string_view bytes, const DecodeOptions& options = {});

// The same when the caller has probed already. `info` must be of these bytes.
Result<Image> Decode(std::string_view bytes, const ImageInfo& info, const DecodeOptions& options);

}  // namespace darkroom::imaging
