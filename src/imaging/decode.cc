#include "imaging/decode.h"

#include <fmt/format.h>

#include <utility>

#include "imaging/codecs.h"
#include "imaging/orient.h"

namespace darkroom::imaging {
namespace {

// `shrink_to` is of the upright picture, what is decoded lies as it was stored.
int ReductionOf(const ImageInfo& info, Size shrink_to) {
  if (info.orientation >= 5) std::swap(shrink_to.width, shrink_to.height);
  return ReductionFor({info.width, info.height}, shrink_to);
}

}  // namespace

int ReductionFor(Size picture, Size target) {
  if (target.width <= 0 || target.height <= 0) return 1;
  for (const auto& [by, surplus] : {std::pair(8, 2.25), {4, 2.25}, {2, 2.0}}) {
    const double least = by * surplus;
    if (picture.width >= least * target.width && picture.height >= least * target.height) return by;
  }
  return 1;
}

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
        return DecodeJpeg(bytes, info, ReductionOf(info, options.shrink_to));
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
