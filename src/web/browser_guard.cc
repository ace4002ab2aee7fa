#include "web/browser_guard.h"

#include <fmt/format.h>

#include <algorithm>

#include "http/ascii.h"
#include "web/client_text.h"

namespace darkroom::web {
namespace {

// "localhost:8080" -> "localhost", "[::1]:8080" -> "[::1]".
std::string_view WithoutPort(std::string_view host) {
  if (host.starts_with('[')) {
    const auto bracket = host.find("]:");
    return bracket == host.npos ? host : host.substr(0, bracket + 1);
  }
  return host.substr(0, host.find(':'));
}

// "https://a.example:8" -> "a.example:8".
std::string_view HostOf(std::string_view origin) {
  const auto slashes = origin.find("://");
  return slashes == origin.npos ? "" : origin.substr(slashes + 3);
}

bool OnlyReads(std::string_view method) { return method == "GET" || method == "HEAD" || method == "OPTIONS"; }

}  // namespace

bool BrowserGuard::Allowed(std::string_view origin) const {
  return std::ranges::any_of(options_.allow_origins,
                             [&](const std::string& allowed) { return http::EqualsIgnoringCase(allowed, origin); });
}

std::optional<Problem> BrowserGuard::Check(const http::Request& request) const {
  const std::string_view host = request.headers.Get("Host");
  if (options_.check_host) {
    const std::string_view name = WithoutPort(host);
    if (name.empty()) {
      return Problem("invalid_request", "the request has no Host field; send one, such as 'Host: localhost'",
                     {{"header", "Host"}});
    }
    const auto is_name = [name](std::string_view own) { return http::EqualsIgnoringCase(own, name); };
    const bool own = is_name("localhost") || is_name("127.0.0.1") || is_name("[::1]");
    if (!own && std::ranges::none_of(options_.allow_hosts, is_name)) {
      return Problem("misdirected",
                     fmt::format("this service is not '{}'; reach it as localhost, or add that name to allow_hosts",
                                 CleanText(name, 80)));
    }
  }
  if (OnlyReads(request.method)) return std::nullopt;
  const auto origin = request.headers.Find("Origin");
  if (origin) {
    const bool own = !host.empty() && http::EqualsIgnoringCase(HostOf(*origin), host);
    if (own || Allowed(*origin)) return std::nullopt;
    return Problem(
        "forbidden_origin",
        fmt::format("a page of '{}' may not do this; add it to allow_origins if it should", CleanText(*origin, 80)));
  }
  if (request.headers.Get("Sec-Fetch-Site") == "cross-site") {
    return Problem("forbidden_origin", "a page of another site may not do this");
  }
  return std::nullopt;
}

std::optional<http::Response> BrowserGuard::Preflight(const http::Request& request) const {
  const bool asks = request.method == "OPTIONS" && request.headers.Find("Access-Control-Request-Method");
  if (!asks || !Allowed(request.headers.Get("Origin"))) return std::nullopt;
  http::Response response;
  response.status = 204;
  response.headers.Set("Access-Control-Allow-Methods", "GET, POST, DELETE");
  response.headers.Set("Access-Control-Allow-Headers", "Content-Type, Idempotency-Key, Prefer, Last-Event-ID, Range");
  response.headers.Set("Access-Control-Max-Age", "600");
  return response;
}

void BrowserGuard::AllowOrigin(const http::Request& request, http::Response& response) const {
  if (options_.allow_origins.empty()) return;
  response.headers.Add("Vary", "Origin");
  const auto origin = request.headers.Find("Origin");
  if (!origin || !Allowed(*origin)) return;
  response.headers.Set("Access-Control-Allow-Origin", CleanText(*origin));
  response.headers.Set("Access-Control-Expose-Headers", "Location, ETag, Retry-After, Idempotency-Replayed");
}

}  // namespace darkroom::web
