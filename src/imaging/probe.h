// Probe: what a picture's headers say, without decoding it. Walks markers and chunks with bounds of its own and hands
// nothing to a codec, so the web tier can call it on every upload. Costs one pass over the bytes at most.
#pragma once

#include <cstdint>
#include <string_view>

#include "base/result.h"
#include "imaging/image.h"

namespace darkroom::imaging {

struct ImageInfo {
  Format format = Format::kJpeg;
  // As stored; orientations 5 to 8 show the picture with the two exchanged. Both 0 when the data ends before them.
  int width = 0;
  int height = 0;
  int channels = 0;     // as stored: 1 gray, 2 gray and alpha, 3 colour, 4 colour and alpha or CMYK
  int orientation = 1;  // EXIF, 1 to 8
  // False when the data ends before the picture does: a JPEG without EOI, a PNG without IEND, a WebP shorter than its
  // RIFF header says. Anything behind the end is allowed.
  bool complete = false;

  std::int64_t pixels() const { return static_cast<std::int64_t>(width) * height; }
};

// Errors: kInvalid "not an image: ..." when this is no JPEG, PNG or WebP, or one whose headers contradict the format.
// Data that merely breaks off is no error: see `complete`.
Result<ImageInfo> Probe(std::string_view bytes);

// The longest side that is read: JPEG's own limit, held for PNG too.
inline constexpr int kMaxSide = 65'535;

// Whether a picture of this size is worth decoding. Errors: kTooLarge.
Status CheckSize(const ImageInfo& info, std::int64_t max_pixels);

}  // namespace darkroom::imaging
