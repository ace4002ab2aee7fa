#include "worker/stop_notices.h"

#include "base/log.h"

namespace darkroom::worker {
namespace {

constexpr Duration kFirstPause = 1s;
constexpr Duration kLongestPause = 60s;

}  // namespace

void StopNotices::Stop() {
  stopping_ = true;
  stopped_.NotifyAll();
}

Task<void> StopNotices::Run() {
  Duration pause = kFirstPause;
  while (!stopping_) {
    const auto queue = co_await open_();
    Status heard = queue ? Status() : Fail(queue.error());
    if (queue) {
      pause = kFirstPause;
      heard = co_await Listen(*queue);
    }
    if (stopping_ || heard) break;
    spdlog::warn("cancelled jobs run to their end for now: {}", heard.error().message());
    const Time until = clock_.Now() + pause;
    while (!stopping_ && clock_.Now() < until) co_await stopped_.Wait(until);
    pause = std::min(pause * 2, kLongestPause);
  }
}

Task<Status> StopNotices::Listen(std::shared_ptr<Queue> queue) {
  while (!stopping_) {
    ReceiveOptions options;
    options.max = kMaxReceive;
    options.wait = kMaxWait;
    const auto messages = co_await queue->Receive(std::move(options));
    if (!messages) co_return Fail(messages.error());
    std::vector<std::string> receipts;
    for (const Message& message : *messages) {
      Heed(message.body);
      receipts.push_back(message.receipt);
    }
    if (receipts.empty()) continue;
    const auto acked = co_await queue->Ack(std::move(receipts));
    if (!acked) co_return Fail(acked.error());
  }
  co_return Status();
}

void StopNotices::Heed(const std::string& notice) const {
  const auto stop = ParseStopNotice(notice);
  if (stop) return on_stop_(stop->job);
  const auto quarantine = ParseQuarantine(notice);
  if (quarantine) on_quarantine_(*quarantine);
}

}  // namespace darkroom::worker
