// Backlog: how much work waits, and whether there is room for more. Asks the store and the queues at most once a
// second, however many clients ask. Threads: the loop's alone.
#pragma once

#include <array>
#include <cstdint>
#include <optional>

#include "base/async.h"
#include "web/options.h"
#include "web/problem.h"

namespace darkroom::web {

class Backlog {
 public:
  using JobCounts = std::array<std::int64_t, kJobStates.size()>;
  struct Queues {
    std::array<QueueStats, kPriorities.size()> by_priority;
    QueueStats total;  // oldest_age: of the oldest of all
  };

  Backlog(const WebDeps& deps, std::int64_t max_queued) : deps_(deps), max_queued_(max_queued) {}

  Task<Result<JobCounts>> Jobs();
  Task<Result<Queues>> RequestQueues();

  // queue_full, with Retry-After, when as many jobs wait as may.
  Task<OrProblem<void>> CheckRoom();
  // Jobs that were queued since, so that a burst within the second is seen.
  void Added(std::int64_t jobs) { added_ += jobs; }

 private:
  template <class T>
  struct Cached {
    T value{};
    std::optional<Time> read;
  };
  bool Fresh(const std::optional<Time>& read) const;

  const WebDeps& deps_;
  const std::int64_t max_queued_;
  Cached<JobCounts> jobs_;
  Cached<Queues> queues_;
  std::int64_t added_ = 0;  // since jobs_ was read
};

}  // namespace darkroom::web
