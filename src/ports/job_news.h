// JobNews: tells coroutines of this process at once what became of jobs: the ledger and whoever cancels publish,
// HTTP clients that wait subscribe. It carries no promise across processes or crashes: the truth is in the JobStore,
// which a subscriber reads after it has subscribed.
//
// Threads: the loop's alone. JobNews outlives its subscriptions.
#pragma once

#include <functional>
#include <memory>
#include <unordered_map>
#include <vector>

#include "base/async.h"
#include "domain/job.h"

namespace darkroom {

class JobNews {
 public:
  explicit JobNews(Clock& clock) : clock_(clock) {}

  // Nothing published after its construction is missed by a subscription.
  class Subscription {
   public:
    Subscription(JobNews& news, Id batch);
    ~Subscription();
    Subscription(const Subscription&) = delete;

    // True at once when there is news that Take has not given out, else when some comes; false at `deadline`, and when
    // woken by Wake.
    Task<bool> Wait(Time deadline);
    // The jobs as they were published, oldest news first.
    std::vector<std::shared_ptr<const Job>> Take() { return std::exchange(news_, {}); }
    void Wake() { signal_.NotifyAll(); }

   private:
    friend class JobNews;
    JobNews& source_;
    const Id batch_;
    std::vector<std::shared_ptr<const Job>> news_;
    Signal signal_;
  };

  void Publish(const std::vector<Job>& jobs);
  // `observer` is shown every published job, for metrics; one observer, nullptr: none.
  void Observe(std::function<void(const Job&)> observer) { observer_ = std::move(observer); }
  // Lets every Wait return, for a process that stops.
  void WakeAll();

 private:
  Clock& clock_;
  std::unordered_multimap<Id, Subscription*, IdHash> subscriptions_;
  std::function<void(const Job&)> observer_;
};

}  // namespace darkroom
