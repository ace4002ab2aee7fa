// WebP by libwebp.
#include <fmt/format.h>
#include <webp/decode.h>
#include <webp/demux.h>

#include <cstring>
#include <memory>

#include "imaging/codecs.h"

namespace darkroom::imaging {
namespace {

const std::uint8_t* Data(std::string_view bytes) { return reinterpret_cast<const std::uint8_t*>(bytes.data()); }

std::unexpected<Error> Broken(VP8StatusCode code) {
  switch (code) {
    case VP8_STATUS_OUT_OF_MEMORY:
      return Fail(Code::kTooLarge, "no memory for a WebP decoder");
    case VP8_STATUS_SUSPENDED:
    case VP8_STATUS_NOT_ENOUGH_DATA:
      return Fail(Code::kInvalid, "truncated webp: its data ends before the picture does");
    case VP8_STATUS_UNSUPPORTED_FEATURE:
      return Fail(Code::kInvalid, "broken webp: it uses an unknown feature");
    default:
      return Fail(Code::kInvalid, "broken webp: its data cannot be decoded");
  }
}

// An animation's first frame, on its canvas.
Status DecodeFirstFrame(std::string_view bytes, Image* image) {
  WebPAnimDecoderOptions options;
  WebPAnimDecoderOptionsInit(&options);
  options.color_mode = MODE_RGBA;
  const WebPData data = {Data(bytes), bytes.size()};
  std::unique_ptr<WebPAnimDecoder, void (*)(WebPAnimDecoder*)> decoder(WebPAnimDecoderNew(&data, &options),
                                                                       &WebPAnimDecoderDelete);
  WebPAnimInfo info;
  std::uint8_t* canvas = nullptr;
  int timestamp = 0;
  if (!decoder || !WebPAnimDecoderGetInfo(decoder.get(), &info) ||
      static_cast<int>(info.canvas_width) != image->width() ||
      static_cast<int>(info.canvas_height) != image->height() ||
      !WebPAnimDecoderGetNext(decoder.get(), &canvas, &timestamp)) {
    return Fail(Code::kInvalid, "broken webp: its first frame cannot be decoded");
  }
  if (image->channels() == 4) {
    std::memcpy(image->data(), canvas, image->size());
    return {};
  }
  std::uint8_t* to = image->data();
  const std::size_t pixels = image->size() / 3;
  for (std::size_t i = 0; i < pixels; ++i, to += 3, canvas += 4) std::memcpy(to, canvas, 3);
  return {};
}

}  // namespace

Result<Image> DecodeWebp(std::string_view bytes, const ImageInfo& info, bool keep_alpha) {
  WebPDecoderConfig config;
  if (!WebPInitDecoderConfig(&config)) return Fail(Code::kInternal, "libwebp is of another version than its headers");
  if (VP8StatusCode code = WebPGetFeatures(Data(bytes), bytes.size(), &config.input); code != VP8_STATUS_OK) {
    return Broken(code);
  }
  if (config.input.width != info.width || config.input.height != info.height) {
    return Fail(Code::kInvalid, "broken webp: two sizes in one file");
  }
  Result<Image> image = Image::Allocate(info.width, info.height, keep_alpha ? 4 : 3);
  if (!image) return image;
  if (config.input.has_animation) {
    if (Status status = DecodeFirstFrame(bytes, &*image); !status) return Fail(status.error());
    return image;
  }
  config.output.colorspace = keep_alpha ? MODE_RGBA : MODE_RGB;
  config.output.is_external_memory = 1;
  config.output.u.RGBA = {image->data(), static_cast<int>(image->stride()), image->size()};
  if (VP8StatusCode code = WebPDecode(Data(bytes), bytes.size(), &config); code != VP8_STATUS_OK) return Broken(code);
  return image;
}

}  // namespace darkroom::imaging
