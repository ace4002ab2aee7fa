#include "ledger/sweeper.h"

#include <algorithm>
#include <unordered_set>

#include "base/log.h"
#include "domain/message.h"

namespace darkroom::ledger {
namespace {

constexpr int kPage = 500;

}  // namespace

Sweeper::Sweeper(IoContext& io, Clock& clock, SweeperPorts ports, SweeperOptions options)
    : clock_(clock), ports_(ports), options_(options), started_(clock.Now()), wake_(clock), loop_(io, clock) {}

void Sweeper::Start() { loop_.Spawn(Loop()); }

void Sweeper::Stop() {
  stopping_ = true;
  wake_.NotifyAll();
}

Task<void> Sweeper::Loop() {
  while (!stopping_) {
    const auto report = co_await Sweep();
    if (!report) {
      spdlog::warn("sweeper: {}", report.error().message());
    } else if (*report != SweepReport{}) {
      spdlog::info("sweeper: sent {} jobs again, expired {}, removed {} old batches and {} orphaned pictures",
                   report->sent, report->expired, report->removed, report->orphans);
    }
    if (!stopping_) co_await wake_.Wait(clock_.Now() + options_.interval);
  }
}

Time Sweeper::SettledBefore() const {
  return std::max(clock_.Now() - options_.grace, std::min(started_, clock_.Now()));
}

Task<Result<SweepReport>> Sweeper::Sweep() {
  SweepReport report;
  using Step = Task<Result<int>> (Sweeper::*)();
  const std::pair<Step, int SweepReport::*> steps[] = {{&Sweeper::SendUnsent, &SweepReport::sent},
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

Task<Result<int>> Sweeper::SendUnsent() {
  int sent = 0;
  while (true) {
    const auto jobs = co_await ports_.jobs->ListUnsent(SettledBefore(), kPage);
    if (!jobs) co_return Fail(jobs.error());
    std::array<std::vector<SendRequest>, kPriorities.size()> requests;
    std::vector<Id> ids;
    for (const Job& job : *jobs) {
      const JobRequest request{job.id, job.model, job.top_k, job.deadline, job.input.file_name};
      requests[std::size_t(job.priority)].push_back({.body = ToMessage(request)});
      ids.push_back(job.id);
    }
    for (std::size_t p = 0; p < requests.size(); ++p) {
      if (requests[p].empty()) continue;
      const auto done = co_await ports_.requests[p]->Send(std::move(requests[p]));
      if (!done) co_return Fail(done.error());
    }
    const int count = int(ids.size());
    if (count > 0) {
      const auto marked = co_await ports_.jobs->MarkSent(std::move(ids), clock_.Now());
      if (!marked) co_return Fail(marked.error());
    }
    sent += count;
    if (count < kPage) co_return sent;
  }
}

Task<Result<int>> Sweeper::Expire() {
  int expired = 0;
  while (true) {
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
    if (count < kPage) co_return expired;
  }
}

Task<Result<int>> Sweeper::RemoveOld() {
  const auto batches = co_await ports_.jobs->ListFinishedBatches(clock_.Now() - options_.retention, kPage);
  if (!batches) co_return Fail(batches.error());
  for (const Id batch : *batches) {
    JobQuery query;
    query.batch = batch;
    query.limit = kPage;
    do {
      const auto page = co_await ports_.jobs->List(query);
      if (!page) co_return Fail(page.error());
      for (const Job& job : page->jobs) {
        const auto outputs = co_await RemoveObjects(*ports_.outputs, OutputPrefix(job.id));
        if (!outputs) co_return Fail(outputs.error());
        const auto input = co_await ports_.inputs->Remove(InputKey(job.id));
        if (!input) co_return Fail(input.error());
      }
      query.cursor = page->next;
    } while (!query.cursor.empty());
    // The jobs go last: while they stand, a sweep that was cut short is taken up again.
    const auto removed = co_await ports_.jobs->RemoveBatch(batch);
    if (!removed) co_return Fail(removed.error());
  }
  co_return int(batches->size());
}

Task<Status> Sweeper::RemoveObjects(ObjectStore& store, std::string prefix) {
  while (true) {
    const auto list = co_await store.List(prefix, std::string(), 1000);
    if (!list) co_return Fail(list.error());
    for (const ObjectInfo& object : list->objects) {
      const auto removed = co_await store.Remove(object.key);
      if (!removed) co_return Fail(removed.error());
    }
    if (!list->truncated) co_return Status();
  }
}

Task<Result<int>> Sweeper::RemoveOrphans() {
  const std::string prefix = "input/";
  int orphans = 0;
  while (true) {
    const auto list = co_await ports_.inputs->List(prefix, swept_to_, kPage);
    if (!list) co_return Fail(list.error());
    std::vector<Id> ids;
    bool reached_present = false;
    for (const ObjectInfo& object : list->objects) {
      const auto id = Id::Parse(std::string_view(object.key).substr(prefix.size()));
      if (!id) continue;
      reached_present = id->time() >= SettledBefore();
      if (reached_present) break;
      ids.push_back(*id);
    }
    std::unordered_set<Id, IdHash> known;
    if (!ids.empty()) {
      const auto jobs = co_await ports_.jobs->GetMany(ids);
      if (!jobs) co_return Fail(jobs.error());
      for (const Job& job : *jobs) known.insert(job.id);
    }
    for (const Id id : ids) {
      if (known.contains(id)) continue;
      const auto removed = co_await ports_.inputs->Remove(InputKey(id));
      if (!removed) co_return Fail(removed.error());
      ++orphans;
    }
    if (!ids.empty()) swept_to_ = InputKey(ids.back());
    if (reached_present || !list->truncated) co_return orphans;
  }
}

}  // namespace darkroom::ledger
