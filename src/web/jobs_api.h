// JobsApi: /v1/jobs and /v1/batches: submitting, looking, cancelling, and POST / for generators that know no API.
// Each member answers one route (see openapi.json); web.cc says which.
#pragma once

#include "base/async.h"
#include "http/message.h"
#include "web/metrics.h"
#include "web/options.h"
#include "web/problem.h"
#include "web/submit.h"
#include "web/wait.h"

namespace darkroom::web {

class JobsApi {
 public:
  using Answer = OrProblem<http::Response>;

  JobsApi(const WebDeps& deps, const WebOptions& options, const Stopping& stopping, Submitter& submitter)
      : deps_(deps), options_(options), watch_(deps, stopping), submitter_(submitter) {}

  Task<Answer> Submit(http::Request& request);
  Task<Answer> List(http::Request& request);
  Task<Answer> Get(http::Request& request);
  Task<Answer> Cancel(http::Request& request);
  Task<Answer> GetInput(http::Request& request);
  Task<Answer> GetArtifact(http::Request& request);
  Task<Answer> GetBatch(http::Request& request);
  Task<Answer> CancelBatch(http::Request& request);

  // POST /: one file in, its label out, as plain text. Never a Problem: the errors are one line of text too.
  Task<Answer> SubmitForLabel(http::Request& request);

 private:
  Task<OrProblem<Job>> Find(http::Request& request);
  Task<OrProblem<Batch>> FindBatch(http::Request& request);
  // One of several lanes that cancel what `open` lists, until it is empty; on an error it is emptied.
  static Task<void> CancelFrom(const JobsApi* self, std::vector<Id>* open, Time now, Status* status);
  Task<void> FinishCancel(const Job& job, Time now) const;

  const WebDeps& deps_;
  const WebOptions& options_;
  const BatchWatch watch_;
  Submitter& submitter_;
};

// The query of GET /v1/jobs; invalid_request names the parameter.
OrProblem<JobQuery> ParseJobQuery(const http::Request& request);

}  // namespace darkroom::web
