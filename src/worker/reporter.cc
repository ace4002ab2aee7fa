#include "worker/reporter.h"

#include <algorithm>

#include "base/log.h"

namespace darkroom::worker {
namespace {

constexpr std::size_t kMostAtOnce = 10;  // one SQS batch
constexpr Duration kFirstRetry = 100ms;
constexpr Duration kLongestRetry = 5s;

// A lease is renewed until its ack is on the way.
auto LetGoOf(Leases& leases) {
  return [&leases](const std::string& receipt) { leases.LetGo(receipt); };
}

}  // namespace

Reporter::Reporter(IoContext& io, Clock& clock, Queue& results, RequestQueues requests, Leases& leases)
    : clock_(clock),
      results_(results),
      changed_(clock),
      acks_{AckGatherer(io, clock, *requests[0], LetGoOf(leases)),
            AckGatherer(io, clock, *requests[1], LetGoOf(leases)),
            AckGatherer(io, clock, *requests[2], LetGoOf(leases))} {}

void Reporter::Report(const JobStart& start) { Add({ToMessage(start), Priority::kNormal, ""}, clock_.Now()); }

void Reporter::Report(const Outcome& outcome, Priority queue, std::string receipt, Urgency urgency) {
  const Duration linger = urgency == Urgency::kMayGather ? kOutcomeLinger : Duration(0);
  Add({ToMessage(outcome), queue, std::move(receipt)}, clock_.Now() + linger);
}

void Reporter::Add(Pending pending, Time due) {
  const bool sooner = pending_.empty() || due < due_;
  if (sooner) due_ = due;
  pending_.push_back(std::move(pending));
  if (sooner || pending_.size() >= kMostAtOnce) changed_.NotifyAll();
}

void Reporter::Hurry() {
  due_ = clock_.Now();
  changed_.NotifyAll();
}

void Reporter::Stop() {
  stopping_ = true;
  changed_.NotifyAll();
}

Task<void> Reporter::Run() {
  while (!stopping_ || !pending_.empty()) {
    if (pending_.empty()) {
      co_await changed_.Wait();
      continue;
    }
    if (!stopping_ && pending_.size() < kMostAtOnce && clock_.Now() < due_) {
      co_await changed_.Wait(due_);
      continue;
    }
    const auto count = std::min(kMostAtOnce, pending_.size());
    std::vector<Pending> batch(std::make_move_iterator(pending_.begin()),
                               std::make_move_iterator(pending_.begin() + std::ptrdiff_t(count)));
    pending_.erase(pending_.begin(), pending_.begin() + std::ptrdiff_t(count));
    co_await Hand(std::move(batch));
  }
  for (AckGatherer& acks : acks_) co_await acks.Flush();
}

Task<void> Reporter::Hand(std::vector<Pending> batch) {
  Duration pause = kFirstRetry;
  while (true) {
    std::vector<SendRequest> requests;
    for (const Pending& p : batch) requests.push_back({.body = p.message});
    const auto sent = co_await results_.Send(std::move(requests));
    if (sent) break;
    spdlog::warn("could not report {} outcomes, trying on: {}", batch.size(), sent.error().message());
    co_await SleepUntil(clock_, clock_.Now() + pause);
    pause = std::min(pause * 2, kLongestRetry);
  }
  for (Pending& p : batch) {
    if (!p.receipt.empty()) acks_[std::size_t(p.queue)].Add(std::move(p.receipt));
  }
}

}  // namespace darkroom::worker
