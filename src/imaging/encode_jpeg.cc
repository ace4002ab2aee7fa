// JPEG by libjpeg-turbo. As in jpeg.cc, longjmp out of the library stays within a function that owns nothing that
// needs a destructor.
#include <csetjmp>
#include <cstddef>
#include <cstdio>  // jpeglib.h needs FILE and size_t
#include <cstdlib>

#include <fmt/format.h>
#include <jerror.h>
#include <jpeglib.h>

#include "imaging/encode.h"

namespace darkroom::imaging {
namespace {

class JpegWriter {
 public:
  JpegWriter() {
    jpeg_.err = jpeg_std_error(&errors_);
    errors_.error_exit = &OnError;
    errors_.emit_message = [](j_common_ptr, int) {};
    jpeg_.client_data = this;
  }
  ~JpegWriter() {
    jpeg_destroy_compress(&jpeg_);
    std::free(out_);
  }
  JpegWriter(const JpegWriter&) = delete;

  // False on error.
  bool Write(const PixelView& picture, int quality) {
    if (setjmp(on_error_) != 0) return false;
    jpeg_create_compress(&jpeg_);
    jpeg_mem_dest(&jpeg_, &out_, &size_);
    jpeg_.image_width = static_cast<JDIMENSION>(picture.width);
    jpeg_.image_height = static_cast<JDIMENSION>(picture.height);
    jpeg_.input_components = picture.channels;
    jpeg_.in_color_space = picture.channels == 1 ? JCS_GRAYSCALE : JCS_RGB;
    jpeg_set_defaults(&jpeg_);
    jpeg_set_quality(&jpeg_, quality, TRUE);
    jpeg_start_compress(&jpeg_, TRUE);
    const std::size_t stride = static_cast<std::size_t>(picture.width) * picture.channels;
    while (jpeg_.next_scanline < jpeg_.image_height) {
      // The library's type lacks the const.
      auto row = const_cast<JSAMPROW>(picture.samples.data() + stride * jpeg_.next_scanline);
      jpeg_write_scanlines(&jpeg_, &row, 1);
    }
    jpeg_finish_compress(&jpeg_);
    return true;
  }

  std::string bytes() const { return {reinterpret_cast<const char*>(out_), size_}; }
  Error error() const {
    const bool memory = errors_.msg_code == JERR_OUT_OF_MEMORY;
    return Error(memory ? Code::kTooLarge : Code::kInvalid, fmt::format("cannot write a JPEG: {}", message_));
  }

 private:
  [[noreturn]] static void OnError(j_common_ptr jpeg) {
    auto* self = static_cast<JpegWriter*>(jpeg->client_data);
    jpeg->err->format_message(jpeg, self->message_);
    std::longjmp(self->on_error_, 1);
  }

  jpeg_compress_struct jpeg_ = {};
  jpeg_error_mgr errors_ = {};
  std::jmp_buf on_error_ = {};
  unsigned char* out_ = nullptr;  // the library's buffer, replaced as it grows; freed here
  unsigned long size_ = 0;        // the library's type
  char message_[JMSG_LENGTH_MAX] = {};
};

}  // namespace

Result<std::string> EncodeJpeg(const PixelView& picture, int quality) {
  DR_CHECK(picture.width > 0 && picture.height > 0 && (picture.channels == 1 || picture.channels == 3));
  DR_CHECK(picture.samples.size() ==
           static_cast<std::size_t>(picture.width) * picture.height * static_cast<std::size_t>(picture.channels));
  DR_CHECK(quality >= 1 && quality <= 100);
  JpegWriter writer;
  if (!writer.Write(picture, quality)) return Fail(writer.error());
  return writer.bytes();
}

}  // namespace darkroom::imaging
