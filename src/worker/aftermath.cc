#include "worker/aftermath.h"

#include <fmt/format.h>
#include <string.h>

#include <csignal>

#include "base/log.h"

namespace darkroom::worker {
namespace {

std::string SignalName(int signal) {
  const char* name = sigabbrev_np(signal);
  return name == nullptr ? "unknown" : fmt::format("SIG{}", name);
}

// What a process brings upon itself (signal(7)): the kernel sends it for what an instruction did, or abort(3) does.
bool IsOfItsOwnMaking(int signal) {
  switch (signal) {
    case SIGSEGV:
    case SIGBUS:
    case SIGILL:
    case SIGFPE:
    case SIGABRT:
    case SIGTRAP:
    case SIGSYS:
      return true;
    default:
      return false;
  }
}

Task<Status> ClearUpOne(AftermathPorts ports, LaneEntry entry, std::string worker, MemberEnd end, int most_deaths) {
  auto request = ParseJobRequest(entry.message);
  if (!request) co_return Fail(request.error());
  const std::string job = request->job.ToString();
  Verdict verdict = Judge(std::move(*request), entry.attempt, end, most_deaths);
  Queue& queue = *ports.requests[std::size_t(entry.queue)];
  std::vector<SendRequest> messages(1);
  if (verdict.failure) {
    spdlog::error("job {}: {}", job, verdict.failure->message);
    Outcome outcome;
    outcome.job = verdict.again.job;
    outcome.model = verdict.again.model;
    outcome.attempt = entry.attempt;
    outcome.worker = worker;
    outcome.state = JobState::kFailed;
    outcome.failure = std::move(verdict.failure);
    messages[0].body = ToMessage(outcome);
    const auto sent = co_await ports.results->Send(std::move(messages));
    if (!sent) co_return Fail(sent.error());
  } else {
    spdlog::warn("job {} was being run by {} when that {}; it is run again, alone", job, worker, Describe(end));
    messages[0].body = ToMessage(verdict.again);
    messages[0].group = verdict.again.model.name;
    const auto sent = co_await queue.Send(std::move(messages));
    if (!sent) co_return Fail(sent.error());
  }
  std::vector<std::string> receipts{entry.receipt};
  co_return co_await queue.Ack(std::move(receipts));
}

}  // namespace

Cause CauseOf(const MemberEnd& end) {
  if (end.signal != 0 && IsOfItsOwnMaking(end.signal)) return Cause::kCrashed;
  if (end.asked) return Cause::kNone;
  if (end.signal != 0) return Cause::kKilled;
  return end.status == 0 ? Cause::kNone : Cause::kCrashed;  // 0: somebody else asked it to leave
}

std::string Describe(const MemberEnd& end) {
  if (end.signal == 0) return fmt::format("exited with status {}", end.status);
  return fmt::format("ended by signal {} ({})", end.signal, SignalName(end.signal));
}

Verdict Judge(JobRequest request, int attempt, const MemberEnd& end, int most_deaths) {
  const Cause cause = CauseOf(end);
  request.attempts = attempt;
  request.crashes += cause == Cause::kCrashed;
  request.kills += cause == Cause::kKilled;
  Verdict verdict{std::nullopt, std::move(request)};
  const int deaths = verdict.again.crashes + verdict.again.kills;
  if (cause == Cause::kNone || (verdict.again.crashes < kMostCrashes && deaths < most_deaths)) return verdict;
  const char* hint = cause == Cause::kKilled ? ", as a system does when its memory runs out" : "";
  const std::string why =
      deaths == 1 ? fmt::format("its worker {} while it ran this job{}", Describe(end), hint)
                  : fmt::format("{} workers died while they ran this job; the last, which ran nothing else, {}{}",
                                deaths, Describe(end), hint);
  verdict.failure = Failure{"killed_worker", why + "; it is not tried again"};
  return verdict;
}

std::optional<JobRequest> SureCause(const std::vector<LaneEntry>& entries, const MemberEnd& end) {
  if (CauseOf(end) != Cause::kCrashed || entries.size() != 1) return std::nullopt;
  auto request = ParseJobRequest(entries[0].message);
  if (!request) return std::nullopt;
  return std::move(*request);
}

Task<Status> ClearUp(AftermathPorts ports, std::vector<LaneEntry> entries, std::string worker, MemberEnd end,
                     int most_deaths) {
  Status done;
  if (CauseOf(end) == Cause::kNone) co_return done;
  for (LaneEntry& entry : entries) {
    const Status one = co_await ClearUpOne(ports, std::move(entry), worker, end, most_deaths);
    if (!one && done) done = Fail(one.error());
  }
  co_return done;
}

}  // namespace darkroom::worker
