// ServiceApi: what the service says of itself: models, status, health, metrics, its own description.
#pragma once

#include "base/async.h"
#include "http/message.h"
#include "web/backlog.h"
#include "web/metrics.h"
#include "web/options.h"
#include "web/problem.h"

namespace darkroom::web {

class ServiceApi {
 public:
  using Answer = OrProblem<http::Response>;

  ServiceApi(const WebDeps& deps, const WebOptions& options, Backlog& backlog, Metrics& metrics)
      : deps_(deps), options_(options), backlog_(backlog), metrics_(metrics), started_(deps.clock.Now()) {}

  Task<Answer> ListModels(http::Request& request);
  Task<Answer> GetStatus(http::Request& request);
  Task<Answer> GetMetrics(http::Request& request);
  Task<Answer> GetHealth(http::Request& request);     // the process answers
  Task<Answer> GetReadiness(http::Request& request);  // and work would be done
  Task<Answer> GetOpenapi(http::Request& request);
  Task<Answer> GetProblem(http::Request& request);  // what a problem's `type` links to

 private:
  const QuarantinedModel* Quarantined(const std::string& name, const std::string& version) const;  // or nullptr
  // nullopt when this node does not know the workers.
  Task<Result<std::optional<std::vector<FleetMember>>>> Workers();

  const WebDeps& deps_;
  const WebOptions& options_;
  Backlog& backlog_;
  Metrics& metrics_;
  const Time started_;
};

// The OpenAPI document, as built in.
std::string_view OpenapiDocument();

}  // namespace darkroom::web
