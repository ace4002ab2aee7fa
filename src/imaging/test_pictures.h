// Pictures that tests make for themselves, and files of all formats made out of them.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "imaging/image.h"

namespace darkroom::imaging {

// Smooth and different in every corner and channel, so that a mirrored, rotated or recoloured copy is told apart.
Image Gradient(int width, int height);
// Every byte as (x * 7 + y * 13 + c * 29 + x * y) mod 256: what testdata/make_resample_reference.py makes too.
Image Pattern(int width, int height, int channels = 3);

using Pixel = std::array<std::uint8_t, 3>;
// All pixels alike.
Image Plain(int width, int height, Pixel color);
// A pixel of an RGB picture.
Pixel At(const Image& image, int x, int y);

struct JpegOptions {
  int quality = 95;
  bool progressive = false;
  bool grayscale = false;
  bool cmyk = false;    // Adobe's inverted CMYK...
  bool ycck = false;    // ...or YCCK
  int orientation = 0;  // 0: no EXIF
};
std::string EncodeJpeg(const Image& image, const JpegOptions& options = {});

// A TIFF structure with an orientation and nothing else.
std::string ExifWithOrientation(int orientation, bool little_endian);

// Raw samples of any PNG type, as spng wants them (16 bits in the machine's order).
struct PngOptions {
  int color_type = 2;
  int bit_depth = 8;
  bool interlaced = false;
  std::vector<std::uint8_t> palette = {};        // R, G, B each
  std::vector<std::uint8_t> palette_alpha = {};  // of the first entries
  int orientation = 0;
};
std::string EncodePng(int width, int height, std::string_view samples, const PngOptions& options);
std::string EncodePng(const Image& image);

std::string EncodeWebp(const Image& image, bool lossless);
// An extended file: VP8X with these flags, then the chunks of `webp` (a simple file), then `more` chunks.
std::string ExtendWebp(std::string_view webp, int width, int height, std::uint8_t flags, std::string_view more);
// An animation of one frame, lossless, that fills the canvas.
std::string AnimatedWebp(const Image& image);
std::string RiffChunk(std::string_view type, std::string_view data);

// The largest difference between two pictures' bytes; 256 when their shapes differ.
int LargestDifference(const Image& a, const Image& b);

}  // namespace darkroom::imaging
