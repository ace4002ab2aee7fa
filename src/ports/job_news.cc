#include "ports/job_news.h"

namespace darkroom {

JobNews::Subscription::Subscription(JobNews& news, Id batch) : source_(news), batch_(batch), signal_(news.clock_) {
  source_.subscriptions_.emplace(batch_, this);
}

JobNews::Subscription::~Subscription() {
  const auto [first, last] = source_.subscriptions_.equal_range(batch_);
  for (auto at = first; at != last; ++at) {
    if (at->second == this) {
      source_.subscriptions_.erase(at);
      return;
    }
  }
}

Task<bool> JobNews::Subscription::Wait(Time deadline) {
  if (news_.empty()) co_await signal_.Wait(deadline);
  co_return !news_.empty();
}

void JobNews::Publish(const std::vector<Job>& jobs) {
  for (const Job& job : jobs) {
    if (observer_) observer_(job);
    const auto [first, last] = subscriptions_.equal_range(job.batch);
    if (first == last) continue;
    const auto news = std::make_shared<const Job>(job);
    for (auto at = first; at != last; ++at) {
      at->second->news_.push_back(news);
      at->second->signal_.NotifyAll();
    }
  }
}

void JobNews::WakeAll() {
  for (const auto& [batch, subscription] : subscriptions_) subscription->Wake();
}

}  // namespace darkroom
