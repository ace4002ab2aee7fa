// Backlog: how much work waits, and whether there is room for more. Who wants to know is told what is so now; the check
// that each submission makes asks the store at most once a second, however many there are. Threads: the loop's alone.
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
  Task<Result<Queues>> RequestQueues() const;

  // queue_full, with Retry-After, when as many jobs wait as may.
  Task<OrProblem<void>> CheckRoom();
  // Jobs that were queued since, so that a burst within the second is seen.
  void Added(std::int64_t jobs) { added_ += jobs; }

 private:
  const WebDeps& deps_;
  const std::int64_t max_queued_;
  std::int64_t queued_ = 0;   // jobs, when they were counted last
  std::optional<Time> read_;  // when that was
  std::int64_t added_ = 0;    // since then
};

}  // namespace darkroom::web
