// Encode: pixels to a picture's bytes, for what Darkroom draws itself.
#pragma once

#include <cstdint>
#include <span>
#include <string>

#include "base/result.h"
#include "imaging/image.h"

namespace darkroom::imaging {

// Borrowed 8-bit pixels: rows from top to bottom without gaps, `channels` bytes each. An Image is one.
struct PixelView {
  PixelView(int w, int h, int c, std::span<const std::uint8_t> s) : width(w), height(h), channels(c), samples(s) {}
  PixelView(const Image& image)  // NOLINT(google-explicit-constructor): that is what it is for
      : PixelView(image.width(), image.height(), image.channels(), {image.data(), image.size()}) {}

  int width;
  int height;
  int channels;
  std::span<const std::uint8_t> samples;  // width × height × channels of them, else DR_CHECK
};

// All of them: any thread, no shared state; the same input gives the same bytes as long as the library is the same.
// Errors: kTooLarge when memory cannot be had, kInvalid for a side that the format cannot hold.

// 1 channel is gray, 3 are RGB, 4 are RGBA. Lossless.
Result<std::string> EncodePng(const PixelView& picture);

// Gray, 16 bits a pixel in this machine's order, width × height of them. For depth.
Result<std::string> EncodePng16(int width, int height, std::span<const std::uint16_t> samples);

// Baseline JPEG, `quality` 1 to 100 as libjpeg counts it, 1 channel (gray) or 3 (RGB, stored as YCbCr 4:2:0): what
// PIL's save(quality=...) writes. A JPEG's side has at most 65,500 pixels.
Result<std::string> EncodeJpeg(const PixelView& picture, int quality);

}  // namespace darkroom::imaging
