#include "worker/leases.h"

#include "base/log.h"

namespace darkroom::worker {

void Leases::Hold(Priority queue, std::string receipt) { held_.emplace(std::move(receipt), queue); }

void Leases::Stop() {
  stopping_ = true;
  changed_.NotifyAll();
}

Task<void> Leases::Run() {
  while (!stopping_) {
    co_await changed_.Wait(clock_.Now() + visibility_ / 3);
    if (!stopping_) co_await Renew();
  }
}

Task<void> Leases::Renew() {
  for (const Priority priority : kPriorities) {
    std::vector<std::string> receipts;
    for (const auto& [receipt, queue] : held_) {
      if (queue == priority) receipts.push_back(receipt);
    }
    if (receipts.empty()) continue;
    const auto renewed = co_await queues_[std::size_t(priority)]->Extend(receipts, visibility_);
    if (!renewed) {
      spdlog::warn("could not renew {} leases: {}", receipts.size(), renewed.error().message());
      continue;
    }
    for (std::size_t i = 0; i < receipts.size(); ++i) {
      if (!(*renewed)[i]) held_.erase(receipts[i]);
    }
  }
}

}  // namespace darkroom::worker
