#include "imaging/test_pictures.h"

#include <cstddef>
#include <cstdio>  // jpeglib.h needs FILE and size_t

#include <jpeglib.h>
#include <spng.h>
#include <webp/encode.h>

#include <algorithm>
#include <cstdlib>
#include <cstring>

namespace darkroom::imaging {
namespace {

std::string Little(std::uint32_t value, int bytes) {
  std::string out;
  for (int i = 0; i < bytes; ++i) out += static_cast<char>(value >> (8 * i));
  return out;
}

}  // namespace

Image Gradient(int width, int height) {
  Image image = *Image::Allocate(width, height, 3);
  for (int y = 0; y < height; ++y) {
    for (int x = 0; x < width; ++x) {
      std::uint8_t* pixel = image.row(y) + 3 * x;
      pixel[0] = static_cast<std::uint8_t>(20 + 200 * x / width);
      pixel[1] = static_cast<std::uint8_t>(230 - 180 * y / height);
      pixel[2] = static_cast<std::uint8_t>(60 + 50 * (x + y) / (width + height));
    }
  }
  return image;
}

Image Pattern(int width, int height, int channels) {
  Image image = *Image::Allocate(width, height, channels);
  for (int y = 0; y < height; ++y) {
    for (int x = 0; x < width; ++x) {
      for (int c = 0; c < channels; ++c) {
        image.row(y)[x * channels + c] = static_cast<std::uint8_t>(x * 7 + y * 13 + c * 29 + x * y);
      }
    }
  }
  return image;
}

Image Plain(int width, int height, Pixel color) {
  Image image = *Image::Allocate(width, height, 3);
  for (std::size_t i = 0; i < image.size(); i += 3) std::memcpy(image.data() + i, color.data(), 3);
  return image;
}

Pixel At(const Image& image, int x, int y) {
  const std::uint8_t* pixel = image.row(y) + 3 * x;
  return {pixel[0], pixel[1], pixel[2]};
}

std::string ExifWithOrientation(int orientation, bool little_endian) {
  auto number = [&](std::uint32_t value, int bytes) {
    std::string out = Little(value, bytes);
    if (!little_endian) std::reverse(out.begin(), out.end());
    return out;
  };
  return (little_endian ? "II" : "MM") + number(42, 2) + number(8, 4) + number(1, 2) + number(0x0112, 2) +
         number(3, 2) + number(1, 4) + number(static_cast<std::uint32_t>(orientation), 2) + number(0, 2) + number(0, 4);
}

std::string EncodeJpeg(const Image& image, const JpegOptions& options) {
  jpeg_compress_struct jpeg = {};
  jpeg_error_mgr errors;
  jpeg.err = jpeg_std_error(&errors);
  jpeg_create_compress(&jpeg);
  unsigned char* out = nullptr;
  unsigned long size = 0;
  jpeg_mem_dest(&jpeg, &out, &size);
  const bool four = options.cmyk || options.ycck;
  jpeg.image_width = static_cast<JDIMENSION>(image.width());
  jpeg.image_height = static_cast<JDIMENSION>(image.height());
  jpeg.input_components = four ? 4 : 3;
  jpeg.in_color_space = four ? JCS_CMYK : JCS_RGB;
  jpeg_set_defaults(&jpeg);
  if (options.grayscale) jpeg_set_colorspace(&jpeg, JCS_GRAYSCALE);
  if (four) jpeg_set_colorspace(&jpeg, options.ycck ? JCS_YCCK : JCS_CMYK);
  if (options.cmyk) jpeg.write_Adobe_marker = TRUE;
  jpeg_set_quality(&jpeg, options.quality, TRUE);
  if (!options.grayscale) jpeg.comp_info[0].h_samp_factor = jpeg.comp_info[0].v_samp_factor = 1;
  if (options.progressive) jpeg_simple_progression(&jpeg);
  jpeg_start_compress(&jpeg, TRUE);
  if (options.orientation != 0) {
    std::string exif("Exif\0\0", 6);
    exif += ExifWithOrientation(options.orientation, options.orientation % 2 == 0);
    jpeg_write_marker(&jpeg, JPEG_APP0 + 1, reinterpret_cast<const JOCTET*>(exif.data()),
                      static_cast<unsigned>(exif.size()));
  }
  std::vector<std::uint8_t> row(static_cast<std::size_t>(image.width()) * 4);
  for (int y = 0; y < image.height(); ++y) {
    if (four) {
      // No black ink: inverted cyan, magenta, yellow are red, green, blue.
      for (int x = 0; x < image.width(); ++x) {
        std::memcpy(&row[4 * x], image.row(y) + 3 * x, 3);
        row[4 * x + 3] = 255;
      }
    } else {
      std::memcpy(row.data(), image.row(y), image.stride());
    }
    JSAMPROW samples = row.data();
    jpeg_write_scanlines(&jpeg, &samples, 1);
  }
  jpeg_finish_compress(&jpeg);
  std::string bytes(reinterpret_cast<char*>(out), size);
  jpeg_destroy_compress(&jpeg);
  std::free(out);
  return bytes;
}

std::string EncodePng(int width, int height, std::string_view samples, const PngOptions& options) {
  spng_ctx* png = spng_ctx_new(SPNG_CTX_ENCODER);
  spng_set_option(png, SPNG_ENCODE_TO_BUFFER, 1);
  spng_ihdr header = {static_cast<std::uint32_t>(width),
                      static_cast<std::uint32_t>(height),
                      static_cast<std::uint8_t>(options.bit_depth),
                      static_cast<std::uint8_t>(options.color_type),
                      0,
                      0,
                      static_cast<std::uint8_t>(options.interlaced ? 1 : 0)};
  spng_set_ihdr(png, &header);
  if (!options.palette.empty()) {
    spng_plte palette = {};
    palette.n_entries = static_cast<std::uint32_t>(options.palette.size() / 3);
    for (std::uint32_t i = 0; i < palette.n_entries; ++i) {
      palette.entries[i] = {options.palette[3 * i], options.palette[3 * i + 1], options.palette[3 * i + 2], 0};
    }
    spng_set_plte(png, &palette);
  }
  if (!options.palette_alpha.empty()) {
    spng_trns transparency = {};
    transparency.n_type3_entries = static_cast<std::uint32_t>(options.palette_alpha.size());
    std::copy(options.palette_alpha.begin(), options.palette_alpha.end(), transparency.type3_alpha);
    spng_set_trns(png, &transparency);
  }
  std::string tiff = ExifWithOrientation(options.orientation, true);
  spng_exif exif = {tiff.size(), tiff.data()};
  if (options.orientation != 0) spng_set_exif(png, &exif);
  int code = spng_encode_image(png, samples.data(), samples.size(), SPNG_FMT_PNG, SPNG_ENCODE_FINALIZE);
  std::size_t size = 0;
  void* out = spng_get_png_buffer(png, &size, &code);
  DR_CHECK(out != nullptr);
  std::string bytes(static_cast<char*>(out), size);
  std::free(out);
  spng_ctx_free(png);
  return bytes;
}

std::string EncodePng(const Image& image) {
  return EncodePng(image.width(), image.height(), {reinterpret_cast<const char*>(image.data()), image.size()},
                   {.color_type = image.channels() == 4 ? 6 : 2});
}

std::string EncodeWebp(const Image& image, bool lossless) {
  std::uint8_t* out = nullptr;
  const int width = image.width(), height = image.height(), stride = static_cast<int>(image.stride());
  std::size_t size = 0;
  if (image.channels() == 4) {
    size = lossless ? WebPEncodeLosslessRGBA(image.data(), width, height, stride, &out)
                    : WebPEncodeRGBA(image.data(), width, height, stride, 90, &out);
  } else {
    size = lossless ? WebPEncodeLosslessRGB(image.data(), width, height, stride, &out)
                    : WebPEncodeRGB(image.data(), width, height, stride, 90, &out);
  }
  std::string bytes(reinterpret_cast<char*>(out), size);
  WebPFree(out);
  return bytes;
}

std::string RiffChunk(std::string_view type, std::string_view data) {
  std::string chunk(type);
  chunk += Little(static_cast<std::uint32_t>(data.size()), 4);
  chunk += data;
  if (data.size() % 2 == 1) chunk += '\0';
  return chunk;
}

std::string ExtendWebp(std::string_view webp, int width, int height, std::uint8_t flags, std::string_view more) {
  std::string body = "WEBP";
  body += RiffChunk("VP8X", Little(flags, 4) + Little(static_cast<std::uint32_t>(width - 1), 3) +
                                Little(static_cast<std::uint32_t>(height - 1), 3));
  body += webp.substr(std::min<std::size_t>(12, webp.size()));
  body += more;
  return RiffChunk("RIFF", body);
}

std::string AnimatedWebp(const Image& image) {
  const std::string still = EncodeWebp(image, /*lossless=*/true);
  std::string frame = Little(0, 3) + Little(0, 3);  // at the canvas' origin
  frame += Little(static_cast<std::uint32_t>(image.width() - 1), 3);
  frame += Little(static_cast<std::uint32_t>(image.height() - 1), 3);
  frame += Little(100, 3) + '\0';  // 100 ms, blend
  frame += still.substr(12);
  const std::string chunks = RiffChunk("ANIM", Little(0xFFFFFFFF, 4) + Little(0, 2)) + RiffChunk("ANMF", frame);
  return ExtendWebp("", image.width(), image.height(), 0x02, chunks);
}

int LargestDifference(const Image& a, const Image& b) {
  if (a.width() != b.width() || a.height() != b.height() || a.channels() != b.channels()) return 256;
  int largest = 0;
  for (std::size_t i = 0; i < a.size(); ++i) largest = std::max(largest, std::abs(a.data()[i] - b.data()[i]));
  return largest;
}

}  // namespace darkroom::imaging
