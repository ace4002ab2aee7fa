// EmbeddedFile: a file built into the program by darkroom_embed (cmake/Embed.cmake).
#pragma once

#include <span>
#include <string_view>

namespace darkroom {

struct EmbeddedFile {
  std::string_view path;  // relative to the folder that was embedded, "assets/app-3JLTOJ5Q.js"; a lone file's name
  std::string_view bytes;
  std::string_view gzip;    // compressed, where a .gz lay beside it; else empty
  std::string_view sha256;  // of bytes, hex
};

}  // namespace darkroom
