#include <algorithm>
#include <charconv>
#include <limits>

#include "embedded/job_row.h"
#include "embedded/job_table.h"

namespace darkroom::embedded {
namespace {

// Counting who goes before a job stops here: what is told a client is then "at least".
constexpr int kMaxPosition = 1000;

std::vector<Job> ReadJobs(Query query) {
  std::vector<Job> jobs;
  while (query.Next()) jobs.push_back(ReadJob(query));
  return jobs;
}

struct SeqJob {
  std::int64_t seq = 0;
  Job job;
};

std::vector<SeqJob> ReadSeqJobs(Query query) {
  std::vector<SeqJob> jobs;
  while (query.Next()) jobs.push_back({ReadSeq(query), ReadJob(query)});
  return jobs;
}

struct BatchRow {
  std::int64_t seq = 0, first_job = 0, size = 0;
};

std::optional<BatchRow> FindBatchRow(Connection& db, Id batch) {
  Query query = db.Run("SELECT seq, first_job, size FROM batch WHERE id = ?1", batch);
  if (!query.Next()) return std::nullopt;
  return BatchRow{query.Int(0), query.Int(1), query.Int(2)};
}

// A cursor is the seq of the last job of a page, in hex.
Result<std::optional<std::int64_t>> ParseCursor(const std::string& cursor) {
  if (cursor.empty()) return std::nullopt;
  std::int64_t seq = 0;
  const char* const end = cursor.data() + cursor.size();
  const auto [at, error] = std::from_chars(cursor.data(), end, seq, 16);
  if (error != std::errc() || at != end || seq <= 0) return Fail(Code::kInvalid, "the cursor is not one of ours");
  return seq;
}

std::string ToCursor(std::int64_t seq) {
  char text[17];
  const auto [end, error] = std::to_chars(text, text + sizeof text, seq, 16);
  return std::string(text, end);
}

std::vector<SeqJob> OfBatch(Connection& db, const JobQuery& query, std::int64_t after, int limit) {
  const auto batch = FindBatchRow(db, *query.batch);
  if (!batch) return {};
  const std::int64_t from = std::max(after + 1, batch->first_job);
  const int state = query.state ? int(*query.state) : -1;
  return ReadSeqJobs(db.Run(DARKROOM_SELECT_JOB "WHERE j.seq >= ?1 AND j.seq < ?2 AND (?3 < 0 OR +j.state = ?3) AND "
                                                "(?4 = '' OR +j.model = ?4) ORDER BY j.seq LIMIT ?5",
                            from, batch->first_job + batch->size, state, query.model, limit));
}

// Merges the states' parts of the index (model, state, seq), each newest first.
std::vector<SeqJob> OfModel(Connection& db, const std::string& model, std::int64_t before, int limit) {
  std::vector<std::int64_t> newest;
  for (const JobState state : kJobStates) {
    Query query = db.Run("SELECT seq FROM job WHERE model = ?1 AND state = ?2 AND seq < ?3 ORDER BY seq DESC LIMIT ?4",
                         model, int(state), before, limit);
    while (query.Next()) newest.push_back(query.Int(0));
  }
  std::sort(newest.begin(), newest.end(), std::greater<>());
  if (newest.size() > std::size_t(limit)) newest.resize(std::size_t(limit));
  std::vector<SeqJob> jobs;
  for (const std::int64_t seq : newest) {
    Query query = db.Run(DARKROOM_SELECT_JOB "WHERE j.seq = ?1", seq);
    if (query.Next()) jobs.push_back({seq, ReadJob(query)});
  }
  return jobs;
}

std::vector<SeqJob> OfAll(Connection& db, const JobQuery& query, std::int64_t before, int limit) {
  if (query.state && !query.model.empty()) {
    return ReadSeqJobs(db.Run(DARKROOM_SELECT_JOB
                              "WHERE j.model = ?1 AND j.state = ?2 AND j.seq < ?3 ORDER BY j.seq DESC LIMIT ?4",
                              query.model, int(*query.state), before, limit));
  }
  if (query.state) {
    return ReadSeqJobs(db.Run(DARKROOM_SELECT_JOB "WHERE j.state = ?1 AND j.seq < ?2 ORDER BY j.seq DESC LIMIT ?3",
                              int(*query.state), before, limit));
  }
  if (!query.model.empty()) return OfModel(db, query.model, before, limit);
  return ReadSeqJobs(db.Run(DARKROOM_SELECT_JOB "WHERE j.seq < ?1 ORDER BY j.seq DESC LIMIT ?2", before, limit));
}

}  // namespace

std::optional<Job> GetJob(Connection& db, Id job) {
  Query query = db.Run(DARKROOM_SELECT_JOB "WHERE j.id = ?1", job);
  if (!query.Next()) return std::nullopt;
  return ReadJob(query);
}

std::optional<Batch> GetBatch(Connection& db, Id batch) {
  Query query = db.Run(
      "SELECT created, size, email, webhook, metadata, queued, running, succeeded, failed, cancelled, expired "
      "FROM batch WHERE id = ?1",
      batch);
  if (!query.Next()) return std::nullopt;
  Batch found;
  found.id = batch;
  found.created = query.At(0);
  found.size = int(query.Int(1));
  found.email = query.Text(2);
  found.webhook = query.Text(3);
  found.metadata = query.Text(4);
  for (std::size_t i = 0; i < found.counts.size(); ++i) found.counts[i] = query.Int(5 + int(i));
  return found;
}

Result<JobPage> ListJobs(Connection& db, const JobQuery& query) {
  const auto cursor = ParseCursor(query.cursor);
  if (!cursor) return Fail(cursor.error());
  const int limit = std::clamp(query.limit, 1, 1000);
  // One more than asked for tells whether there is a next page.
  auto found = query.batch ? OfBatch(db, query, cursor->value_or(0), limit + 1)
                           : OfAll(db, query, cursor->value_or(std::numeric_limits<std::int64_t>::max()), limit + 1);
  JobPage page;
  if (found.size() > std::size_t(limit)) {
    found.resize(std::size_t(limit));
    page.next = ToCursor(found.back().seq);
  }
  for (SeqJob& job : found) page.jobs.push_back(std::move(job.job));
  return page;
}

std::vector<Job> ListChanged(Connection& db, Id batch, std::int64_t after, int limit) {
  const auto row = FindBatchRow(db, batch);
  if (!row) return {};
  return ReadJobs(db.Run(DARKROOM_SELECT_JOB "WHERE j.batch = ?1 AND j.change > ?2 ORDER BY j.change LIMIT ?3",
                         row->seq, after, limit));
}

QueuePosition PositionOf(Connection& db, const Job& job) {
  std::int64_t seq = 0;
  {
    Query query = db.Run("SELECT seq FROM job WHERE id = ?1 AND state = 0", job.id);
    if (!query.Next()) return {};
    seq = query.Int(0);
  }
  QueuePosition position;
  Query query = db.Run(
      "SELECT (SELECT count(*) FROM (SELECT 1 FROM job INDEXED BY job_waiting "
      "WHERE state = 0 AND priority < ?1 LIMIT ?3)) + (SELECT count(*) FROM (SELECT 1 FROM job INDEXED BY job_waiting "
      "WHERE state = 0 AND priority = ?1 AND model = ?4 AND seq < ?2 LIMIT ?3))",
      int(job.priority), seq, kMaxPosition, job.model.name);
  if (query.Next()) position.ahead = query.Int(0);
  position.at_least = position.ahead >= kMaxPosition;
  position.ahead = std::min<std::int64_t>(position.ahead, kMaxPosition);
  return position;
}

StateCounts CountJobs(Connection& db) {
  StateCounts counts{};
  Query query = db.Run("SELECT queued, running, succeeded, failed, cancelled, expired FROM totals");
  if (!query.Next()) return counts;
  for (std::size_t i = 0; i < counts.size(); ++i) counts[i] = query.Int(int(i));
  return counts;
}

std::vector<Job> ListUnsent(Connection& db, Time received_before, int limit) {
  return ReadJobs(db.Run(DARKROOM_SELECT_JOB
                         "WHERE j.state = 0 AND j.queued IS NULL AND j.received < ?1 ORDER BY j.received LIMIT ?2",
                         received_before, limit));
}

std::vector<Job> ListOverdue(Connection& db, Time now, int limit) {
  return ReadJobs(
      db.Run(DARKROOM_SELECT_JOB "WHERE j.state = 0 AND j.deadline < ?1 ORDER BY j.deadline LIMIT ?2", now, limit));
}

std::vector<Id> ListFinishedBatches(Connection& db, Time created_before, int limit) {
  std::vector<Id> batches;
  Query query =
      db.Run("SELECT id FROM batch WHERE queued = 0 AND running = 0 AND created < ?1 ORDER BY created LIMIT ?2",
             created_before, limit);
  while (query.Next()) batches.push_back(query.Id(0));
  return batches;
}

}  // namespace darkroom::embedded
