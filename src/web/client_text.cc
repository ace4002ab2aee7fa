#include "web/client_text.h"

#include <algorithm>
#include <cstdint>
#include <optional>

#include "http/ascii.h"
#include "http/message.h"

namespace darkroom::web {
namespace {

constexpr std::string_view kReplacement = "\xEF\xBF\xBD";

// The length of the well-formed character at the start of `text` (Unicode 15, table 3-7); 0 when there is none.
std::size_t CharacterLength(std::string_view text) {
  const auto byte = [&](std::size_t i) { return i < text.size() ? std::uint8_t(text[i]) : std::uint8_t(0); };
  const auto trails = [&](std::size_t from, std::size_t to) {
    for (std::size_t i = from; i < to; ++i) {
      if ((byte(i) & 0xC0) != 0x80) return false;
    }
    return true;
  };
  const std::uint8_t lead = byte(0);
  if (lead < 0x80) return 1;
  if (lead >= 0xC2 && lead <= 0xDF) return trails(1, 2) ? 2 : 0;
  if ((lead & 0xF0) == 0xE0) {
    if ((lead == 0xE0 && byte(1) < 0xA0) || (lead == 0xED && byte(1) > 0x9F)) return 0;
    return trails(1, 3) ? 3 : 0;
  }
  if (lead >= 0xF0 && lead <= 0xF4) {
    if ((lead == 0xF0 && byte(1) < 0x90) || (lead == 0xF4 && byte(1) > 0x8F)) return 0;
    return trails(1, 4) ? 4 : 0;
  }
  return 0;
}

// Whether the well-formed `character` gives orders instead of being seen: controls (C0, DEL, C1), and those that turn
// the direction of the text around them, so that "exe.gpj" reads "jpg.exe" (U+202A to U+202E, U+2066 to U+2069).
bool IsControl(std::string_view character) {
  const auto byte = [character](std::size_t i) { return std::uint8_t(character[i]); };
  if (character.size() == 1) return byte(0) < 0x20 || byte(0) == 0x7F;
  if (character.size() == 2) return byte(0) == 0xC2 && byte(1) < 0xA0;
  if (character.size() != 3 || byte(0) != 0xE2) return false;
  return (byte(1) == 0x80 && byte(2) >= 0xAA && byte(2) <= 0xAE) ||
         (byte(1) == 0x81 && byte(2) >= 0xA6 && byte(2) <= 0xA9);
}

}  // namespace

std::string CleanText(std::string_view text, std::size_t max_bytes) {
  std::string clean;
  while (!text.empty()) {
    const std::size_t length = CharacterLength(text);
    const bool bad = length == 0 || IsControl(text.substr(0, length));
    const std::string_view next = bad ? kReplacement : text.substr(0, length);
    if (clean.size() + next.size() > max_bytes) break;
    clean += next;
    text.remove_prefix(length == 0 ? 1 : length);
  }
  return clean;
}

std::string CleanFileName(std::string_view name) {
  const auto slash = name.find_last_of("/\\");
  if (slash != name.npos) name.remove_prefix(slash + 1);
  return CleanText(name, 255);
}

std::string_view WithoutEnding(std::string_view file_name) {
  const auto dot = file_name.rfind('.');
  return dot == file_name.npos || dot == 0 ? file_name : file_name.substr(0, dot);
}

std::string InlineDisposition(std::string_view file_name) {
  if (file_name.empty()) return "inline";
  std::string ascii;
  for (const char c : file_name) {
    const bool plain = c >= 0x20 && c < 0x7F && c != '"' && c != '\\' && c != '%';
    ascii += plain ? c : '_';
  }
  std::string value = "inline; filename=\"" + ascii + "\"";
  if (ascii != file_name) value += "; filename*=UTF-8''" + http::PercentEncode(file_name);
  return value;
}

std::string FileNameOf(std::string_view disposition) {
  std::string plain;
  while (true) {
    const auto semicolon = disposition.find(';');
    if (semicolon == disposition.npos) return plain;
    disposition = http::Trim(disposition.substr(semicolon + 1));
    const auto equals = disposition.find('=');
    if (equals == disposition.npos) return plain;
    const auto name = http::Trim(disposition.substr(0, equals));
    disposition = http::Trim(disposition.substr(equals + 1));
    std::string value;
    if (disposition.starts_with('"')) {
      std::size_t i = 1;
      for (; i < disposition.size() && disposition[i] != '"'; ++i) {
        if (disposition[i] == '\\' && i + 1 < disposition.size()) ++i;
        value += disposition[i];
      }
      disposition.remove_prefix(std::min(i + 1, disposition.size()));
    } else {
      value = std::string(http::Trim(disposition.substr(0, disposition.find(';'))));
    }
    if (http::EqualsIgnoringCase(name, "filename")) plain = value;
    if (http::EqualsIgnoringCase(name, "filename*")) {
      const auto quote = value.rfind('\'');
      const auto decoded = quote == value.npos ? std::nullopt : http::PercentDecode(value.substr(quote + 1));
      if (decoded) return *decoded;
    }
  }
}

}  // namespace darkroom::web
