// SentMarks: writes down, after the answer went out, that jobs' messages are in their queue. A mark that is lost costs
// a second message, which the sweeper sends and the store's conditions make harmless; so nobody waits for marks.
// Threads: the loop's alone. Life: Finish before it is destroyed.
#pragma once

#include <vector>

#include "base/async.h"
#include "domain/job.h"
#include "ports/job_store.h"

namespace darkroom::web {

class SentMarks {
 public:
  SentMarks(IoContext& io, Clock& clock, JobStore& jobs) : jobs_(jobs), writes_(io, clock) {}

  void Add(std::vector<Id> jobs, Time at);
  Task<void> Finish();

 private:
  struct Mark {
    std::vector<Id> jobs;
    Time at;
  };
  static Task<void> WriteAll(SentMarks* self);
  static Task<void> Write(JobStore* store, Mark mark);

  JobStore& jobs_;
  std::vector<Mark> waiting_;
  bool writing_ = false;
  TaskGroup writes_;
};

}  // namespace darkroom::web
