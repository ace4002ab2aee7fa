// Jobs in SQLite (ports/job_store.h). Writes join the group commit; reads run beside it and never wait for an fsync.
// Threads: the I/O thread.
#pragma once

#include <string>
#include <vector>

#include "embedded/reader.h"
#include "embedded/writer.h"
#include "ports/job_store.h"

namespace darkroom::embedded {

class SqliteJobStore final : public JobStore {
 public:
  SqliteJobStore(Writer& writer, Reader& reader) : writer_(writer), reader_(reader) {}

  Task<Result<CreatedBatch>> Create(NewBatch batch) override;
  Task<Result<std::optional<Job>>> Get(Id job) override;
  Task<Result<std::vector<Job>>> GetMany(std::vector<Id> jobs) override;
  Task<Result<JobPage>> List(JobQuery query) override;
  Task<Result<std::vector<Job>>> ListChanged(Id batch, std::int64_t after, int limit) override;
  Task<Result<std::optional<Batch>>> GetBatch(Id batch) override;
  Task<Result<QueuePosition>> Position(Job job) override;
  Task<Result<std::array<std::int64_t, kJobStates.size()>>> Counts() override;
  Task<Status> MarkSent(std::vector<Id> jobs, Time at) override;
  Task<Result<std::vector<Job>>> MarkStarted(std::vector<JobStart> starts) override;
  Task<Result<std::vector<Job>>> Settle(std::vector<Outcome> outcomes, Time at) override;
  Task<Result<std::optional<Job>>> Cancel(Id job, Time at) override;
  Task<Result<std::vector<Job>>> ListUnsent(Time received_before, int limit) override;
  Task<Result<std::vector<Job>>> ListOverdue(Time now, int limit) override;
  Task<Result<std::vector<Id>>> ListFinishedBatches(Time created_before, int limit) override;
  Task<Status> RemoveBatch(Id batch) override;

 private:
  Writer& writer_;
  Reader& reader_;
};

}  // namespace darkroom::embedded
