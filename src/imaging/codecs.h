// The codecs behind Decode, one file each; only that file sees the library. Each is given a complete file whose size
// has been judged, and leaves the orientation alone.
#pragma once

#include <string_view>

#include "base/result.h"
#include "imaging/image.h"
#include "imaging/probe.h"

namespace darkroom::imaging {

// At 1/`reduce_by` of the size: 1, 2, 4 or 8.
Result<Image> DecodeJpeg(std::string_view bytes, const ImageInfo& info, int reduce_by);
Result<Image> DecodePng(std::string_view bytes, const ImageInfo& info, bool keep_alpha);
Result<Image> DecodeWebp(std::string_view bytes, const ImageInfo& info, bool keep_alpha);

}  // namespace darkroom::imaging
