// Image: decoded pixels in memory.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string_view>

#include "base/result.h"

namespace darkroom::imaging {

enum class Format { kJpeg, kPng, kWebp };

struct Size {
  int width = 0;
  int height = 0;
  bool operator==(const Size&) const = default;
};

struct Rect {
  int x = 0;
  int y = 0;
  int width = 0;
  int height = 0;
};

// What the pixels of a picture that was decoded at reduced scale stand for. Those of the last column and row reach
// beyond the picture's edge where its sides are no multiples of `by`; once it is turned upright, that may be the first.
struct Reduction {
  int by = 1;    // each pixel stands for by × by of the picture's
  Size picture;  // the size of the whole, decoded in full
  int left = 0;  // how many of the picture's columns and rows the first ones reach beyond its edge
  int top = 0;
};

// "jpeg", "png", "webp": the words of result.json. Static storage.
std::string_view Name(Format format);

// Rows from top to bottom without gaps, `channels` bytes a pixel: 3 (R, G, B) or 4 (R, G, B, A; A not multiplied in).
// Owns its pixels; moves, does not copy. Threads: as a value.
class Image {
 public:
  // Bytes that may be read (not judged) behind the last pixel, so that inner loops can load whole vectors.
  static constexpr std::size_t kSlack = 64;

  Image() = default;
  // Pixels are left as they come. kTooLarge when the memory cannot be had.
  static Result<Image> Allocate(int width, int height, int channels);
  // The same for a picture of which each pixel shall show `by` × `by`.
  static Result<Image> AllocateReduced(Size picture, int by, int channels);

  int width() const { return width_; }
  int height() const { return height_; }
  int channels() const { return channels_; }
  // by = 1 and a picture of the image's own size, unless decoded at reduced scale.
  const Reduction& reduction() const { return reduction_; }
  void set_reduction(const Reduction& reduction) { reduction_ = reduction; }

  std::size_t stride() const { return static_cast<std::size_t>(width_) * channels_; }
  std::size_t size() const { return stride() * height_; }

  std::uint8_t* data() { return pixels_.get(); }
  const std::uint8_t* data() const { return pixels_.get(); }
  std::uint8_t* row(int y) { return pixels_.get() + stride() * y; }
  const std::uint8_t* row(int y) const { return pixels_.get() + stride() * y; }

 private:
  int width_ = 0;
  int height_ = 0;
  int channels_ = 0;
  Reduction reduction_;
  std::unique_ptr<std::uint8_t[]> pixels_;
};

}  // namespace darkroom::imaging
