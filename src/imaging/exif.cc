#include "imaging/exif.h"

#include "imaging/bytes.h"

namespace darkroom::imaging {

// TIFF 6.0, section 2: byte order mark, 42, offset of the first directory; a directory is a count and entries of 12
// bytes (tag, type, count, value), values of up to 4 bytes stand in the entry itself.
int ExifOrientation(std::string_view tiff) {
  constexpr std::uint32_t kOrientationTag = 0x0112;
  constexpr std::uint32_t kShort = 3;
  constexpr std::size_t kEntry = 12;

  // WebP writers put JPEG's prefix in front as well.
  if (tiff.starts_with(std::string_view("Exif\0\0", 6))) tiff.remove_prefix(6);
  if (tiff.size() < 8) return 1;
  const bool little = tiff.starts_with("II");
  if (!little && !tiff.starts_with("MM")) return 1;
  auto read16 = [&](std::size_t at) { return little ? Little16(tiff, at) : Big16(tiff, at); };
  auto read32 = [&](std::size_t at) { return little ? Little32(tiff, at) : Big32(tiff, at); };
  if (read16(2) != 42) return 1;

  const std::size_t directory = read32(4);
  if (directory > tiff.size() - 2) return 1;
  const std::size_t entries = read16(directory);
  for (std::size_t i = 0; i < entries; ++i) {
    const std::size_t at = directory + 2 + i * kEntry;
    if (at + kEntry > tiff.size()) return 1;
    if (read16(at) != kOrientationTag) continue;
    const std::uint32_t value = read16(at + 8);
    return read16(at + 2) == kShort && value >= 1 && value <= 8 ? static_cast<int>(value) : 1;
  }
  return 1;
}

}  // namespace darkroom::imaging
