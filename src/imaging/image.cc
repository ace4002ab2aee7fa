#include "imaging/image.h"

#include <fmt/format.h>

#include <new>

namespace darkroom::imaging {

std::string_view Name(Format format) {
  switch (format) {
    case Format::kJpeg:
      return "jpeg";
    case Format::kPng:
      return "png";
    case Format::kWebp:
      return "webp";
  }
  return "unknown";
}

Result<Image> Image::Allocate(int width, int height, int channels) {
  DR_CHECK(width > 0 && height > 0 && channels > 0);
  Image image;
  image.width_ = width;
  image.height_ = height;
  image.channels_ = channels;
  image.reduction_.picture = {width, height};
  image.pixels_.reset(new (std::nothrow) std::uint8_t[image.size() + kSlack]);
  if (!image.pixels_) {
    return Fail(Code::kTooLarge, fmt::format("no memory for a picture of {}×{} pixels", width, height));
  }
  return image;
}

Result<Image> Image::AllocateReduced(Size picture, int by, int channels) {
  DR_CHECK(by > 0);
  Result<Image> image = Allocate((picture.width + by - 1) / by, (picture.height + by - 1) / by, channels);
  if (image) image->set_reduction({.by = by, .picture = picture});
  return image;
}

}  // namespace darkroom::imaging
