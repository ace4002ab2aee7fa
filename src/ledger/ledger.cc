#include "ledger/ledger.h"

#include <fmt/format.h>

#include <algorithm>
#include <unordered_set>

#include "base/log.h"
#include "ports/bulk_objects.h"

namespace darkroom::ledger {
namespace {

constexpr Duration kPauseAfterError = 500ms;

}  // namespace

Ledger::Ledger(IoContext& io, Clock& clock, LedgerPorts ports, LedgerOptions options)
    : io_(io),
      clock_(clock),
      ports_(ports),
      options_(options),
      result_acks_(io, clock, *ports.results),
      dead_request_acks_(io, clock, *ports.dead_requests),
      loops_(io, clock) {}

void Ledger::Start() {
  for (int i = 0; i < options_.readers; ++i) loops_.Spawn(Loop(&Ledger::TakeReports, "results"));
  loops_.Spawn(Loop(&Ledger::TakeDeadRequests, "dead requests"));
}

Task<void> Ledger::Join() {
  co_await loops_.Join();
  co_await result_acks_.Flush();
  co_await dead_request_acks_.Flush();
}

Task<void> Ledger::Loop(Round round, const char* what) {
  while (!stopping_) {
    const auto taken = co_await (this->*round)(options_.poll);
    if (taken || stopping_) continue;
    spdlog::warn("ledger, {}: {}", what, taken.error().message());
    co_await SleepUntil(clock_, clock_.Now() + kPauseAfterError);
  }
}

Task<Result<int>> Ledger::TakeReports(Duration wait) {
  ReceiveOptions options;
  options.max = kMaxReceive;
  options.wait = wait;
  const auto messages = co_await ports_.results->Receive(std::move(options));
  if (!messages) co_return Fail(messages.error());
  if (messages->empty()) co_return 0;

  std::vector<JobStart> starts;
  std::vector<Outcome> outcomes;
  std::vector<std::string> receipts;
  for (const Message& message : *messages) {
    receipts.push_back(message.receipt);
    auto report = ParseWorkerReport(message.body);
    if (!report) {
      // Only a worker of ours writes here; what it cannot have meant is dropped rather than read for ever.
      spdlog::error("dropping report {}: {}", message.id, report.error().message());
      ++counters_.unreadable;
    } else if (auto* start = std::get_if<JobStart>(&*report)) {
      starts.push_back(std::move(*start));
    } else {
      outcomes.push_back(std::move(std::get<Outcome>(*report)));
    }
  }
  if (!starts.empty()) {
    const Status started = co_await TakeStarts(std::move(starts));
    if (!started) co_return Fail(started.error());
  }
  if (!outcomes.empty()) {
    const auto settled = co_await Settle(std::move(outcomes));
    if (!settled) co_return Fail(settled.error());
  }
  for (std::string& receipt : receipts) result_acks_.Add(std::move(receipt));
  co_return int(receipts.size());
}

Task<Result<int>> Ledger::TakeDeadRequests(Duration wait) {
  ReceiveOptions options;
  options.max = kMaxReceive;
  options.wait = wait;
  const auto messages = co_await ports_.dead_requests->Receive(std::move(options));
  if (!messages) co_return Fail(messages.error());
  if (messages->empty()) co_return 0;

  std::vector<Outcome> outcomes;
  std::vector<std::string> receipts;
  for (const Message& message : *messages) {
    receipts.push_back(message.receipt);
    const auto request = ParseJobRequest(message.body);
    if (!request) {
      spdlog::error("dropping request {} from the dead-letter queue: {}", message.id, request.error().message());
      ++counters_.unreadable;
      continue;
    }
    Outcome outcome;
    outcome.job = request->job;
    outcome.model = request->model;
    // Its receives from the request queue; this one, from the dead-letter queue, was no attempt.
    outcome.attempt = request->attempts + message.receive_count - 1;
    outcome.state = JobState::kFailed;
    outcome.failure =
        Failure{"gave_up", "every attempt ended without an outcome: its workers died or could not store a result"};
    outcomes.push_back(std::move(outcome));
  }
  counters_.gave_up += outcomes.size();
  if (!outcomes.empty()) {
    const auto settled = co_await Settle(std::move(outcomes));
    if (!settled) co_return Fail(settled.error());
  }
  for (std::string& receipt : receipts) dead_request_acks_.Add(std::move(receipt));
  co_return int(receipts.size());
}

Task<Status> Ledger::TakeStarts(std::vector<JobStart> starts) {
  const auto started = co_await ports_.jobs->MarkStarted(starts);
  if (!started) co_return Fail(started.error());
  ports_.news->Publish(*started);
  if (ports_.notices == nullptr || started->size() == starts.size()) co_return Status();
  // The others run already, as far as is known here, or are no more to be run.
  for (const Job& job : *started) std::erase_if(starts, [&](const JobStart& start) { return start.job == job.id; });
  std::vector<Id> ids;
  for (const JobStart& start : starts) ids.push_back(start.job);
  const auto jobs = co_await ports_.jobs->GetMany(std::move(ids));
  if (!jobs) co_return Fail(jobs.error());
  for (const JobStart& start : starts) {
    const auto job = std::ranges::find(*jobs, start.job, &Job::id);
    if (job != jobs->end() && !IsTerminal(job->state)) continue;
    std::string worker = start.worker;
    co_await ports_.notices->Stop(std::move(worker), start.job);
  }
  co_return Status();
}

Task<Status> Ledger::Settle(std::vector<Outcome> outcomes) {
  // An attempt after the first, an outcome that comes second, and one of no run (the last attempt ended without) mean
  // that another attempt may have stored artifacts.
  std::unordered_set<Id, IdHash> suspects;
  std::unordered_set<Id, IdHash> reported;
  for (const Outcome& outcome : outcomes) {
    const bool again = !reported.insert(outcome.job).second;
    if (again || outcome.attempt > 1 || outcome.run.empty()) suspects.insert(outcome.job);
  }
  const std::size_t count = outcomes.size();
  const auto settled = co_await ports_.jobs->Settle(std::move(outcomes), clock_.Now());
  if (!settled) co_return Fail(settled.error());
  ports_.news->Publish(*settled);
  counters_.settled += settled->size();
  counters_.repeated += count - settled->size();
  for (const Job& job : *settled) {
    reported.erase(job.id);
    if (ports_.quarantine != nullptr && job.state == JobState::kSucceeded) ports_.quarantine->Succeeded(job.model);
  }
  suspects.insert(reported.begin(), reported.end());
  for (const Id job : suspects) co_await RemoveLosers(job);
  co_return Status();
}

Task<void> Ledger::RemoveLosers(Id id) {
  const auto job = co_await ports_.jobs->Get(id);
  // Not settled: the attempt under way may win. No such job: its batch was removed, and all its objects are losers.
  if (!job || (*job && !IsTerminal((*job)->state))) co_return;
  const std::string winner = *job && !(*job)->run.empty() ? OutputPrefix(id) + (*job)->run + "/" : "";
  std::string prefix = OutputPrefix(id);
  auto keys = co_await ListKeys(*ports_.outputs, std::move(prefix));
  if (!keys) co_return;
  std::erase_if(*keys, [&](const std::string& key) { return !winner.empty() && key.starts_with(winner); });
  const auto removed = co_await RemoveObjects(io_, clock_, *ports_.outputs, std::move(*keys));
  if (!removed) spdlog::warn("runs of {} that do not count left objects: {}", id.ToString(), removed.error().message());
}

}  // namespace darkroom::ledger
