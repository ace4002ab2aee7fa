// BrowserGuard: keeps pages of other sites away from a service that trusts whoever can reach it. Two attacks: a page
// that posts to this address from a visitor's browser (cross-site request forgery), and one whose own name is made to
// resolve to 127.0.0.1 (DNS rebinding). Programs that are no browsers send neither Origin nor Sec-Fetch-Site, and pass.
#pragma once

#include <optional>

#include "http/message.h"
#include "web/options.h"
#include "web/problem.h"

namespace darkroom::web {

class BrowserGuard {
 public:
  explicit BrowserGuard(const WebOptions& options) : options_(options) {}

  // misdirected or forbidden_origin, or nothing to say against the request.
  std::optional<Problem> Check(const http::Request& request) const;

  // The answer to the question that browsers ask before a page of an allowed origin may do more than read
  // (https://fetch.spec.whatwg.org/#cors-preflight-request); nullopt when it is none.
  std::optional<http::Response> Preflight(const http::Request& request) const;

  // Lets pages of an allowed origin read the answer.
  void AllowOrigin(const http::Request& request, http::Response& response) const;

 private:
  bool Allowed(std::string_view origin) const;
  const WebOptions& options_;
};

}  // namespace darkroom::web
