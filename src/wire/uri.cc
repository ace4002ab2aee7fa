#include "wire/uri.h"

#include <algorithm>
#include <array>

#include "http/ascii.h"

namespace darkroom::wire {
namespace {

constexpr std::array<bool, 256> kUnreserved = [] {
  std::array<bool, 256> table{};
  for (int c = 'a'; c <= 'z'; ++c) table[std::size_t(c)] = table[std::size_t(c - 32)] = true;
  for (int c = '0'; c <= '9'; ++c) table[std::size_t(c)] = true;
  for (const char c : {'-', '.', '_', '~'}) table[std::size_t(c)] = true;
  return table;
}();

void Append(char c, std::string_view keep, std::string& out) {
  static constexpr char kHex[] = "0123456789ABCDEF";
  const auto byte = static_cast<unsigned char>(c);
  if (kUnreserved[byte] || keep.find(c) != std::string_view::npos) {
    out += c;
    return;
  }
  out += '%';
  out += kHex[byte >> 4];
  out += kHex[byte & 15];
}

// Calls `escaped(byte)` for each escape and `plain(byte)` for everything else.
template <class Escaped, class Plain>
void ForEachByte(std::string_view text, Escaped escaped, Plain plain) {
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '%' && i + 2 < text.size()) {
      const int high = http::HexValue(text[i + 1]);
      const int low = http::HexValue(text[i + 2]);
      if (high >= 0 && low >= 0) {
        escaped(char(high * 16 + low));
        i += 2;
        continue;
      }
    }
    plain(text[i]);
  }
}

}  // namespace

std::string UriEncode(std::string_view text, std::string_view keep) {
  std::string out;
  out.reserve(text.size() + 16);
  for (const char c : text) Append(c, keep, out);
  return out;
}

std::string Reencode(std::string_view text, std::string_view keep) {
  std::string out;
  out.reserve(text.size() + 16);
  // An escaped character of `keep` is data, not syntax: "%2F" in a path stays "%2F".
  ForEachByte(text, [&](char c) { Append(c, "", out); }, [&](char c) { Append(c, keep, out); });
  return out;
}

std::string UriDecode(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  const auto append = [&](char c) { out += c; };
  ForEachByte(text, append, append);
  return out;
}

std::string LowerCase(std::string_view text) {
  std::string lower(text);
  std::transform(lower.begin(), lower.end(), lower.begin(), http::ToLower);
  return lower;
}

}  // namespace darkroom::wire
