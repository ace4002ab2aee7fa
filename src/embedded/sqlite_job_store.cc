#include "embedded/sqlite_job_store.h"

#include "embedded/job_table.h"

namespace darkroom::embedded {

Task<Result<CreatedBatch>> SqliteJobStore::Create(NewBatch batch) {
  auto work = [batch = std::move(batch)](Connection& db) {
    JobWrites jobs(db);
    auto created = jobs.Create(batch);
    jobs.Finish();
    return created;
  };
  co_return co_await writer_.Write(std::move(work));
}

Task<Status> SqliteJobStore::MarkSent(std::vector<Id> ids, Time at) {
  auto work = [ids = std::move(ids), at](Connection& db) {
    JobWrites jobs(db);
    jobs.MarkSent(ids, at);
    jobs.Finish();
  };
  co_return co_await writer_.WriteLazily(std::move(work));
}

Task<Result<std::vector<Job>>> SqliteJobStore::MarkStarted(std::vector<JobStart> starts) {
  auto work = [starts = std::move(starts)](Connection& db) {
    JobWrites jobs(db);
    auto changed = jobs.MarkStarted(starts);
    jobs.Finish();
    return changed;
  };
  co_return co_await writer_.WriteLazily(std::move(work));
}

Task<Result<std::vector<Job>>> SqliteJobStore::Settle(std::vector<Outcome> outcomes, Time at) {
  auto work = [outcomes = std::move(outcomes), at](Connection& db) {
    JobWrites jobs(db);
    auto settled = jobs.Settle(outcomes, at);
    jobs.Finish();
    return settled;
  };
  co_return co_await writer_.Write(std::move(work));
}

Task<Result<std::optional<Job>>> SqliteJobStore::Cancel(Id job, Time at) {
  auto work = [job, at](Connection& db) {
    JobWrites jobs(db);
    auto cancelled = jobs.Cancel(job, at);
    jobs.Finish();
    return cancelled;
  };
  co_return co_await writer_.Write(std::move(work));
}

Task<Status> SqliteJobStore::RemoveBatch(Id batch) {
  auto work = [batch](Connection& db) {
    JobWrites jobs(db);
    jobs.RemoveBatch(batch);
    jobs.Finish();
  };
  co_return co_await writer_.Write(std::move(work));
}

Task<Result<std::optional<Job>>> SqliteJobStore::Get(Id job) {
  auto work = [job](Connection& db) { return GetJob(db, job); };
  co_return co_await reader_.Read(std::move(work));
}

Task<Result<std::vector<Job>>> SqliteJobStore::GetMany(std::vector<Id> ids) {
  auto work = [ids = std::move(ids)](Connection& db) {
    std::vector<Job> jobs;
    for (const Id& id : ids) {
      if (auto job = GetJob(db, id)) jobs.push_back(std::move(*job));
    }
    return jobs;
  };
  co_return co_await reader_.Read(std::move(work));
}

Task<Result<JobPage>> SqliteJobStore::List(JobQuery query) {
  auto work = [query = std::move(query)](Connection& db) { return ListJobs(db, query); };
  co_return co_await reader_.Read(std::move(work));
}

Task<Result<std::vector<Job>>> SqliteJobStore::ListChanged(Id batch, std::int64_t after, int limit) {
  auto work = [batch, after, limit](Connection& db) { return embedded::ListChanged(db, batch, after, limit); };
  co_return co_await reader_.Read(std::move(work));
}

Task<Result<std::optional<Batch>>> SqliteJobStore::GetBatch(Id batch) {
  auto work = [batch](Connection& db) { return embedded::GetBatch(db, batch); };
  co_return co_await reader_.Read(std::move(work));
}

Task<Result<QueuePosition>> SqliteJobStore::Position(Job job) {
  auto work = [job = std::move(job)](Connection& db) { return PositionOf(db, job); };
  co_return co_await reader_.Read(std::move(work));
}

Task<Result<std::array<std::int64_t, kJobStates.size()>>> SqliteJobStore::Counts() {
  auto work = [](Connection& db) { return CountJobs(db); };
  co_return co_await reader_.Read(std::move(work));
}

Task<Result<std::vector<Job>>> SqliteJobStore::ListUnsent(Time received_before, int limit) {
  auto work = [received_before, limit](Connection& db) { return embedded::ListUnsent(db, received_before, limit); };
  co_return co_await reader_.Read(std::move(work));
}

Task<Result<std::vector<Job>>> SqliteJobStore::ListOverdue(Time now, int limit) {
  auto work = [now, limit](Connection& db) { return embedded::ListOverdue(db, now, limit); };
  co_return co_await reader_.Read(std::move(work));
}

Task<Result<std::vector<Id>>> SqliteJobStore::ListFinishedBatches(Time created_before, int limit) {
  auto work = [created_before, limit](Connection& db) {
    return embedded::ListFinishedBatches(db, created_before, limit);
  };
  co_return co_await reader_.Read(std::move(work));
}

}  // namespace darkroom::embedded
