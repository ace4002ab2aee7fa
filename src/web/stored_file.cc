#include "web/stored_file.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "base/crypto.h"
#include "http/ascii.h"
#include "web/client_text.h"

namespace darkroom::web {
namespace {

constexpr std::int64_t kPiece = 1 << 20;  // bytes read and sent at a time

std::optional<std::int64_t> Digits(std::string_view text) {
  std::int64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  const bool whole = error == std::errc() && end == text.data() + text.size() && http::IsDigit(text.front());
  return whole ? std::optional(value) : std::nullopt;
}

Task<void> SendPieces(ObjectStore* store, std::string key, std::int64_t first, std::int64_t last,
                      http::ResponseStream& stream) {
  while (first <= last) {
    const ByteRange range{first, std::min(last, first + kPiece - 1)};
    std::string piece_key = key;
    auto piece = co_await store->Get(std::move(piece_key), range);
    // The head has promised a length: breaking off is how the client learns that it will not get it.
    if (!piece || !*piece || (*piece)->body.empty()) co_return;
    first += std::int64_t((*piece)->body.size());
    const auto written = co_await stream.Write(std::move((*piece)->body));
    if (!written) co_return;
  }
}

// The answer's status and headers, and which bytes are to follow.
struct FileAnswer {
  http::Response response;
  std::int64_t first = 0;
  std::int64_t last = -1;  // included; before `first`: none
};

OrProblem<FileAnswer> Begin(const StoredFile& file, const std::string& etag, std::int64_t size,
                            const http::Request& request) {
  FileAnswer answer;
  http::Headers& headers = answer.response.headers;
  headers.Set("Content-Type", file.content_type);
  headers.Set("Content-Disposition", InlineDisposition(file.file_name));
  headers.Set("ETag", etag);
  headers.Set("Accept-Ranges", "bytes");
  headers.Set("Cache-Control", "private, no-cache");
  // Strangers' files, under our own name: nothing in them may run.
  headers.Set("Content-Security-Policy", "default-src 'none'; sandbox");
  if (ETagMatches(request.headers.Get("If-None-Match"), etag)) {
    answer.response.status = 304;
    return answer;
  }
  const auto if_range = request.headers.Find("If-Range");
  const bool ranges = !if_range || *if_range == etag;
  const RangeAnswer range = ParseRange(ranges ? request.headers.Get("Range") : "", size);
  if (range.kind == RangeAnswer::Kind::kUnsatisfiable) {
    Problem problem("range_not_satisfiable", fmt::format("the file has {} bytes", size), {{"size", size}});
    problem.headers.Set("Content-Range", fmt::format("bytes */{}", size));
    return Refuse(std::move(problem));
  }
  const bool part = range.kind == RangeAnswer::Kind::kPart;
  answer.first = part ? range.first : 0;
  answer.last = part ? range.last : size - 1;
  if (part) {
    answer.response.status = 206;
    headers.Set("Content-Range", fmt::format("bytes {}-{}/{}", answer.first, answer.last, size));
  }
  return answer;
}

}  // namespace

RangeAnswer ParseRange(std::string_view header, std::int64_t size) {
  constexpr std::string_view kUnit = "bytes=";
  if (!http::EqualsIgnoringCase(header.substr(0, kUnit.size()), kUnit)) return {};
  const std::string_view spec = http::Trim(header.substr(kUnit.size()));
  const auto dash = spec.find('-');
  if (dash == spec.npos || spec.find(',') != spec.npos) return {};
  const std::string_view from = http::Trim(spec.substr(0, dash));
  const std::string_view to = http::Trim(spec.substr(dash + 1));
  if (from.empty() && to.empty()) return {};
  const auto first = from.empty() ? std::optional<std::int64_t>(0) : Digits(from);
  const auto last = to.empty() ? std::optional<std::int64_t>(size - 1) : Digits(to);
  if (!first || !last) return {};
  if (from.empty()) {
    if (*last == 0 || size == 0) return {RangeAnswer::Kind::kUnsatisfiable, 0, 0};
    return {RangeAnswer::Kind::kPart, std::max<std::int64_t>(0, size - *last), size - 1};
  }
  if (!to.empty() && *last < *first) return {};
  if (*first >= size) return {RangeAnswer::Kind::kUnsatisfiable, 0, 0};
  return {RangeAnswer::Kind::kPart, *first, std::min(*last, size - 1)};
}

bool ETagMatches(std::string_view header, std::string_view etag) {
  while (!header.empty()) {
    const auto comma = header.find(',');
    auto candidate = http::Trim(header.substr(0, comma));
    header.remove_prefix(comma == header.npos ? header.size() : comma + 1);
    if (candidate.starts_with("W/")) candidate.remove_prefix(2);
    if (candidate == etag || candidate == "*") return true;
  }
  return false;
}

Task<OrProblem<http::Response>> Serve(ObjectStore& store, StoredFile file, const http::Request& request) {
  std::string key = file.key;
  auto head = co_await store.Head(std::move(key));
  if (!head) co_return Refuse(head.error());
  if (!*head) co_return Refuse("not_found", "the file is not stored (any more)");
  auto answer = Begin(file, (*head)->etag, (*head)->size, request);
  if (!answer) co_return Refuse(std::move(answer.error()));
  http::Response response = std::move(answer->response);
  const std::int64_t first = answer->first, last = answer->last;
  if (last < first) co_return response;
  if (last - first + 1 > kPiece || request.method == "HEAD") {
    response.headers.Set("Content-Length", std::to_string(last - first + 1));
    response.stream = [store = &store, key = file.key, first, last](http::ResponseStream& stream) {
      return SendPieces(store, key, first, last, stream);
    };
    co_return response;
  }
  std::string body_key = file.key;
  const ByteRange bytes{first, last};
  auto object = co_await store.Get(std::move(body_key), bytes);
  if (!object) co_return Refuse(object.error());
  if (!*object) co_return Refuse("not_found", "the file is not stored (any more)");
  response.body = std::move((*object)->body);
  co_return response;
}

OrProblem<http::Response> ServeText(std::string text, StoredFile file, const http::Request& request) {
  auto answer = Begin(file, TextEtag(text), std::int64_t(text.size()), request);
  if (!answer) return Refuse(std::move(answer.error()));
  http::Response response = std::move(answer->response);
  response.body = text.substr(std::size_t(answer->first), std::size_t(answer->last - answer->first + 1));
  return response;
}

std::string TextEtag(std::string_view text) { return "\"" + ContentHash(text) + "\""; }

}  // namespace darkroom::web
