// The jobs' tables (docs/formats/tables.md): every statement on them. Writes are steps of a transaction on the writer's
// thread; reads run on the reader's.
//
// A job's `seq` is its place in the order of creation: the jobs of a batch are neighbours. Counts by state are kept
// beside each batch and over all, in the transaction that changes a state.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <vector>

#include "embedded/sqlite.h"
#include "ports/job_store.h"

namespace darkroom::embedded {

using StateCounts = std::array<std::int64_t, kJobStates.size()>;

// Writes. Destroy after the transaction's last step; call Finish before.
class JobWrites {
 public:
  explicit JobWrites(Connection& connection);

  Result<CreatedBatch> Create(const NewBatch& batch);
  void MarkSent(const std::vector<Id>& jobs, Time at);
  std::vector<Job> MarkStarted(const std::vector<JobStart>& starts);
  std::vector<Job> Settle(const std::vector<Outcome>& outcomes, Time at);
  std::optional<Job> Cancel(Id job, Time at);
  void RemoveBatch(Id batch);

  // Writes what the steps changed in the counts and in the order of changes.
  void Finish();

 private:
  struct Stored;
  std::optional<Stored> Load(Id job);
  void Insert(const Job& job, std::int64_t seq, std::int64_t batch);
  void Move(Stored& stored, JobState to);

  Connection& db_;
  std::int64_t change_;  // of the last change
  const std::int64_t change_before_;
  StateCounts totals_{};                         // what to add
  std::map<std::int64_t, StateCounts> batches_;  // likewise, by batch
};

// Reads.
std::optional<Job> GetJob(Connection& db, Id job);
std::optional<Batch> GetBatch(Connection& db, Id batch);
Result<JobPage> ListJobs(Connection& db, const JobQuery& query);
std::vector<Job> ListChanged(Connection& db, Id batch, std::int64_t after, int limit);
QueuePosition PositionOf(Connection& db, const Job& job);
StateCounts CountJobs(Connection& db);
std::vector<Job> ListUnsent(Connection& db, Time received_before, int limit);
std::vector<Job> ListOverdue(Connection& db, Time now, int limit);
std::vector<Id> ListFinishedBatches(Connection& db, Time created_before, int limit);

}  // namespace darkroom::embedded
