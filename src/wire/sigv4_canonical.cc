// Steps 1 and 2 of the signature: the canonical request and the string to sign.
#include <algorithm>
#include <array>
#include <chrono>

#include <fmt/format.h>

#include "http/ascii.h"
#include "wire/sigv4.h"
#include "wire/uri.h"

namespace darkroom::wire {
namespace {

// Removes "." and "..", and empty segments, from a path (RFC 3986, 5.2.4); a slash at the end stays.
std::string NormalizePath(std::string_view path) {
  std::vector<std::string_view> segments;
  bool ends_with_slash = true;
  for (std::size_t at = 0; at <= path.size();) {
    const std::size_t end = std::min(path.find('/', at), path.size());
    const std::string_view segment = path.substr(at, end - at);
    ends_with_slash = segment.empty() || segment == "." || segment == "..";
    if (segment == "..") {
      if (!segments.empty()) segments.pop_back();
    } else if (!segment.empty() && segment != ".") {
      segments.push_back(segment);
    }
    at = end + 1;
  }
  std::string normal;
  for (const std::string_view segment : segments) {
    normal += '/';
    normal += segment;
  }
  if (normal.empty() || ends_with_slash) normal += '/';
  return normal;
}

std::string CanonicalPath(std::string_view path, const SigningRules& rules) {
  if (path.empty()) return "/";
  if (rules.path_as_it_is) return Reencode(path, "/");
  return UriEncode(rules.normalize_path ? NormalizePath(path) : std::string(path), "/");
}

void AppendCanonicalQuery(std::string_view query, std::string& out) {
  if (query.empty()) return;
  std::vector<std::pair<std::string, std::string>> parameters;
  for (std::size_t at = 0; at < query.size();) {
    const std::size_t end = std::min(query.find('&', at), query.size());
    const std::string_view part = query.substr(at, end - at);
    at = end + 1;
    if (part.empty()) continue;
    const std::size_t equals = std::min(part.find('='), part.size());
    std::string name = Reencode(part.substr(0, equals));
    if (name == "X-Amz-Signature") continue;
    parameters.emplace_back(std::move(name), Reencode(part.substr(std::min(equals + 1, part.size()))));
  }
  std::sort(parameters.begin(), parameters.end());
  bool first = true;
  for (const auto& [name, value] : parameters) {
    if (!first) out += '&';
    first = false;
    out += name;
    out += '=';
    out += value;
  }
}

// Without white space around it, and with one space for each run of it inside.
void AppendTrimmed(std::string_view value, std::string& out) {
  bool space = false;
  bool any = false;
  for (const char c : value) {
    if (c == ' ' || c == '\t' || c == '\r' || c == '\n') {
      space = true;
      continue;
    }
    if (space && any) out += ' ';
    space = false;
    any = true;
    out += c;
  }
}

}  // namespace

SigningRules SigningRules::For(std::string_view service) {
  if (service != "s3") return {};
  return {.path_as_it_is = true, .normalize_path = false, .content_sha256 = true};
}

std::string FormatAmzDate(Time t) {
  const auto day = std::chrono::floor<std::chrono::days>(t);
  const std::chrono::year_month_day date(day);
  const std::chrono::hh_mm_ss time(std::chrono::floor<std::chrono::seconds>(t - day));
  return fmt::format("{:04}{:02}{:02}T{:02}{:02}{:02}Z", int(date.year()), unsigned(date.month()), unsigned(date.day()),
                     time.hours().count(), time.minutes().count(), time.seconds().count());
}

std::optional<Time> ParseAmzDate(std::string_view text) {
  if (text.size() != 16 || text[8] != 'T' || text[15] != 'Z') return std::nullopt;
  const auto number = [&](std::size_t at, std::size_t digits) {
    int value = 0;
    for (std::size_t i = at; i < at + digits; ++i) {
      if (text[i] < '0' || text[i] > '9') return -1;
      value = value * 10 + (text[i] - '0');
    }
    return value;
  };
  const int year = number(0, 4), month = number(4, 2), day = number(6, 2);
  const int hour = number(9, 2), minute = number(11, 2), second = number(13, 2);
  if (year < 1970 || month < 0 || day < 0 || hour < 0 || hour > 23 || minute < 0 || minute > 59 || second < 0 ||
      second > 60) {
    return std::nullopt;
  }
  const std::chrono::year_month_day date{std::chrono::year(year), std::chrono::month(unsigned(month)),
                                         std::chrono::day(unsigned(day))};
  if (!date.ok()) return std::nullopt;
  return Time(std::chrono::sys_days(date)) + std::chrono::hours(hour) + std::chrono::minutes(minute) +
         std::chrono::seconds(second);
}

std::string CanonicalRequest(const RequestParts& request, const std::vector<std::string>& signed_headers,
                             std::string_view payload_hash, const SigningRules& rules) {
  std::string canonical;
  canonical.reserve(512 + request.path.size() + request.query.size());
  canonical += request.method;
  canonical += '\n';
  canonical += CanonicalPath(request.path, rules);
  canonical += '\n';
  AppendCanonicalQuery(request.query, canonical);
  canonical += '\n';
  for (const std::string& name : signed_headers) {
    canonical += name;
    canonical += ':';
    bool first = true;
    for (const auto& [field, value] : request.headers) {
      if (!http::EqualsIgnoringCase(field, name)) continue;
      if (!first) canonical += ',';
      first = false;
      AppendTrimmed(value, canonical);
    }
    canonical += '\n';
  }
  canonical += '\n';
  for (std::size_t i = 0; i < signed_headers.size(); ++i) {
    if (i > 0) canonical += ';';
    canonical += signed_headers[i];
  }
  canonical += '\n';
  canonical += payload_hash;
  return canonical;
}

std::string StringToSign(std::string_view amz_date, std::string_view scope, std::string_view canonical_request) {
  return fmt::format("AWS4-HMAC-SHA256\n{}\n{}\n{}", amz_date, scope, Hex(AsView(Sha256(canonical_request))));
}

}  // namespace darkroom::wire
