#include "model/labels.h"

#include <fmt/format.h>

#include <charconv>
#include <cstdint>
#include <optional>

namespace darkroom::model {
namespace {

// Whether JSON may carry these bytes as they are: well-formed UTF-8 (RFC 3629).
bool IsUtf8(std::string_view text) {
  std::size_t at = 0;
  auto byte = [&](std::size_t i) -> std::uint32_t { return i < text.size() ? static_cast<std::uint8_t>(text[i]) : 0; };
  while (at < text.size()) {
    const std::uint32_t first = byte(at);
    const std::size_t length = first < 0x80         ? 1
                               : first >> 5 == 0x6  ? 2
                               : first >> 4 == 0xE  ? 3
                               : first >> 3 == 0x1E ? 4
                                                    : 0;
    if (length == 0) return false;
    std::uint32_t point = length == 1 ? first : first & (0xFF >> (length + 1));
    for (std::size_t i = 1; i < length; ++i) {
      if (byte(at + i) >> 6 != 0x2) return false;
      point = point << 6 | (byte(at + i) & 0x3F);
    }
    constexpr std::uint32_t kSmallest[] = {0, 0, 0x80, 0x800, 0x10000};
    if (point < kSmallest[length] || point > 0x10FFFF || (point >= 0xD800 && point < 0xE000)) return false;
    at += length;
  }
  return true;
}

// The number in front of the first comma.
std::optional<std::size_t> Index(std::string_view line) {
  std::size_t index = 0;
  const char* end = line.data() + line.size();
  auto [rest, error] = std::from_chars(line.data(), end, index);
  if (error != std::errc() || rest == end || *rest != ',') return std::nullopt;
  return index;
}

std::vector<std::string_view> Lines(std::string_view text) {
  std::vector<std::string_view> lines;
  while (!text.empty()) {
    const std::size_t end = text.find('\n');
    std::string_view line = text.substr(0, end);
    if (line.ends_with('\r')) line.remove_suffix(1);
    lines.push_back(line);
    if (end == text.npos) break;
    text.remove_prefix(end + 1);
  }
  while (!lines.empty() && lines.back().empty()) lines.pop_back();
  return lines;
}

std::unexpected<Error> Wrong(std::size_t line, std::string_view what) {
  return Fail(Code::kInvalid, fmt::format("{}: {}", line + 1, what));
}

}  // namespace

Result<std::vector<std::string>> ParseLabels(std::string_view text) {
  const std::vector<std::string_view> lines = Lines(text);
  if (lines.empty()) return Wrong(0, "expected a label on each line, found nothing");
  for (std::size_t i = 0; i < lines.size(); ++i) {
    if (lines[i].empty()) return Wrong(i, "expected a label, found an empty line");
    if (!IsUtf8(lines[i])) return Wrong(i, "expected UTF-8, found other bytes");
  }
  // A file whose first line has an index must have one on every line; a label may well begin with "7-11,".
  if (!Index(lines[0])) return std::vector<std::string>(lines.begin(), lines.end());
  std::vector<std::string> labels(lines.size());
  for (std::size_t i = 0; i < lines.size(); ++i) {
    const std::optional<std::size_t> index = Index(lines[i]);
    if (!index) return Wrong(i, "expected \"index,label\" as on the first line");
    if (*index >= labels.size()) {
      return Wrong(i, fmt::format("expected an index from 0 to {}, found {}", labels.size() - 1, *index));
    }
    if (!labels[*index].empty()) return Wrong(i, fmt::format("the index {} stands here a second time", *index));
    labels[*index] = lines[i].substr(lines[i].find(',') + 1);
    if (labels[*index].empty()) return Wrong(i, "expected a label behind the comma, found nothing");
  }
  return labels;
}

}  // namespace darkroom::model
