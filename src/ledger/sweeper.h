// Sweeper: repairs what a crash left behind, and lets go of what is too old. Each sweep is a few indexed queries; it
// costs nothing where there is nothing to do.
//
//   a job whose message never reached the queue  → is sent (again: a second message is harmless)
//   a job whose message the queue dropped by age → is sent again
//   a job past its deadline                      → expired
//   a batch past its retention, all settled      → removed with its objects
//   a picture whose job was never created        → removed
//
// Life: Start, Stop, Join, then destroy. Threads: the loop's alone.
#pragma once

#include <array>
#include <cstdint>

#include "base/async.h"
#include "ports/job_news.h"
#include "ports/job_store.h"
#include "ports/object_store.h"
#include "ports/queue.h"

namespace darkroom::ledger {

struct SweeperPorts {
  std::array<Queue*, kPriorities.size()> requests{};
  JobStore* jobs = nullptr;
  ObjectStore* inputs = nullptr;
  ObjectStore* outputs = nullptr;
  JobNews* news = nullptr;
};

// What began before this process is not waited for: submissions are taken by the process of the sweeper, and ended with
// the one before it.
struct SweeperOptions {
  Duration interval = 30s;
  Duration grace = 30s;  // between the creation of a job and the mark that its message was sent
  // A picture without a job may belong to an upload under way, of which other files are still to come. Must be well
  // above the time that an upload may take (web::WebOptions::max_upload).
  Duration orphan_age = 24h;
  Duration message_retention = 14 * 24h;  // of the request queues
  Duration retention = 30 * 24h;          // of a batch, from its creation
};

struct SweepReport {
  int sent = 0;        // jobs whose message had not been
  int sent_again = 0;  // jobs whose message was lost
  int expired = 0;     // jobs
  int removed = 0;     // batches
  int orphans = 0;     // pictures
  bool operator==(const SweepReport&) const = default;
};

class Sweeper {
 public:
  Sweeper(IoContext& io, Clock& clock, SweeperPorts ports, SweeperOptions options = {});

  // Sweeps at once, then each interval.
  void Start();
  // A sweep under way ends at its next step, of which each is a few calls.
  void Stop();
  Task<void> Join();

  // One sweep. An error ends it; the next begins anew.
  Task<Result<SweepReport>> Sweep();

 private:
  Task<void> Loop();
  Task<Result<int>> SendUnsent();
  Task<Result<int>> SendLost();
  Task<Status> Send(std::vector<Job> jobs);
  Task<Result<int>> Expire();
  Task<Result<int>> RemoveOld();
  Task<Result<int>> RemoveOrphans();
  Task<Status> RemoveBatch(Id batch);
  // What was begun before it is not under way any more, when it may be so for `longest`.
  Time EndedBefore(Duration longest) const;

  IoContext& io_;
  Clock& clock_;
  const SweeperPorts ports_;
  const SweeperOptions options_;
  const Time started_;
  // Keys up to this one have been held against the jobs. They sort by the time their job's id was made, so a sweep
  // looks at what has come of age since. It starts from the beginning with the process.
  std::string swept_to_;
  Time next_search_;  // for lost messages
  bool stopping_ = false;
  Signal wake_;
  TaskGroup loop_;
};

}  // namespace darkroom::ledger
