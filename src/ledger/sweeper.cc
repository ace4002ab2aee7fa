#include "ledger/sweeper.h"

#include <algorithm>
#include <unordered_set>

#include "base/log.h"
#include "domain/message.h"
#include "ports/bulk_objects.h"

namespace darkroom::ledger {
namespace {

constexpr int kPage = 500;
constexpr std::string_view kInputPrefix = "input/";
// A search for lost messages reads every job that is to be done, so it is seldom: what has waited for two weeks can
// wait a little longer.
constexpr Duration kSearchInterval = 24h;

// Less than or equal to the key of every picture whose job's id was made at `time` or later, and greater than all
// others.
std::string FirstInputKey(Time time) {
  std::array<std::uint8_t, 16> bytes{};
  std::uint64_t ms = std::uint64_t(std::max<std::int64_t>(ToMicros(time), 0) / 1000);
  for (int i = 5; i >= 0; --i, ms >>= 8) bytes[std::size_t(i)] = std::uint8_t(ms);
  return InputKey(Id::FromBytes(bytes));
}

}  // namespace

Sweeper::Sweeper(IoContext& io, Clock& clock, SweeperPorts ports, SweeperOptions options)
    : io_(io), clock_(clock), ports_(ports), options_(options), started_(clock.Now()), wake_(clock), loop_(io, clock) {}

void Sweeper::Start() { loop_.Spawn(Loop()); }

void Sweeper::Stop() {
  stopping_ = true;
  wake_.NotifyAll();
}

Task<void> Sweeper::Join() { co_await loop_.Join(); }

Task<void> Sweeper::Loop() {
  while (!stopping_) {
    const auto report = co_await Sweep();
    if (!report) {
      spdlog::warn("sweeper: {}", report.error().message());
    } else if (*report != SweepReport{}) {
      spdlog::info(
          "sweeper: sent {} jobs late and {} again, expired {}, removed {} old batches and {} orphaned pictures",
          report->sent, report->sent_again, report->expired, report->removed, report->orphans);
    }
    if (!stopping_) co_await wake_.Wait(clock_.Now() + options_.interval);
  }
}

Time Sweeper::EndedBefore(Duration longest) const { return std::max(clock_.Now() - longest, started_); }

Task<Result<SweepReport>> Sweeper::Sweep() {
  SweepReport report;
  using Step = Task<Result<int>> (Sweeper::*)();
  const std::pair<Step, int SweepReport::*> steps[] = {{&Sweeper::SendUnsent, &SweepReport::sent},
                                                       {&Sweeper::SendLost, &SweepReport::sent_again},
                                                       {&Sweeper::Expire, &SweepReport::expired},
                                                       {&Sweeper::RemoveOld, &SweepReport::removed},
                                                       {&Sweeper::RemoveOrphans, &SweepReport::orphans}};
  for (const auto& [step, count] : steps) {
    const auto done = co_await (this->*step)();
    if (!done) co_return Fail(done.error());
    report.*count = *done;
  }
  co_return report;
}

Task<Status> Sweeper::Send(std::vector<Job> jobs) {
  std::array<std::vector<SendRequest>, kPriorities.size()> requests;
  std::vector<Id> ids;
  for (const Job& job : jobs) {
    const JobRequest request{job.id, job.model, job.top_k, job.deadline, job.input.file_name};
    requests[std::size_t(job.priority)].push_back({.body = ToMessage(request), .group = job.model.name});
    ids.push_back(job.id);
  }
  for (std::size_t p = 0; p < requests.size(); ++p) {
    if (requests[p].empty()) continue;
    const auto done = co_await ports_.requests[p]->Send(std::move(requests[p]));
    if (!done) co_return Fail(done.error());
  }
  if (ids.empty()) co_return Status();
  co_return co_await ports_.jobs->MarkSent(std::move(ids), clock_.Now());
}

Task<Result<int>> Sweeper::SendUnsent() {
  int sent = 0;
  while (!stopping_) {
    auto jobs = co_await ports_.jobs->ListUnsent(EndedBefore(options_.grace), kPage);
    if (!jobs) co_return Fail(jobs.error());
    const int count = int(jobs->size());
    const auto done = co_await Send(std::move(*jobs));
    if (!done) co_return Fail(done.error());
    sent += count;
    if (count < kPage) break;
  }
  co_return sent;
}

// A queue drops a message after its retention, whatever has become of it: leased, let go, or never received in a
// backlog of weeks. Of its job nobody would ever hear again.
Task<Result<int>> Sweeper::SendLost() {
  const Time now = clock_.Now();
  if (now < next_search_) co_return 0;
  int sent = 0;
  for (const JobState state : {JobState::kQueued, JobState::kRunning}) {
    JobQuery query;
    query.state = state;
    query.limit = kPage;
    do {
      if (stopping_) co_return sent;
      auto page = co_await ports_.jobs->List(query);
      if (!page) co_return Fail(page.error());
      std::erase_if(page->jobs, [&](const Job& job) {
        const Time sent_at = job.timeline.queued.value_or(job.timeline.received.value_or(now));
        return sent_at + options_.message_retention > now;
      });
      sent += int(page->jobs.size());
      const auto done = co_await Send(std::move(page->jobs));
      if (!done) co_return Fail(done.error());
      query.cursor = std::move(page->next);
    } while (!query.cursor.empty());
  }
  next_search_ = now + kSearchInterval;
  co_return sent;
}

Task<Result<int>> Sweeper::Expire() {
  int expired = 0;
  while (!stopping_) {
    const Time now = clock_.Now();
    const auto jobs = co_await ports_.jobs->ListOverdue(now, kPage);
    if (!jobs) co_return Fail(jobs.error());
    std::vector<Outcome> outcomes;
    for (const Job& job : *jobs) {
      Outcome outcome;
      outcome.job = job.id;
      outcome.model = job.model;
      outcome.state = JobState::kExpired;
      outcome.failure = Failure{"expired", "its deadline passed while it waited"};
      outcomes.push_back(std::move(outcome));
    }
    const int count = int(outcomes.size());
    if (count > 0) {
      const auto settled = co_await ports_.jobs->Settle(std::move(outcomes), now);
      if (!settled) co_return Fail(settled.error());
      ports_.news->Publish(*settled);
    }
    expired += count;
    if (count < kPage) break;
  }
  co_return expired;
}

Task<Result<int>> Sweeper::RemoveOld() {
  const auto batches = co_await ports_.jobs->ListFinishedBatches(clock_.Now() - options_.retention, kPage);
  if (!batches) co_return Fail(batches.error());
  int removed = 0;
  for (const Id batch : *batches) {
    if (stopping_) break;
    const auto done = co_await RemoveBatch(batch);
    if (!done) co_return Fail(done.error());
    removed += !stopping_;
  }
  co_return removed;
}

Task<Status> Sweeper::RemoveBatch(Id batch) {
  JobQuery query;
  query.batch = batch;
  query.limit = kPage;
  do {
    const auto page = co_await ports_.jobs->List(query);
    if (!page) co_return Fail(page.error());
    std::vector<std::string> inputs, outputs;
    for (const Job& job : page->jobs) {
      if (stopping_) co_return Status();
      inputs.push_back(InputKey(job.id));
      std::string prefix = OutputPrefix(job.id);
      const auto left = co_await ListKeys(*ports_.outputs, std::move(prefix));
      if (!left) co_return Fail(left.error());
      outputs.insert(outputs.end(), left->begin(), left->end());
    }
    const auto without_outputs = co_await RemoveObjects(io_, clock_, *ports_.outputs, std::move(outputs));
    if (!without_outputs) co_return Fail(without_outputs.error());
    const auto without_inputs = co_await RemoveObjects(io_, clock_, *ports_.inputs, std::move(inputs));
    if (!without_inputs) co_return Fail(without_inputs.error());
    query.cursor = page->next;
  } while (!query.cursor.empty());
  // The jobs go last: while they stand, a sweep that was cut short is taken up again.
  co_return co_await ports_.jobs->RemoveBatch(batch);
}

Task<Result<int>> Sweeper::RemoveOrphans() {
  int orphans = 0;
  const std::string end = FirstInputKey(EndedBefore(options_.orphan_age));
  while (!stopping_) {
    std::string prefix(kInputPrefix);
    const auto list = co_await ports_.inputs->List(std::move(prefix), swept_to_, kPage);
    if (!list) co_return Fail(list.error());
    std::vector<Id> ids;
    std::string swept_to;
    for (const ObjectInfo& object : list->objects) {
      if (object.key >= end) break;
      swept_to = object.key;
      // A key that is none of ours stays: somebody else's, put in over the gateway.
      const auto id = Id::Parse(std::string_view(object.key).substr(kInputPrefix.size()));
      if (id) ids.push_back(*id);
    }
    if (swept_to.empty()) break;
    const auto jobs = co_await ports_.jobs->GetMany(ids);
    if (!jobs) co_return Fail(jobs.error());
    std::unordered_set<Id, IdHash> known;
    for (const Job& job : *jobs) known.insert(job.id);
    std::vector<std::string> keys;
    for (const Id id : ids) {
      if (!known.contains(id)) keys.push_back(InputKey(id));
    }
    const int count = int(keys.size());
    const auto removed = co_await RemoveObjects(io_, clock_, *ports_.inputs, std::move(keys));
    if (!removed) co_return Fail(removed.error());
    orphans += count;
    swept_to_ = std::move(swept_to);
    if (!list->truncated) break;
  }
  co_return orphans;
}

}  // namespace darkroom::ledger
