// JobStore: what is known of each job and batch. The web tier creates and cancels; the ledger, and nobody else, moves
// jobs on. Semantics are those of conditional writes (Amazon DynamoDB).
//
// Durability: when a write has returned without error, a crash does not undo it; nor does a power cut, the marks "sent"
// and "started" excepted, which are only news. Writes of one call are one transaction. Threads: call on the I/O thread
// of the process; all calls may be under way at the same time. Errors: kConflict, kUnavailable, kInternal.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/async.h"
#include "base/result.h"
#include "domain/job.h"

namespace darkroom {

// A client's key for a retry, with a digest of what was asked, so that a reused key with another question is noticed.
struct IdempotencyKey {
  std::string key;
  std::string fingerprint;
};

struct NewBatch {
  Batch batch;            // counts are ignored: taken from the jobs
  std::vector<Job> jobs;  // queued, or already failed (an input that is no picture)
  std::optional<IdempotencyKey> idempotency;
};

struct CreatedBatch {
  Id batch;
  bool existed = false;  // the idempotency key was known: `batch` is the earlier one, nothing was written
};

struct JobQuery {
  std::optional<Id> batch;
  std::optional<JobState> state;
  std::string model;   // name; empty: any
  int limit = 50;      // 1 … 1000
  std::string cursor;  // of an earlier page of the same query; empty: from the start
};

struct JobPage {
  std::vector<Job> jobs;  // newest first; jobs of one batch in their order in it when the query names a batch
  std::string next;       // cursor; empty: that was all
};

struct QueuePosition {
  // Queued jobs that go before: those of higher priorities, and earlier ones of the same priority and model. Jobs of
  // other models have a share of the workers beside it.
  std::int64_t ahead = 0;
  bool at_least = false;  // counting stopped there
};

class JobStore {
 public:
  virtual ~JobStore() = default;

  // kConflict when the idempotency key was used with another fingerprint.
  virtual Task<Result<CreatedBatch>> Create(NewBatch batch) = 0;

  virtual Task<Result<std::optional<Job>>> Get(Id job) = 0;
  virtual Task<Result<std::vector<Job>>> GetMany(std::vector<Id> jobs) = 0;  // those that exist, in the order asked
  virtual Task<Result<JobPage>> List(JobQuery query) = 0;
  // Jobs of a batch whose `change` is greater, by change, at most `limit`.
  virtual Task<Result<std::vector<Job>>> ListChanged(Id batch, std::int64_t after, int limit) = 0;
  virtual Task<Result<std::optional<Batch>>> GetBatch(Id batch) = 0;
  virtual Task<Result<QueuePosition>> Position(Job job) = 0;
  // Jobs by state, over all.
  virtual Task<Result<std::array<std::int64_t, kJobStates.size()>>> Counts() = 0;

  // The jobs' messages are in the queue. Sets timeline.queued, anew unless the job has ended; never changes a state.
  virtual Task<Status> MarkSent(std::vector<Id> jobs, Time at) = 0;
  // queued -> running, or running again with a later attempt. Returns the jobs that changed.
  virtual Task<Result<std::vector<Job>>> MarkStarted(std::vector<JobStart> starts) = 0;
  // Gives each job its outcome unless it has one: the first wins. Returns the jobs that were settled by this call.
  // An outcome for a job that does not exist is ignored.
  virtual Task<Result<std::vector<Job>>> Settle(std::vector<Outcome> outcomes, Time at) = 0;
  // queued or running -> cancelled. The job as it is then (perhaps settled otherwise); nullopt: no such job.
  virtual Task<Result<std::optional<Job>>> Cancel(Id job, Time at) = 0;

  // For the sweeper, each oldest first, at most `limit`:
  virtual Task<Result<std::vector<Job>>> ListUnsent(Time received_before, int limit) = 0;
  virtual Task<Result<std::vector<Job>>> ListOverdue(Time now, int limit) = 0;  // queued, past their deadline
  virtual Task<Result<std::vector<Id>>> ListFinishedBatches(Time created_before, int limit) = 0;
  // With its jobs and idempotency key; no error when it is not there.
  virtual Task<Status> RemoveBatch(Id batch) = 0;
};

}  // namespace darkroom
