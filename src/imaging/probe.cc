#include "imaging/probe.h"

#include <fmt/format.h>

#include <array>
#include <cstring>
#include <optional>

#include "imaging/bytes.h"
#include "imaging/exif.h"

namespace darkroom::imaging {
namespace {

using std::string_view_literals::operator""sv;

constexpr std::string_view kPngSignature = "\x89PNG\r\n\x1a\n"sv;

std::unexpected<Error> NotAnImage(std::string_view why) {
  return Fail(Code::kInvalid, fmt::format("not an image: {}", why));
}

// Walks a JPEG's marker segments (ITU T.81, annex B) up to EOI.
class JpegWalk {
 public:
  explicit JpegWalk(std::string_view bytes) : bytes_(bytes) { info_.format = Format::kJpeg; }

  Result<ImageInfo> Run() {
    at_ = 2;  // behind SOI
    while (true) {
      const std::optional<std::uint32_t> marker = NextMarker();
      if (!marker) return info_;  // broken off
      if (*marker == kEoi) {
        if (info_.width == 0) return NotAnImage("a JPEG without a frame");
        info_.complete = true;
        return info_;
      }
      if (StandsAlone(*marker)) continue;
      if (bytes_.size() - at_ < 2) return info_;
      const std::size_t length = Big16(bytes_, at_);
      if (length < 2) return NotAnImage("a JPEG with a segment of impossible length");
      if (bytes_.size() - at_ < length) return info_;
      const std::string_view segment = bytes_.substr(at_ + 2, length - 2);
      if (Status status = Segment(*marker, segment); !status) return Fail(status.error());
      at_ += length;
    }
  }

 private:
  static constexpr std::uint32_t kEoi = 0xD9;

  static bool StandsAlone(std::uint32_t marker) { return marker == 0x01 || (marker >= 0xD0 && marker <= 0xD8); }

  // The next marker's second byte. Passes over what stands between segments: entropy-coded data after a scan's header
  // (where FF 00 is a plain FF), fill bytes, and the stray bytes that some cameras leave.
  std::optional<std::uint32_t> NextMarker() {
    while (true) {
      const void* ff = at_ < bytes_.size() ? std::memchr(bytes_.data() + at_, 0xFF, bytes_.size() - at_) : nullptr;
      if (ff == nullptr) return std::nullopt;
      at_ = static_cast<const char*>(ff) - bytes_.data() + 1;
      while (at_ < bytes_.size() && ByteAt(bytes_, at_) == 0xFF) ++at_;
      if (at_ >= bytes_.size()) return std::nullopt;
      const std::uint32_t marker = ByteAt(bytes_, at_++);
      if (marker != 0) return marker;
    }
  }

  Status Segment(std::uint32_t marker, std::string_view segment) {
    const bool is_frame = marker >= 0xC0 && marker <= 0xCF && marker != 0xC4 && marker != 0xC8 && marker != 0xCC;
    if (is_frame && info_.width == 0) {
      if (segment.size() < 6) return NotAnImage("a JPEG with a broken frame header");
      if (ByteAt(segment, 0) != 8) return NotAnImage(fmt::format("a JPEG of {} bits; 8 are read", ByteAt(segment, 0)));
      info_.height = static_cast<int>(Big16(segment, 1));
      info_.width = static_cast<int>(Big16(segment, 3));
      info_.channels = static_cast<int>(ByteAt(segment, 5));
      if (info_.width == 0 || info_.height == 0) return NotAnImage("a JPEG without a size");
      if (info_.channels != 1 && info_.channels != 3 && info_.channels != 4) {
        return NotAnImage(fmt::format("a JPEG of {} components", info_.channels));
      }
    } else if (marker == 0xE1 && !seen_exif_ && segment.starts_with("Exif\0\0"sv)) {
      seen_exif_ = true;
      info_.orientation = ExifOrientation(segment);
    }
    return {};
  }

  const std::string_view bytes_;
  std::size_t at_ = 0;
  bool seen_exif_ = false;
  ImageInfo info_;
};

// Walks a PNG's chunks (W3C PNG, section 5) up to IEND.
Result<ImageInfo> ProbePng(std::string_view bytes) {
  ImageInfo info{.format = Format::kPng};
  std::size_t at = kPngSignature.size();
  bool first = true;
  while (bytes.size() - at >= 8) {
    const std::size_t length = Big32(bytes, at);
    const std::string_view type = bytes.substr(at + 4, 4);
    if (length > 0x7FFF'FFFF) return NotAnImage("a PNG with a chunk of impossible length");
    if (first && type != "IHDR") return NotAnImage("a PNG that does not begin with IHDR");
    at += 8;
    if (bytes.size() - at < length + 4) return info;  // data and CRC
    const std::string_view data = bytes.substr(at, length);
    at += length + 4;
    if (first) {
      if (length != 13) return NotAnImage("a PNG with a broken IHDR");
      constexpr std::array<int, 7> kChannels = {1, 0, 3, 3, 2, 0, 4};  // by colour type; a palette holds colours
      const std::uint32_t color_type = ByteAt(data, 9);
      const std::uint32_t width = Big32(data, 0), height = Big32(data, 4);
      if (width == 0 || height == 0 || width > 0x7FFF'FFFF || height > 0x7FFF'FFFF) {
        return NotAnImage("a PNG of impossible size");
      }
      if (color_type >= kChannels.size() || kChannels[color_type] == 0) {
        return NotAnImage("a PNG of unknown colour type");
      }
      info.width = static_cast<int>(width);
      info.height = static_cast<int>(height);
      info.channels = kChannels[color_type];
      first = false;
    } else if (type == "eXIf") {
      info.orientation = ExifOrientation(data);
    } else if (type == "IEND") {
      info.complete = true;
      return info;
    }
  }
  return info;
}

// Sizes out of the three kinds of image chunk (RFC 9649). False when the data breaks off before the size.
Result<bool> ReadWebpChunk(std::string_view type, std::string_view data, ImageInfo* info) {
  if (type == "VP8X") {
    if (data.size() < 10) return false;
    info->width = static_cast<int>(Little24(data, 4) + 1);
    info->height = static_cast<int>(Little24(data, 7) + 1);
    info->channels = (ByteAt(data, 0) & 0x10) != 0 ? 4 : 3;
  } else if (type == "VP8 ") {
    if (data.size() < 10) return false;
    if (data.substr(3, 3) != "\x9d\x01\x2a") return NotAnImage("a WebP without a key frame");
    info->width = static_cast<int>(Little16(data, 6) & 0x3FFF);
    info->height = static_cast<int>(Little16(data, 8) & 0x3FFF);
    info->channels = 3;
  } else {
    if (data.size() < 5) return false;
    if (ByteAt(data, 0) != 0x2F) return NotAnImage("a lossless WebP without its signature");
    const std::uint32_t bits = Little32(data, 1);
    info->width = static_cast<int>((bits & 0x3FFF) + 1);
    info->height = static_cast<int>((bits >> 14 & 0x3FFF) + 1);
    info->channels = (bits >> 28 & 1) != 0 ? 4 : 3;
  }
  if (info->width == 0 || info->height == 0) return NotAnImage("a WebP without a size");
  return true;
}

// Walks a WebP's RIFF chunks. Extended files (VP8X) may carry EXIF behind the pixels.
Result<ImageInfo> ProbeWebp(std::string_view bytes) {
  ImageInfo info{.format = Format::kWebp};
  const std::size_t end = std::size_t{8} + Little32(bytes, 4);  // as the header says
  info.complete = bytes.size() >= end;
  bytes = bytes.substr(0, end);
  std::size_t at = 12;
  while (at <= bytes.size() && bytes.size() - at >= 8) {
    const std::string_view type = bytes.substr(at, 4);
    const std::size_t length = Little32(bytes, at + 4);
    const std::string_view data = bytes.substr(at + 8, length);
    if (info.width == 0) {
      if (type != "VP8X" && type != "VP8 " && type != "VP8L")
        return NotAnImage("a WebP that begins with another chunk");
      Result<bool> read = ReadWebpChunk(type, data, &info);
      if (!read) return Fail(read.error());
      if (!*read) break;
      if (type != "VP8X") return info;
    } else if (type == "EXIF") {
      info.orientation = ExifOrientation(data);
    }
    at += 8 + length + (length & 1);
  }
  if (info.width == 0 && info.complete) return NotAnImage("a WebP without pixels");
  return info;
}

// What else people hand in, so that the answer can say what it is.
std::string_view Guess(std::string_view bytes) {
  auto at = [&](std::size_t offset, std::string_view word) {
    return bytes.size() >= offset && bytes.substr(offset).starts_with(word);
  };
  if (bytes.empty()) return "it is empty";
  if (at(0, "GIF8")) return "it is a GIF; JPEG, PNG and WebP are read";
  if (at(0, "II*\0"sv) || at(0, "MM\0*"sv)) return "it is a TIFF; JPEG, PNG and WebP are read";
  if (at(0, "BM") && at(6, "\0\0\0\0"sv)) return "it is a BMP; JPEG, PNG and WebP are read";
  if (at(4, "ftypavif")) return "it is an AVIF; JPEG, PNG and WebP are read";
  if (at(4, "ftyphei") || at(4, "ftypmif1")) return "it is a HEIC; JPEG, PNG and WebP are read";
  if (at(0, "%PDF-")) return "it is a PDF; JPEG, PNG and WebP are read";
  return "neither JPEG nor PNG nor WebP";
}

}  // namespace

Result<ImageInfo> Probe(std::string_view bytes) {
  if (bytes.starts_with("\xFF\xD8\xFF")) return JpegWalk(bytes).Run();
  if (bytes.starts_with(kPngSignature)) return ProbePng(bytes);
  if (bytes.size() >= 12 && bytes.starts_with("RIFF") && bytes.substr(8, 4) == "WEBP") return ProbeWebp(bytes);
  return NotAnImage(Guess(bytes));
}

Status CheckSize(const ImageInfo& info, std::int64_t max_pixels) {
  if (info.pixels() > max_pixels) {
    return Fail(Code::kTooLarge, fmt::format("the picture has {}×{} = {} pixels; the limit is {}", info.width,
                                             info.height, info.pixels(), max_pixels));
  }
  if (info.width > kMaxSide || info.height > kMaxSide) {
    return Fail(Code::kTooLarge, fmt::format("the picture has {}×{} pixels; no side may be longer than {}", info.width,
                                             info.height, kMaxSide));
  }
  return {};
}

}  // namespace darkroom::imaging
