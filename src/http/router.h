// Router: which handler answers a method and path. Patterns are literal but for whole segments in braces:
// "/v1/jobs/{id}/artifacts/{name}"; a last segment "{rest...}" takes everything to the end, slashes too, and
// may be empty; other braces take at least a character. Paths are compared decoded, segment by segment; one with a "."
// or ".." segment (however written), NUL or a broken escape matches nothing.
#pragma once

#include <string>
#include <vector>

#include "http/message.h"

namespace darkroom::http {

struct Route {
  std::string method;
  std::string pattern;
};

class Router {
 public:
  // Two routes that would match the same request equally well are a bug. Literal segments win over braces.
  void Add(std::string method, std::string pattern, Handler handler);

  // The answer of the route that matches; HEAD is served by GET's, OPTIONS with 204 and the Allow field. Otherwise
  // not_found's answer, or method_not_allowed's (which is given the Allow field's value).
  Task<Response> Handle(Request& request) const;

  void set_not_found(Handler handler) { not_found_ = std::move(handler); }
  void set_method_not_allowed(std::function<Response(const Request&, std::string allow)> f) {
    not_allowed_ = std::move(f);
  }

  std::vector<Route> routes() const;  // in the order of Add

 private:
  struct Entry {
    Route route;
    std::vector<std::string> segments;
    Handler handler;
  };
  std::vector<Entry> entries_;
  Handler not_found_;
  std::function<Response(const Request&, std::string)> not_allowed_;
};

}  // namespace darkroom::http
