// Reporter: carries starts and outcomes to the results queue, as many a call as have gathered, and acks a job's request
// only when its outcome is in that queue.
//
// Outcomes go at once, for somebody waits for them, unless there is a backlog: then they gather for up to
// kOutcomeLinger, which saves the hub a call and two commits each. Acks always gather (ports/ack_gatherer.h). Of a
// worker that is killed meanwhile some jobs run once more.
//
// Never gives an outcome up: while the queue cannot be reached it tries on, and the leases are renewed meanwhile.
// Threads: the loop's alone.
#pragma once

#include <array>
#include <deque>
#include <vector>

#include "base/async.h"
#include "domain/message.h"
#include "ports/ack_gatherer.h"
#include "ports/queue.h"
#include "worker/leases.h"

namespace darkroom::worker {

inline constexpr Duration kOutcomeLinger = 100ms;
enum class Urgency { kAtOnce, kMayGather };

class Reporter {
 public:
  Reporter(IoContext& io, Clock& clock, Queue& results, RequestQueues requests, Leases& leases);

  void Report(const JobStart& start);
  void Report(const Outcome& outcome, Priority queue, std::string receipt, Urgency urgency);
  // What has gathered waits no longer.
  void Hurry();

  // Until Stop and all has been handed over.
  Task<void> Run();
  void Stop();

 private:
  struct Pending {
    std::string message;
    Priority queue = Priority::kNormal;
    std::string receipt;  // empty: nothing to ack
  };
  void Add(Pending pending, Time due);
  Task<void> Hand(std::vector<Pending> batch);

  Clock& clock_;
  Queue& results_;
  std::deque<Pending> pending_;
  Time due_;  // when what is pending goes; of the rest of a full call, when the oldest of that call was due
  bool stopping_ = false;
  Signal changed_;
  std::array<AckGatherer, kPriorities.size()> acks_;  // by Priority
};

}  // namespace darkroom::worker
