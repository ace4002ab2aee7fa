#include "ports/ack_gatherer.h"

#include <utility>

#include "base/log.h"

namespace darkroom {
namespace {

constexpr std::size_t kMostAtOnce = 10;  // one SQS batch

}  // namespace

AckGatherer::AckGatherer(IoContext& io, Clock& clock, Queue& queue, std::function<void(const std::string&)> before)
    : clock_(clock), queue_(queue), before_(std::move(before)), calls_(io, clock) {}

AckGatherer::~AckGatherer() {
  if (timer_) clock_.Cancel(*timer_);
}

void AckGatherer::Add(std::string receipt) {
  gathered_.push_back(std::move(receipt));
  if (gathered_.size() >= kMostAtOnce) return Send();
  if (!timer_) timer_ = clock_.CallAt(clock_.Now() + kAckLinger, [this] { Send(); });
}

Task<void> AckGatherer::Flush() {
  Send();
  co_await calls_.Join();
}

void AckGatherer::Send() {
  if (timer_) clock_.Cancel(*timer_);
  timer_.reset();
  if (!gathered_.empty()) calls_.Spawn(Ack(std::exchange(gathered_, {})));
}

Task<void> AckGatherer::Ack(std::vector<std::string> receipts) {
  if (before_) {
    for (const std::string& receipt : receipts) before_(receipt);
  }
  const auto acked = co_await queue_.Ack(std::move(receipts));
  if (!acked) spdlog::warn("could not ack to {}; it comes again: {}", queue_.name(), acked.error().message());
}

}  // namespace darkroom
