#include "http/response_head.h"

#include <fmt/chrono.h>
#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <iterator>

#include "base/log.h"
#include "http/ascii.h"

namespace darkroom::http {
namespace {

bool IsToken(std::string_view name) {
  return !name.empty() && std::ranges::all_of(name, [](char c) {
    return IsAlphaNumeric(c) || std::string_view("!#$%&'*+-.^_`|~").contains(c);
  });
}

bool IsFieldValue(std::string_view value) {
  return std::ranges::none_of(value, [](char c) { return c == '\r' || c == '\n' || c == '\0'; });
}

std::optional<std::uint64_t> ParseLength(std::string_view text) {
  std::uint64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

AnswerPlan Plan(const Response& response, const AnswerContext& context, std::optional<std::uint64_t> declared) {
  using Body = AnswerPlan::Body;
  AnswerPlan plan{.body = Body::kNone, .length = 0, .keep_alive = context.keep_alive};
  if (response.status == 204 || response.status == 304 || response.status < 200) return plan;
  if (!response.stream) {
    plan.body = Body::kWhole;
    plan.length = response.static_body.empty() ? response.body.size() : response.static_body.size();
    if (context.head && plan.length == 0 && declared) plan.length = *declared;
  } else if (declared) {
    plan.body = Body::kLength;
    plan.length = *declared;
  } else if (context.http_1_0) {
    plan.body = Body::kUntilClose;
    plan.keep_alive = false;
  } else {
    plan.body = Body::kChunked;
  }
  return plan;
}

}  // namespace

AnswerPlan AppendHead(const Response& response, const AnswerContext& context, std::string_view date, std::string& out) {
  fmt::format_to(std::back_inserter(out), "HTTP/1.1 {} {}\r\nServer: darkroom\r\nDate: {}\r\n", response.status,
                 ReasonPhrase(response.status), date);
  std::optional<std::uint64_t> declared;
  bool close = false;
  for (const auto& [name, value] : response.headers) {
    if (EqualsIgnoringCase(name, "Content-Length")) {
      declared = ParseLength(value);
    } else if (EqualsIgnoringCase(name, "Connection")) {
      close = close || EqualsIgnoringCase(value, "close");
    } else if (EqualsIgnoringCase(name, "Transfer-Encoding") || EqualsIgnoringCase(name, "Date") ||
               EqualsIgnoringCase(name, "Server")) {
      continue;
    } else if (!IsToken(name) || !IsFieldValue(value)) {
      spdlog::error("left out a response field that would break the header: {:?}", name);
    } else {
      out.append(name).append(": ").append(value).append("\r\n");
    }
  }
  auto plan = Plan(response, context, declared);
  plan.keep_alive = plan.keep_alive && !close;
  using Body = AnswerPlan::Body;
  if (plan.body == Body::kWhole || plan.body == Body::kLength) {
    fmt::format_to(std::back_inserter(out), "Content-Length: {}\r\n", plan.length);
  } else if (plan.body == Body::kChunked) {
    out += "Transfer-Encoding: chunked\r\n";
  }
  if (!plan.keep_alive) {
    out += "Connection: close\r\n";
  } else if (context.http_1_0) {
    out += "Connection: keep-alive\r\n";
  }
  out += "\r\n";
  if (context.head) plan.body = Body::kNone;
  return plan;
}

std::string_view DateField::At(Time now) {
  const auto second = ToMicros(now) / 1'000'000;
  if (second != second_) {
    second_ = second;
    text_ = fmt::format("{:%a, %d %b %Y %H:%M:%S GMT}", fmt::gmtime(std::time_t(second)));
  }
  return text_;
}

}  // namespace darkroom::http
