// Both spellings of transforms, which come with requests, and whatever pictures they make.
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "imaging/transform.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace darkroom::imaging;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const darkroom::Result<TransformList> list = ParseTransforms(text);
  if (!list) return 0;
  const darkroom::Result<TransformList> again = ParseTransforms(ToJson(*list));
  DR_CHECK(again && *again == *list);

  // Small enough to be quick, and no square.
  constexpr TransformLimits kLimits = {.max_pixels = 10'000};
  const std::uint64_t seed = size;
  const darkroom::Result<TransformList> resolved = Resolve(*list, seed, {9, 7}, kLimits);
  if (!resolved) return 0;
  const darkroom::Result<Size> after = SizeAfter(*resolved, {9, 7}, kLimits);
  DR_CHECK(after);
  darkroom::Result<Image> image = Image::Allocate(9, 7, 3);
  for (std::size_t i = 0; i < image->size(); ++i) image->data()[i] = static_cast<std::uint8_t>(i * 37);
  const darkroom::Result<Image> changed = Apply(*std::move(image), *resolved, kLimits);
  DR_CHECK(changed && changed->width() == after->width && changed->height() == after->height);
  return 0;
}
