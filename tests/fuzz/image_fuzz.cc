// Pictures from strangers: Probe and Decode, and what they promise each other.
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "imaging/decode.h"
#include "imaging/resample.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace darkroom::imaging;
  constexpr std::int64_t kMaxPixels = 1 << 18;  // keeps a round short
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);

  darkroom::Result<ImageInfo> info = Probe(bytes);
  darkroom::Result<Image> image = Decode(bytes, {.max_pixels = kMaxPixels, .keep_alpha = size % 2 == 0});
  if (!image) return 0;

  // What can be decoded was probed as whole, within the limit, and of this size.
  DR_CHECK(info && info->complete && info->pixels() <= kMaxPixels);
  const bool sideways = info->orientation >= 5;
  DR_CHECK(image->width() == (sideways ? info->height : info->width));
  DR_CHECK(image->height() == (sideways ? info->width : info->height));

  const Filter filter = static_cast<Filter>(size % 3);
  const Size target = ShorterSideTo({image->width(), image->height()}, 9);
  DR_CHECK(ResampleCrop(*image, target, CentreOf(target, {7, 8}), filter));
  return 0;
}
