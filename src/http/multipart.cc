#include "http/multipart.h"

#include <algorithm>
#include <cstring>
#include <utility>
#include <vector>

#include "http/ascii.h"

namespace darkroom::http {
namespace {

constexpr std::size_t kMaxHeader = 8 * 1024;  // of one part, with the boundary line before it
constexpr std::size_t kMaxBoundary = 70;      // RFC 2046 5.1.1

std::unexpected<Error> Malformed(std::string_view what) {
  return Fail(Code::kInvalid, "the multipart body is malformed: " + std::string(what));
}

// `; name=value; name="quoted \"value\""` of a field, names in lower case.
using Parameters = std::vector<std::pair<std::string, std::string>>;

// Takes a quoted string off `text`, which begins behind its opening quote; nullopt without a closing one. A backslash
// escapes a quote or itself and is a backslash elsewhere: old browsers send whole Windows paths.
std::optional<std::string> TakeQuoted(std::string_view& text) {
  std::string value;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '"') {
      text.remove_prefix(i + 1);
      return value;
    }
    if (text[i] == '\\' && i + 1 < text.size() && (text[i + 1] == '"' || text[i + 1] == '\\')) ++i;
    value += text[i];
  }
  return std::nullopt;
}

std::optional<Parameters> ParseParameters(std::string_view text) {
  Parameters parameters;
  while (true) {
    text = Trim(text);
    if (text.empty()) return parameters;
    if (!text.starts_with(';')) return std::nullopt;
    text = Trim(text.substr(1));
    if (text.empty()) return parameters;
    const auto equals = text.find_first_of("=;");
    if (equals == text.npos || text[equals] == ';') return std::nullopt;
    std::string name(Trim(text.substr(0, equals)));
    std::ranges::transform(name, name.begin(), ToLower);
    text = Trim(text.substr(equals + 1));
    std::optional<std::string> value;
    if (text.starts_with('"')) {
      text.remove_prefix(1);
      value = TakeQuoted(text);
    } else {
      value = std::string(Trim(text.substr(0, text.find(';'))));
      text.remove_prefix(std::min(text.size(), text.find(';')));
    }
    if (name.empty() || !value) return std::nullopt;
    parameters.emplace_back(std::move(name), std::move(*value));
  }
}

const std::string* FindParameter(const Parameters& parameters, std::string_view name) {
  const auto at =
      std::ranges::find(parameters, name, [](const auto& parameter) { return std::string_view(parameter.first); });
  return at == parameters.end() ? nullptr : &at->second;
}

// Browsers write quotes and line ends in names as %22, %0D, %0A, and nothing else so (HTML, "multipart/form-data
// encoding algorithm"): other escapes are the name's own.
std::string DecodeBrowserName(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const auto escape = text.substr(i, 3);
    const bool known = escape == "%22" || EqualsIgnoringCase(escape, "%0D") || EqualsIgnoringCase(escape, "%0A");
    out += known ? char(HexValue(escape[1]) * 16 + HexValue(escape[2])) : text[i];
    if (known) i += 2;
  }
  return out;
}

// RFC 5987: UTF-8'language'percent-encoded; nullopt for other character sets.
std::optional<std::string> DecodeExtended(std::string_view text) {
  const auto first = text.find('\'');
  const auto second = first == text.npos ? text.npos : text.find('\'', first + 1);
  if (second == text.npos || !EqualsIgnoringCase(text.substr(0, first), "UTF-8")) return std::nullopt;
  return PercentDecode(text.substr(second + 1));
}

Status ReadDisposition(std::string_view value, PartHeader& part) {
  const auto semicolon = std::min(value.find(';'), value.size());
  if (!EqualsIgnoringCase(Trim(value.substr(0, semicolon)), "form-data")) {
    return Malformed("a part's Content-Disposition is not form-data");
  }
  const auto parameters = ParseParameters(value.substr(semicolon));
  if (!parameters) return Malformed("a part's Content-Disposition cannot be read");
  const auto* name = FindParameter(*parameters, "name");
  if (name == nullptr) return Malformed("a part's Content-Disposition gives no name");
  part.name = DecodeBrowserName(*name);
  if (const auto* file = FindParameter(*parameters, "filename")) part.file_name = DecodeBrowserName(*file);
  if (const auto* extended = FindParameter(*parameters, "filename*")) {
    if (auto decoded = DecodeExtended(*extended)) part.file_name = std::move(*decoded);
  }
  return {};
}

// `header`: the fields, each with its CRLF.
Result<PartHeader> ParseHeader(std::string_view header) {
  PartHeader part;
  bool disposed = false;
  while (!header.empty()) {
    const auto line = header.substr(0, header.find("\r\n"));
    header.remove_prefix(line.size() + 2);
    if (std::ranges::any_of(line, [](char c) { return c == '\r' || c == '\n' || c == '\0'; })) {
      return Malformed("a part's header has a lone line break");
    }
    const auto colon = line.find(':');
    if (colon == line.npos || colon == 0) return Malformed("a part's header has a line without a colon");
    const auto name = line.substr(0, colon);
    const auto value = Trim(line.substr(colon + 1));
    if (EqualsIgnoringCase(name, "Content-Disposition")) {
      if (std::exchange(disposed, true)) return Malformed("a part has two Content-Dispositions");
      if (auto read = ReadDisposition(value, part); !read) return Fail(read.error());
    } else if (EqualsIgnoringCase(name, "Content-Type")) {
      part.content_type = value;
    } else if (EqualsIgnoringCase(name, "Content-Transfer-Encoding")) {
      // RFC 7578 4.7 forbids it; these three mean that nothing was encoded.
      const bool plain =
          EqualsIgnoringCase(value, "binary") || EqualsIgnoringCase(value, "8bit") || EqualsIgnoringCase(value, "7bit");
      if (!plain) return Malformed("a part has a Content-Transfer-Encoding");
    }
  }
  if (!disposed) return Malformed("a part has no Content-Disposition");
  return part;
}

}  // namespace

MultipartReader::MultipartReader(std::string boundary, BodyReader& body)
    // The first boundary may stand at the very beginning: this stands for the line before.
    : delimiter_("\r\n--" + std::move(boundary)), body_(&body), buffer_("\r\n") {}

Result<MultipartReader> MultipartReader::Open(std::string_view content_type, BodyReader& body) {
  const auto semicolon = std::min(content_type.find(';'), content_type.size());
  if (!EqualsIgnoringCase(Trim(content_type.substr(0, semicolon)), "multipart/form-data")) {
    return Fail(Code::kInvalid, "the Content-Type is not multipart/form-data");
  }
  const auto parameters = ParseParameters(content_type.substr(semicolon));
  const auto* boundary = parameters ? FindParameter(*parameters, "boundary") : nullptr;
  if (boundary == nullptr || boundary->empty() || boundary->size() > kMaxBoundary) {
    return Fail(Code::kInvalid, "the Content-Type gives no boundary of 1 to 70 characters");
  }
  if (std::ranges::any_of(*boundary, [](char c) { return c < ' ' || c > '~'; }) || boundary->ends_with(' ')) {
    return Fail(Code::kInvalid, "the Content-Type's boundary has characters that none may have");
  }
  return MultipartReader(*boundary, body);
}

Task<Status> MultipartReader::Fill() {
  auto chunk = co_await body_->Read();
  if (!chunk) co_return Fail(chunk.error());
  if (chunk->empty()) {
    input_ended_ = true;
  } else if (buffer_.empty()) {
    buffer_ = std::move(*chunk);
  } else {
    buffer_ += *chunk;
  }
  co_return Status();
}

Task<Result<std::optional<PartHeader>>> MultipartReader::Next() {
  while (at_ == At::kPreamble || at_ == At::kPart) {
    auto skipped = co_await ReadOn();
    if (!skipped) co_return Fail(skipped.error());
  }
  if (at_ == At::kEnd) co_return std::nullopt;
  // buffer_ begins behind a delimiter. Until the blank line after the header is there, or the end.
  std::size_t blank = std::string::npos;
  while (!buffer_.starts_with("--")) {
    blank = buffer_.find("\r\n\r\n");
    if (blank != std::string::npos) break;
    if (buffer_.size() >= kMaxHeader + 4) co_return Malformed("a part's header is larger than 8 KiB");
    if (input_ended_) co_return Malformed("it ends within a part's header");
    auto filled = co_await Fill();
    if (!filled) co_return Fail(filled.error());
  }
  if (buffer_.starts_with("--")) {
    at_ = At::kEnd;
    co_return std::nullopt;
  }
  if (blank > kMaxHeader) co_return Malformed("a part's header is larger than 8 KiB");
  const auto line_end = buffer_.find("\r\n");
  const auto padding = std::string_view(buffer_).substr(0, line_end);
  if (!Trim(padding).empty()) co_return Malformed("a boundary is followed by neither a line end nor two hyphens");
  auto header = ParseHeader(std::string_view(buffer_).substr(line_end + 2, blank - line_end));
  if (!header) co_return Fail(header.error());
  // The blank line's end stays for now: an empty part's boundary may follow at once, with that for its line end.
  buffer_.erase(0, blank + 2);
  while (buffer_.size() < delimiter_.size() && !input_ended_) {
    auto filled = co_await Fill();
    if (!filled) co_return Fail(filled.error());
  }
  if (!buffer_.starts_with(delimiter_)) buffer_.erase(0, 2);
  at_ = At::kPart;
  co_return std::optional<PartHeader>(std::move(*header));
}

Task<Result<std::string>> MultipartReader::Read() {
  if (at_ != At::kPart) co_return std::string();
  co_return co_await ReadOn();
}

Task<Result<std::string>> MultipartReader::ReadOn() {
  while (at_ == At::kPreamble || at_ == At::kPart) {
    // Not std::string::find, which stops at every line break of a picture.
    const void* at = ::memmem(buffer_.data(), buffer_.size(), delimiter_.data(), delimiter_.size());
    const auto found = at != nullptr ? std::size_t(static_cast<const char*>(at) - buffer_.data()) : std::string::npos;
    if (found == 0) {
      buffer_.erase(0, delimiter_.size());
      at_ = At::kPartEnd;
      break;
    }
    // Where the delimiter begins, or could: what stands before is the part's.
    auto end = found;
    if (found == std::string::npos) {
      end = buffer_.find('\r', buffer_.size() - std::min(buffer_.size(), delimiter_.size() - 1));
    }
    if (end == std::string::npos) {
      if (!buffer_.empty()) co_return std::exchange(buffer_, {});
    } else if (end > 0) {
      auto bytes = buffer_.substr(0, end);
      buffer_.erase(0, end);
      co_return bytes;
    }
    if (input_ended_) co_return Malformed("it ends before the closing boundary");
    auto filled = co_await Fill();
    if (!filled) co_return Fail(filled.error());
  }
  co_return std::string();
}

Task<Result<std::string>> MultipartReader::ReadAll(std::size_t limit) {
  std::string all;
  while (true) {
    auto bytes = co_await Read();
    if (!bytes) co_return bytes;
    if (bytes->empty()) co_return all;
    if (bytes->size() > limit - all.size()) {
      co_return Fail(Code::kTooLarge,
                     "a part of the multipart body is larger than " + std::to_string(limit) + " bytes");
    }
    if (all.empty()) {
      all = std::move(*bytes);
    } else {
      all += *bytes;
    }
  }
}

}  // namespace darkroom::http
