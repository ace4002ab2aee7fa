// Fixed-size integers out of a string of bytes. The caller has checked that they lie within it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace darkroom::imaging {

inline std::uint32_t ByteAt(std::string_view bytes, std::size_t at) { return static_cast<std::uint8_t>(bytes[at]); }

inline std::uint32_t Big16(std::string_view bytes, std::size_t at) {
  return ByteAt(bytes, at) << 8 | ByteAt(bytes, at + 1);
}
inline std::uint32_t Big32(std::string_view bytes, std::size_t at) {
  return Big16(bytes, at) << 16 | Big16(bytes, at + 2);
}
inline std::uint32_t Little16(std::string_view bytes, std::size_t at) {
  return ByteAt(bytes, at + 1) << 8 | ByteAt(bytes, at);
}
inline std::uint32_t Little24(std::string_view bytes, std::size_t at) {
  return ByteAt(bytes, at + 2) << 16 | Little16(bytes, at);
}
inline std::uint32_t Little32(std::string_view bytes, std::size_t at) {
  return Little16(bytes, at + 2) << 16 | Little16(bytes, at);
}

}  // namespace darkroom::imaging
