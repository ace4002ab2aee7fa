#include "worker/reporter.h"

#include <algorithm>

#include "base/log.h"

namespace darkroom::worker {
namespace {

constexpr std::size_t kMostAtOnce = 10;  // one SQS batch
constexpr Duration kFirstRetry = 100ms;
constexpr Duration kLongestRetry = 5s;

}  // namespace

void Reporter::Report(const JobStart& start) {
  pending_.push_back({ToMessage(start), Priority::kNormal, ""});
  changed_.NotifyAll();
}

void Reporter::Report(const Outcome& outcome, Priority queue, std::string receipt) {
  pending_.push_back({ToMessage(outcome), queue, std::move(receipt)});
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
    const auto count = std::min(kMostAtOnce, pending_.size());
    std::vector<Pending> batch(std::make_move_iterator(pending_.begin()),
                               std::make_move_iterator(pending_.begin() + std::ptrdiff_t(count)));
    pending_.erase(pending_.begin(), pending_.begin() + std::ptrdiff_t(count));
    co_await Hand(std::move(batch));
  }
  co_await acks_.Join();
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
  acks_.Spawn(Ack(std::move(batch)));
}

Task<void> Reporter::Ack(std::vector<Pending> done) {
  for (const Priority priority : kPriorities) {
    std::vector<std::string> receipts;
    for (Pending& p : done) {
      if (!p.receipt.empty() && p.queue == priority) receipts.push_back(std::move(p.receipt));
    }
    if (receipts.empty()) continue;
    for (const std::string& receipt : receipts) leases_.LetGo(receipt);
    const auto acked = co_await requests_[std::size_t(priority)]->Ack(std::move(receipts));
    // The message comes again when its lease ends; the ledger knows the outcome already and ignores the second.
    if (!acked) spdlog::warn("could not ack: {}", acked.error().message());
  }
}

}  // namespace darkroom::worker
