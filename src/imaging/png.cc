// PNG by libspng, which unlike libpng reports errors by return value.
#include <fmt/format.h>
#include <spng.h>

#include <memory>

#include "imaging/codecs.h"

namespace darkroom::imaging {

Result<Image> DecodePng(std::string_view bytes, const ImageInfo& info, bool keep_alpha) {
  // Bounds what text and profile chunks, which nobody here reads, may unpack to.
  constexpr std::size_t kMaxChunk = std::size_t{32} << 20;

  std::unique_ptr<spng_ctx, void (*)(spng_ctx*)> context(spng_ctx_new(0), &spng_ctx_free);
  if (!context) return Fail(Code::kTooLarge, "no memory for a PNG decoder");
  auto broken = [](int code) { return Fail(Code::kInvalid, fmt::format("broken png: {}", spng_strerror(code))); };

  spng_set_chunk_limits(context.get(), kMaxChunk, kMaxChunk);
  spng_set_crc_action(context.get(), SPNG_CRC_ERROR, SPNG_CRC_DISCARD);
  if (int code = spng_set_png_buffer(context.get(), bytes.data(), bytes.size()); code != 0) return broken(code);

  // Transparency of gray, colour and palette files is looked at only when it is kept.
  const int format = keep_alpha ? SPNG_FMT_RGBA8 : SPNG_FMT_RGB8;
  const int flags = keep_alpha ? SPNG_DECODE_TRNS : 0;
  std::size_t size = 0;
  if (int code = spng_decoded_image_size(context.get(), format, &size); code != 0) return broken(code);
  Result<Image> image = Image::Allocate(info.width, info.height, keep_alpha ? 4 : 3);
  if (!image) return image;
  if (size != image->size()) return Fail(Code::kInvalid, "broken png: two sizes in one file");
  if (int code = spng_decode_image(context.get(), image->data(), size, format, flags); code != 0) return broken(code);
  return image;
}

}  // namespace darkroom::imaging
