// Routes: the router of the web tier. Around each handler it measures the time, counts the answer, and turns a Problem
// into its response.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "base/async.h"
#include "base/json.h"
#include "http/message.h"
#include "http/router.h"
#include "web/metrics.h"
#include "web/problem.h"

namespace darkroom::web {

using ApiHandler = std::function<Task<OrProblem<http::Response>>(http::Request&)>;

class Routes {
 public:
  Routes(Clock& clock, Metrics& metrics);
  ~Routes();

  void Add(const std::string& method, const std::string& pattern, ApiHandler handler);
  const http::Router& router() const { return router_; }

 private:
  struct Served;
  static Task<http::Response> Serve(Served* served, http::Request& request);

  Clock& clock_;
  Metrics& metrics_;
  http::Router router_;
  std::vector<std::unique_ptr<Served>> served_;
};

// The answer's JSON with the headers that every API answer has.
http::Response JsonAnswer(int status, const json::object& body);
http::Response JsonTextAnswer(int status, std::string body);

}  // namespace darkroom::web
