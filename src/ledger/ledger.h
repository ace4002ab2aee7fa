// Ledger: the one writer of job state after submission. It takes what workers report off the results queue and settles
// jobs, the first outcome winning; what ends in the dead-letter queue it settles as failed; then it tells whoever
// waits.
//
// A report is acked when it is in the JobStore: a ledger that is killed reads it again, and settling twice changes
// nothing. Artifacts of attempts that did not win are removed here. A worker that starts what has ended (it was
// cancelled a moment before) is told to leave it.
//
// Life: Start, Stop, then destroy. Threads: the loop's alone.
#pragma once

#include <cstdint>

#include "base/async.h"
#include "domain/message.h"
#include "ledger/quarantine_orders.h"
#include "ports/ack_gatherer.h"
#include "ports/job_news.h"
#include "ports/job_store.h"
#include "ports/object_store.h"
#include "ports/queue.h"
#include "ports/worker_notices.h"

namespace darkroom::ledger {

struct LedgerPorts {
  Queue* results = nullptr;
  Queue* dead_requests = nullptr;  // dead-letter queue of the request queues
  JobStore* jobs = nullptr;
  ObjectStore* outputs = nullptr;
  JobNews* news = nullptr;
  WorkerNotices* notices = nullptr;        // may be null: no worker is told
  QuarantineOrders* quarantine = nullptr;  // hears of jobs that succeed; may be null
};

struct LedgerOptions {
  int readers = 4;  // receives under way at once, so that one group's commit does not hold the next up
  Duration poll = kMaxWait;
};

// What it has done since it started, for metrics.
struct LedgerCounters {
  std::uint64_t settled = 0;
  std::uint64_t repeated = 0;  // outcomes of jobs that had one
  std::uint64_t gave_up = 0;   // settled from the dead-letter queue
  std::uint64_t unreadable = 0;
};

class Ledger {
 public:
  Ledger(IoContext& io, Clock& clock, LedgerPorts ports, LedgerOptions options = {});

  void Start();
  // Ends the receives that are under way by itself only where the queue wakes them; a stopping process cancels its
  // client or destroys the engine's waiters first.
  void Stop() { stopping_ = true; }
  // Until all rounds have ended and what they took is acked.
  Task<void> Join();

  // One round: at most ten reports. Returns how many it took; they are acked a little later (ports/ack_gatherer.h).
  Task<Result<int>> TakeReports(Duration wait);
  Task<Result<int>> TakeDeadRequests(Duration wait);

  const LedgerCounters& counters() const { return counters_; }

 private:
  using Round = Task<Result<int>> (Ledger::*)(Duration wait);
  Task<void> Loop(Round round, const char* what);
  Task<Status> TakeStarts(std::vector<JobStart> starts);
  Task<Status> Settle(std::vector<Outcome> outcomes);
  Task<void> RemoveLosers(Id job);

  IoContext& io_;
  Clock& clock_;
  const LedgerPorts ports_;
  const LedgerOptions options_;
  bool stopping_ = false;
  LedgerCounters counters_;
  AckGatherer result_acks_;
  AckGatherer dead_request_acks_;
  TaskGroup loops_;
};

}  // namespace darkroom::ledger
