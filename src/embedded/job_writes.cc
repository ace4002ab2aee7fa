#include "embedded/job_row.h"
#include "embedded/job_table.h"

namespace darkroom::embedded {
namespace {

std::int64_t LastChange(Connection& db) {
  Query query = db.Run("SELECT change FROM totals");
  return query.Next() ? query.Int(0) : 0;
}

// Takes over what an attempt says of itself; what it leaves out stays.
void Merge(const Outcome& outcome, Job& job) {
  job.run = outcome.run;
  if (outcome.attempt > 0) job.attempt = outcome.attempt;
  if (!outcome.worker.empty()) job.worker = outcome.worker;
  if (!outcome.model.version.empty()) job.model.version = outcome.model.version;
  if (!outcome.model.digest.empty()) job.model.digest = outcome.model.digest;
  job.result = outcome.result;
  job.artifacts = outcome.artifacts;
  job.failure = outcome.failure;
  for (auto step :
       {&Timeline::started, &Timeline::fetched, &Timeline::decoded, &Timeline::inferred, &Timeline::stored}) {
    if (outcome.timeline.*step) job.timeline.*step = outcome.timeline.*step;
  }
}

// The batch that the key led to. kConflict: it was used for another request.
Result<std::optional<Id>> FindBatch(Connection& db, const IdempotencyKey& key) {
  Query query = db.Run("SELECT id, fingerprint FROM batch WHERE idempotency_key = ?1", key.key);
  if (!query.Next()) return std::nullopt;
  if (query.View(1) != key.fingerprint) {
    return Fail(Code::kConflict, "the idempotency key was used for another request");
  }
  return query.Id(0);
}

}  // namespace

struct JobWrites::Stored {
  std::int64_t seq = 0;
  std::int64_t batch = 0;
  Job job;
};

JobWrites::JobWrites(Connection& connection)
    : db_(connection), change_(LastChange(connection)), change_before_(change_) {}

std::optional<JobWrites::Stored> JobWrites::Load(Id job) {
  Query query = db_.Run(DARKROOM_SELECT_JOB "WHERE j.id = ?1", job);
  if (!query.Next()) return std::nullopt;
  return Stored{ReadSeq(query), ReadBatchSeq(query), ReadJob(query)};
}

void JobWrites::Move(Stored& stored, JobState to) {
  const auto from = std::size_t(stored.job.state);
  for (StateCounts* counts : {&totals_, &batches_[stored.batch]}) {
    --(*counts)[from];
    ++(*counts)[std::size_t(to)];
  }
  stored.job.state = to;
  stored.job.change = ++change_;
}

Result<CreatedBatch> JobWrites::Create(const NewBatch& batch) {
  if (batch.idempotency) {
    auto earlier = FindBatch(db_, *batch.idempotency);
    if (!earlier) return Fail(earlier.error());
    if (*earlier) return CreatedBatch{**earlier, true};
  }
  std::int64_t first = 1;
  if (Query query = db_.Run("SELECT max(seq) FROM job"); query.Next()) first = query.Int(0) + 1;
  StateCounts counts{};
  for (const Job& job : batch.jobs) ++counts[std::size_t(job.state)];
  std::optional<std::string_view> key, fingerprint;
  if (batch.idempotency) {
    key = batch.idempotency->key;
    fingerprint = batch.idempotency->fingerprint;
  }
  const Batch& b = batch.batch;
  db_.Exec(
      "INSERT INTO batch (id, created, first_job, size, email, webhook, metadata, idempotency_key, fingerprint, "
      "queued, running, succeeded, failed, cancelled, expired) "
      "VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15)",
      b.id, b.created, first, std::int64_t(batch.jobs.size()), b.email, b.webhook, b.metadata, key, fingerprint,
      counts[0], counts[1], counts[2], counts[3], counts[4], counts[5]);
  const std::int64_t batch_seq = db_.last_insert_rowid();
  for (const Job& job : batch.jobs) {
    Insert(job, first++, batch_seq);
    ++totals_[std::size_t(job.state)];
  }
  return CreatedBatch{b.id, false};
}

void JobWrites::Insert(const Job& job, std::int64_t seq, std::int64_t batch) {
  const Timeline& t = job.timeline;
  const std::string artifacts = ArtifactsToText(job.artifacts);
  std::optional<std::string_view> failure_code, failure_message;
  if (job.failure) {
    failure_code = job.failure->code;
    failure_message = job.failure->message;
  }
  db_.Exec(
      "INSERT INTO job VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18, ?19, "
      "?20, ?21, ?22, ?23, ?24, ?25, ?26, ?27, ?28, ?29, ?30, ?31, ?32, ?33, ?34, ?35)",
      seq, job.id, batch, job.index, int(job.state), ++change_, int(job.priority), job.attempt, t.received, t.queued,
      t.started, t.fetched, t.decoded, t.inferred, t.stored, t.settled, job.deadline, job.model.name, job.model.version,
      job.model.digest, job.input.file_name, job.input.content_type, job.input.size, job.input.width, job.input.height,
      job.top_k, job.metadata, job.worker, job.run, job.result, artifacts, failure_code, failure_message,
      job.transforms, job.seed);
}

void JobWrites::MarkSent(const std::vector<Id>& jobs, Time at) {
  for (const Id& job : jobs) {
    const std::int64_t before = db_.total_changes();
    // 0 and 1: queued and running.
    db_.Exec(
        "UPDATE job SET queued = ?2, change = ?3 WHERE id = ?1 AND (queued IS NULL OR (queued < ?2 AND state <= 1))",
        job, at, change_ + 1);
    if (db_.total_changes() != before) ++change_;
  }
}

std::vector<Job> JobWrites::MarkStarted(const std::vector<JobStart>& starts) {
  std::vector<Job> changed;
  for (const JobStart& start : starts) {
    auto stored = Load(start.job);
    if (!stored || !CanBecome(stored->job.state, JobState::kRunning)) continue;
    if (stored->job.state == JobState::kRunning && start.attempt <= stored->job.attempt) continue;
    Move(*stored, JobState::kRunning);
    Job& job = stored->job;
    job.attempt = start.attempt;
    job.worker = start.worker;
    job.timeline.started = start.at;
    db_.Exec("UPDATE job SET state = ?2, change = ?3, attempt = ?4, worker = ?5, started = ?6 WHERE seq = ?1",
             stored->seq, int(job.state), job.change, job.attempt, job.worker, start.at);
    changed.push_back(std::move(job));
  }
  return changed;
}

std::vector<Job> JobWrites::Settle(const std::vector<Outcome>& outcomes, Time at) {
  std::vector<Job> settled;
  for (const Outcome& outcome : outcomes) {
    auto stored = Load(outcome.job);
    if (!stored || !IsTerminal(outcome.state) || !CanBecome(stored->job.state, outcome.state)) continue;
    Move(*stored, outcome.state);
    Job& job = stored->job;
    Merge(outcome, job);
    job.timeline.settled = at;
    const Timeline& t = job.timeline;
    const std::string artifacts = ArtifactsToText(job.artifacts);
    std::optional<std::string_view> failure_code, failure_message;
    if (job.failure) {
      failure_code = job.failure->code;
      failure_message = job.failure->message;
    }
    // The model's name stays out: it never changes, and naming it here would rewrite its index.
    db_.Exec(
        "UPDATE job SET state = ?2, change = ?3, attempt = ?4, worker = ?5, run = ?6, version = ?7, digest = ?8, "
        "result = ?9, artifacts = ?10, failure_code = ?11, failure_message = ?12, started = ?13, fetched = ?14, "
        "decoded = ?15, inferred = ?16, stored = ?17, settled = ?18 WHERE seq = ?1",
        stored->seq, int(job.state), job.change, job.attempt, job.worker, job.run, job.model.version, job.model.digest,
        job.result, artifacts, failure_code, failure_message, t.started, t.fetched, t.decoded, t.inferred, t.stored,
        at);
    settled.push_back(std::move(job));
  }
  return settled;
}

std::optional<Job> JobWrites::Cancel(Id job, Time at) {
  auto stored = Load(job);
  if (!stored) return std::nullopt;
  if (CanBecome(stored->job.state, JobState::kCancelled)) {
    Move(*stored, JobState::kCancelled);
    stored->job.timeline.settled = at;
    db_.Exec("UPDATE job SET state = ?2, change = ?3, settled = ?4 WHERE seq = ?1", stored->seq, int(stored->job.state),
             stored->job.change, at);
  }
  return std::move(stored->job);
}

void JobWrites::RemoveBatch(Id batch) {
  std::int64_t seq = 0, first = 0, size = 0;
  {
    Query query = db_.Run(
        "SELECT seq, first_job, size, queued, running, succeeded, failed, cancelled, expired FROM batch WHERE id = ?1",
        batch);
    if (!query.Next()) return;
    seq = query.Int(0), first = query.Int(1), size = query.Int(2);
    for (std::size_t i = 0; i < totals_.size(); ++i) totals_[i] -= query.Int(3 + int(i));
  }
  db_.Exec("DELETE FROM job WHERE seq >= ?1 AND seq < ?2", first, first + size);
  db_.Exec("DELETE FROM batch WHERE seq = ?1", seq);
}

void JobWrites::Finish() {
  for (const auto& [batch, n] : batches_) {
    db_.Exec(
        "UPDATE batch SET queued = queued + ?2, running = running + ?3, succeeded = succeeded + ?4, "
        "failed = failed + ?5, cancelled = cancelled + ?6, expired = expired + ?7 WHERE seq = ?1",
        batch, n[0], n[1], n[2], n[3], n[4], n[5]);
  }
  if (change_ == change_before_ && totals_ == StateCounts{}) return;
  const StateCounts& n = totals_;
  db_.Exec(
      "UPDATE totals SET change = ?1, queued = queued + ?2, running = running + ?3, succeeded = succeeded + ?4, "
      "failed = failed + ?5, cancelled = cancelled + ?6, expired = expired + ?7",
      change_, n[0], n[1], n[2], n[3], n[4], n[5]);
}

}  // namespace darkroom::embedded
