// PNG by libspng.
#include <fmt/format.h>
#include <spng.h>

#include <cstdlib>
#include <memory>

#include "imaging/encode.h"

namespace darkroom::imaging {
namespace {

Result<std::string> Encode(const spng_ihdr& header, std::span<const std::byte> samples) {
  std::unique_ptr<spng_ctx, void (*)(spng_ctx*)> context(spng_ctx_new(SPNG_CTX_ENCODER), &spng_ctx_free);
  if (!context) return Fail(Code::kTooLarge, "no memory for a PNG encoder");
  // What was handed in is a picture of the right size, so what is left to go wrong is memory.
  auto failed = [](int code) {
    return Fail(code == SPNG_EMEM ? Code::kTooLarge : Code::kInvalid,
                fmt::format("cannot write a PNG: {}", spng_strerror(code)));
  };
  spng_ihdr copy = header;
  if (int code = spng_set_option(context.get(), SPNG_ENCODE_TO_BUFFER, 1); code != 0) return failed(code);
  if (int code = spng_set_ihdr(context.get(), &copy); code != 0) return failed(code);
  int code = spng_encode_image(context.get(), samples.data(), samples.size(), SPNG_FMT_PNG, SPNG_ENCODE_FINALIZE);
  if (code != 0) return failed(code);
  std::size_t size = 0;
  std::unique_ptr<void, void (*)(void*)> out(spng_get_png_buffer(context.get(), &size, &code), &std::free);
  if (!out) return failed(code);
  return std::string(static_cast<const char*>(out.get()), size);
}

spng_ihdr Header(int width, int height, int bit_depth, spng_color_type color) {
  DR_CHECK(width > 0 && height > 0);
  return {static_cast<std::uint32_t>(width),
          static_cast<std::uint32_t>(height),
          static_cast<std::uint8_t>(bit_depth),
          static_cast<std::uint8_t>(color),
          0,
          0,
          0};
}

}  // namespace

Result<std::string> EncodePng(const PixelView& picture) {
  DR_CHECK(picture.channels == 1 || picture.channels == 3 || picture.channels == 4);
  const spng_color_type color = picture.channels == 1   ? SPNG_COLOR_TYPE_GRAYSCALE
                                : picture.channels == 3 ? SPNG_COLOR_TYPE_TRUECOLOR
                                                        : SPNG_COLOR_TYPE_TRUECOLOR_ALPHA;
  const spng_ihdr header = Header(picture.width, picture.height, 8, color);
  DR_CHECK(picture.samples.size() ==
           static_cast<std::size_t>(picture.width) * picture.height * static_cast<std::size_t>(picture.channels));
  return Encode(header, std::as_bytes(picture.samples));
}

Result<std::string> EncodePng16(int width, int height, std::span<const std::uint16_t> samples) {
  const spng_ihdr header = Header(width, height, 16, SPNG_COLOR_TYPE_GRAYSCALE);
  DR_CHECK(samples.size() == static_cast<std::size_t>(width) * height);
  return Encode(header, std::as_bytes(samples));
}

}  // namespace darkroom::imaging
