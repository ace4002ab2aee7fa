// Reporter: carries starts and outcomes to the results queue, as many a call as have gathered, and acks a job's request
// only when its outcome is in that queue.
//
// Never gives an outcome up: while the queue cannot be reached it tries on, and the leases are renewed meanwhile.
// Threads: the loop's alone.
#pragma once

#include <deque>

#include "base/async.h"
#include "domain/message.h"
#include "ports/queue.h"
#include "worker/leases.h"

namespace darkroom::worker {

class Reporter {
 public:
  Reporter(IoContext& io, Clock& clock, Queue& results, RequestQueues requests, Leases& leases)
      : clock_(clock), results_(results), requests_(requests), leases_(leases), changed_(clock), acks_(io, clock) {}

  void Report(const JobStart& start);
  void Report(const Outcome& outcome, Priority queue, std::string receipt);

  // Until Stop and all has been handed over.
  Task<void> Run();
  void Stop();

 private:
  struct Pending {
    std::string message;
    Priority queue = Priority::kNormal;
    std::string receipt;  // empty: nothing to ack
  };
  Task<void> Hand(std::vector<Pending> batch);
  Task<void> Ack(std::vector<Pending> done);

  Clock& clock_;
  Queue& results_;
  const RequestQueues requests_;
  Leases& leases_;
  std::deque<Pending> pending_;
  bool stopping_ = false;
  Signal changed_;
  TaskGroup acks_;
};

}  // namespace darkroom::worker
