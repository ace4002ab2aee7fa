#include "http/router.h"

#include <algorithm>
#include <optional>
#include <utility>

namespace darkroom::http {
namespace {

// How a pattern's segment fits: literals before braces before "{rest...}".
enum class Kind { kLiteral, kParam, kRest };

Kind KindOf(std::string_view segment) {
  if (!segment.starts_with('{')) return Kind::kLiteral;
  return segment.ends_with("...}") ? Kind::kRest : Kind::kParam;
}

std::string_view NameOf(std::string_view segment) {
  return segment.substr(1, segment.size() - (KindOf(segment) == Kind::kRest ? 5 : 2));
}

// The part of "/a/b/c" after the leading slash, cut at its slashes: a, b, c. "/" is one empty segment.
std::vector<std::string_view> Split(std::string_view path) {
  std::vector<std::string_view> segments;
  path.remove_prefix(1);
  while (true) {
    const auto slash = path.find('/');
    segments.push_back(path.substr(0, slash));
    if (slash == path.npos) return segments;
    path.remove_prefix(slash + 1);
  }
}

// The decoded segments of a request's path; nullopt when it is none that a route may see: broken escapes, NUL, and
// "." or ".." however written, which a browser has resolved and only a probe sends.
std::optional<std::vector<std::string>> Decode(std::string_view path) {
  if (!path.starts_with('/')) return std::nullopt;
  std::vector<std::string> decoded;
  for (const auto segment : Split(path)) {
    auto text = PercentDecode(segment);
    if (!text || *text == "." || *text == ".." || text->contains('\0')) return std::nullopt;
    decoded.push_back(std::move(*text));
  }
  return decoded;
}

bool Matches(const std::vector<std::string>& pattern, const std::vector<std::string>& path) {
  for (std::size_t i = 0; i < pattern.size(); ++i) {
    if (i >= path.size()) return false;
    switch (KindOf(pattern[i])) {
      case Kind::kLiteral:
        if (pattern[i] != path[i]) return false;
        break;
      case Kind::kParam:
        if (path[i].empty()) return false;
        break;
      case Kind::kRest:
        return true;
    }
  }
  return pattern.size() == path.size();
}

// Whether `a` is the closer fit of two patterns that match the same path: decided by the first segment where they
// differ in kind.
bool Closer(const std::vector<std::string>& a, const std::vector<std::string>& b) {
  for (std::size_t i = 0; i < std::min(a.size(), b.size()); ++i) {
    if (KindOf(a[i]) != KindOf(b[i])) return KindOf(a[i]) < KindOf(b[i]);
  }
  return false;
}

bool SameShape(const std::vector<std::string>& a, const std::vector<std::string>& b) {
  return std::ranges::equal(a, b, [](const std::string& x, const std::string& y) {
    return KindOf(x) == KindOf(y) && (KindOf(x) != Kind::kLiteral || x == y);
  });
}

void Bind(const std::vector<std::string>& pattern, std::vector<std::string> path, Request& request) {
  for (std::size_t i = 0; i < pattern.size(); ++i) {
    if (KindOf(pattern[i]) == Kind::kLiteral) continue;
    auto value = std::move(path[i]);
    if (KindOf(pattern[i]) == Kind::kRest) {
      for (std::size_t k = i + 1; k < path.size(); ++k) value.append("/").append(path[k]);
    }
    request.params.insert_or_assign(std::string(NameOf(pattern[i])), std::move(value));
  }
}

Task<Response> Answer(Response response) { co_return response; }

}  // namespace

void Router::Add(std::string method, std::string pattern, Handler handler) {
  DR_CHECK(pattern.starts_with('/'));
  Entry entry{{std::move(method), std::move(pattern)}, {}, std::move(handler)};
  for (const auto segment : Split(entry.route.pattern)) {
    DR_CHECK(entry.segments.empty() || KindOf(entry.segments.back()) != Kind::kRest);
    DR_CHECK(KindOf(segment) == Kind::kLiteral || (segment.ends_with('}') && !NameOf(segment).empty()));
    entry.segments.emplace_back(segment);
  }
  for (const auto& other : entries_) {
    DR_CHECK(other.route.method != entry.route.method || !SameShape(other.segments, entry.segments));
  }
  entries_.push_back(std::move(entry));
}

Task<Response> Router::Handle(Request& request) const {
  const Entry* best = nullptr;
  std::vector<std::string_view> allowed;
  auto path = Decode(request.path);
  const bool everything = request.method == "OPTIONS" && request.path == "*";  // RFC 9110 9.3.7: the server as a whole
  // A second pass for HEAD: GET's route serves it where no route of its own does.
  const std::string_view methods[] = {request.method, request.method == "HEAD" ? "GET" : ""};
  for (const auto method : methods) {
    for (const auto& entry : entries_) {
      if (!everything && (!path || !Matches(entry.segments, *path))) continue;
      allowed.push_back(entry.route.method);
      if (entry.route.method == method && (best == nullptr || Closer(entry.segments, best->segments))) best = &entry;
    }
    if (best != nullptr) break;
  }
  if (best != nullptr) {
    Bind(best->segments, std::move(*path), request);
    return best->handler(request);
  }
  if (allowed.empty()) {
    return not_found_ ? not_found_(request) : Answer(Response::Text(404, "nothing is here\n"));
  }
  if (std::ranges::find(allowed, "GET") != allowed.end()) allowed.push_back("HEAD");
  allowed.push_back("OPTIONS");
  std::ranges::sort(allowed);
  allowed.erase(std::ranges::unique(allowed).begin(), allowed.end());
  std::string allow;
  for (const auto method : allowed) allow.append(allow.empty() ? "" : ", ").append(method);
  Response response;
  if (request.method == "OPTIONS") {
    response.status = 204;
  } else {
    response = not_allowed_ ? not_allowed_(request, allow) : Response::Text(405, "this method is not allowed here\n");
  }
  response.headers.Set("Allow", allow);
  return Answer(std::move(response));
}

std::vector<Route> Router::routes() const {
  std::vector<Route> routes;
  for (const auto& entry : entries_) routes.push_back(entry.route);
  return routes;
}

}  // namespace darkroom::http
