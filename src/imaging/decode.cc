#include "imaging/decode.h"

#include <fmt/format.h>

#include "imaging/codecs.h"
#include "imaging/orient.h"

namespace darkroom::imaging {

Result<Image> Decode(std::string_view bytes, const ImageInfo& info, const DecodeOptions& options) {
  if (!info.complete) {
    return Fail(Code::kInvalid, fmt::format("truncated {}: the data ends after {} bytes, before the picture does",
                                            Name(info.format), bytes.size()));
  }
  if (Status status = CheckSize(info, options.max_pixels); !status) return Fail(status.error());
  Result<Image> image = [&] {
    switch (info.format) {
      case Format::kPng:
        return DecodePng(bytes, info, options.keep_alpha);
      case Format::kWebp:
        return DecodeWebp(bytes, info, options.keep_alpha);
      default:
        return DecodeJpeg(bytes, info);
    }
  }();
  if (!image) return image;
  return Orient(std::move(*image), info.orientation);
}

Result<Image> Decode(std::string_view bytes, const DecodeOptions& options) {
  Result<ImageInfo> info = Probe(bytes);
  if (!info) return Fail(info.error());
  return Decode(bytes, *info, options);
}

}  // namespace darkroom::imaging
