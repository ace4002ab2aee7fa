// EventStreams: what becomes of a job or a batch, as server-sent events. News only wakes a stream; what it sends it
// reads from the store by `change`, in the store's order, so that Last-Event-ID resumes without a gap.
#pragma once

#include <optional>

#include "base/async.h"
#include "http/message.h"
#include "web/options.h"
#include "web/problem.h"
#include "web/wait.h"

namespace darkroom::web {

class EventStreams {
 public:
  EventStreams(const WebDeps& deps, const Stopping& stopping) : deps_(deps), stopping_(stopping) {}

  // GET /v1/jobs/{id}/events, /v1/batches/{id}/events
  Task<OrProblem<http::Response>> OfJob(http::Request& request);
  Task<OrProblem<http::Response>> OfBatch(http::Request& request);

 private:
  // What a stream tells of: a batch, or one job of it.
  struct Scope {
    Id batch;
    std::optional<Id> job;
  };
  http::Response Open(Scope scope, std::int64_t after);
  Task<void> Run(http::ResponseStream& stream, Scope scope, std::int64_t after);
  Task<Result<std::vector<Job>>> Changed(Scope scope, std::int64_t after);
  // The data of the last event, when all has ended.
  Task<Result<std::optional<std::string>>> Done(Scope scope);

  const WebDeps& deps_;
  const Stopping& stopping_;
};

}  // namespace darkroom::web
