// BatchWatch: follows the jobs of a submission until all have ended, for clients that wait in their request. Lives off
// news alone: a waiting client costs a subscription and a timer, no polling. Every ten seconds it reads what is still
// open, in case another node's ledger settled it.
#pragma once

#include "base/async.h"
#include "base/clock.h"
#include "ports/job_news.h"
#include "ports/job_store.h"
#include "web/submit.h"

namespace darkroom::web {

// Whether the process is stopping: then nobody waits any longer. Shared by all who wait.
struct Stopping {
  bool now = false;
};

class BatchWatch {
 public:
  BatchWatch(const WebDeps& deps, const Stopping& stopping) : deps_(deps), stopping_(stopping) {}

  // True when all jobs of `submission` have ended, false when `deadline` came first or the process stops. Brings its
  // jobs and the batch's counts up to date either way.
  Task<bool> Wait(Submission& submission, Time deadline) const;

 private:
  const WebDeps& deps_;
  const Stopping& stopping_;
};

// Takes over news of a job unless it is older than what is known. Pure.
void Apply(std::vector<Job>& jobs, const Job& news);

}  // namespace darkroom::web
