// JPEG by libjpeg-turbo. The library reports errors by a function that must not return; longjmp out of it stays within
// Read, which owns nothing that needs a destructor.
#include <csetjmp>
#include <cstddef>
#include <cstdio>  // jpeglib.h needs FILE and size_t

#include <fmt/format.h>
#include <jerror.h>
#include <jpeglib.h>

#include <memory>

#include "imaging/codecs.h"

namespace darkroom::imaging {
namespace {

// A progressive file may repeat its scans over all pixels without end; real ones have about ten.
constexpr int kMaxScans = 100;

class JpegReader {
 public:
  JpegReader() {
    jpeg_.err = jpeg_std_error(&errors_);
    errors_.error_exit = &OnError;
    errors_.emit_message = &OnMessage;
    progress_.progress_monitor = &OnProgress;
    jpeg_.client_data = this;
  }
  ~JpegReader() { jpeg_destroy_decompress(&jpeg_); }
  JpegReader(const JpegReader&) = delete;

  // Fills `image`, which is RGB and of the frame's size or a reduction of that. `cmyk_row` has room for a row of four
  // channels. False on error.
  bool Read(std::string_view bytes, Image* image, std::uint8_t* cmyk_row) {
    if (setjmp(on_error_) != 0) return false;
    jpeg_create_decompress(&jpeg_);
    jpeg_.progress = &progress_;
    jpeg_mem_src(&jpeg_, reinterpret_cast<const unsigned char*>(bytes.data()), bytes.size());
    jpeg_read_header(&jpeg_, TRUE);
    const bool cmyk = jpeg_.num_components == 4;
    // The limits were judged on what Probe saw.
    const Reduction& reduction = image->reduction();
    if (static_cast<int>(jpeg_.image_width) != reduction.picture.width ||
        static_cast<int>(jpeg_.image_height) != reduction.picture.height || cmyk != (cmyk_row != nullptr)) {
      std::snprintf(message_, sizeof message_, "two frame headers that differ");
      return false;
    }
    jpeg_.out_color_space = cmyk ? JCS_CMYK : JCS_RGB;
    jpeg_.scale_num = 1;
    jpeg_.scale_denom = static_cast<unsigned>(reduction.by);
    jpeg_start_decompress(&jpeg_);
    if (static_cast<int>(jpeg_.output_width) != image->width() ||
        static_cast<int>(jpeg_.output_height) != image->height()) {
      std::snprintf(message_, sizeof message_, "no picture at 1/%d of its size", reduction.by);
      return false;
    }
    while (jpeg_.output_scanline < jpeg_.output_height) {
      const int y = static_cast<int>(jpeg_.output_scanline);
      JSAMPROW row = cmyk ? cmyk_row : image->row(y);
      jpeg_read_scanlines(&jpeg_, &row, 1);
      if (cmyk) CmykToRgb(cmyk_row, image->width(), image->row(y));
    }
    jpeg_finish_decompress(&jpeg_);
    return !truncated_;
  }

  Error error() const {
    return truncated_ ? Error(Code::kInvalid, "truncated jpeg: its data ends before the picture does")
                      : Error(Code::kInvalid, fmt::format("broken jpeg: {}", message_));
  }

 private:
  static JpegReader* Self(void* jpeg) {
    return static_cast<JpegReader*>(static_cast<jpeg_common_struct*>(jpeg)->client_data);
  }

  [[noreturn]] static void OnError(j_common_ptr jpeg) {
    JpegReader* self = Self(jpeg);
    jpeg->err->format_message(jpeg, self->message_);
    std::longjmp(self->on_error_, 1);
  }

  // The library decodes what is missing as gray and merely warns. Other warnings (a bad byte in the entropy-coded data)
  // it recovers from as every viewer does.
  static void OnMessage(j_common_ptr jpeg, int level) {
    if (level == -1 && jpeg->err->msg_code == JWRN_JPEG_EOF) Self(jpeg)->truncated_ = true;
  }

  static void OnProgress(j_common_ptr jpeg) {
    if (!jpeg->is_decompressor || reinterpret_cast<j_decompress_ptr>(jpeg)->input_scan_number <= kMaxScans) return;
    JpegReader* self = Self(jpeg);
    std::snprintf(self->message_, sizeof self->message_, "more than %d scans", kMaxScans);
    std::longjmp(self->on_error_, 1);
  }

  // Four-channel JPEGs are Adobe's, which stores 255 - ink. The rounding is PIL's.
  static void CmykToRgb(const std::uint8_t* cmyk, int width, std::uint8_t* rgb) {
    for (int x = 0; x < width; ++x, cmyk += 4, rgb += 3) {
      const int white = cmyk[3];
      for (int c = 0; c < 3; ++c) {
        const int product = (255 - cmyk[c]) * white + 128;
        rgb[c] = static_cast<std::uint8_t>(white - ((product + (product >> 8)) >> 8));
      }
    }
  }

  jpeg_decompress_struct jpeg_ = {};
  jpeg_error_mgr errors_ = {};
  jpeg_progress_mgr progress_ = {};
  std::jmp_buf on_error_ = {};
  bool truncated_ = false;
  char message_[JMSG_LENGTH_MAX] = {};
};

}  // namespace

Result<Image> DecodeJpeg(std::string_view bytes, const ImageInfo& info, int reduce_by) {
  Result<Image> image = Image::AllocateReduced({info.width, info.height}, reduce_by, 3);
  if (!image) return image;
  std::unique_ptr<std::uint8_t[]> cmyk_row;
  if (info.channels == 4) cmyk_row = std::make_unique<std::uint8_t[]>(static_cast<std::size_t>(image->width()) * 4);
  JpegReader reader;
  if (!reader.Read(bytes, &*image, cmyk_row.get())) return Fail(reader.error());
  return image;
}

}  // namespace darkroom::imaging
