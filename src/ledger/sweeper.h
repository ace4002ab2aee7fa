// Sweeper: repairs what a crash left behind, and lets go of what is too old. Each sweep is a few indexed queries; it
// costs nothing where there is nothing to do.
//
//   a job whose message never reached the queue  → is sent (again: a second message is harmless)
//   a job past its deadline                      → expired
//   a batch past its retention, all settled      → removed with its objects
//   a picture whose job was never created        → removed
//
// Life: Start, Stop, then destroy. Threads: the loop's alone.
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

struct SweeperOptions {
  Duration interval = 30s;
  Duration grace =
      30s;  // an upload may be between its writes for so long; jobs older than this process are not waited for
  Duration retention = 30 * 24h;  // of a batch, from its creation
};

struct SweepReport {
  int sent = 0;     // jobs
  int expired = 0;  // jobs
  int removed = 0;  // batches
  int orphans = 0;  // pictures
  bool operator==(const SweepReport&) const = default;
};

class Sweeper {
 public:
  Sweeper(IoContext& io, Clock& clock, SweeperPorts ports, SweeperOptions options = {});

  // Sweeps at once, then each interval.
  void Start();
  void Stop();
  Task<bool> Join(Time deadline) { return loop_.Join(deadline); }

  // One sweep. An error ends it; the next begins anew.
  Task<Result<SweepReport>> Sweep();

 private:
  Task<void> Loop();
  Task<Result<int>> SendUnsent();
  Task<Result<int>> Expire();
  Task<Result<int>> RemoveOld();
  Task<Result<int>> RemoveOrphans();
  Task<Status> RemoveObjects(ObjectStore& store, std::string prefix);
  // What was begun before it is not under way any more.
  Time SettledBefore() const;

  Clock& clock_;
  const SweeperPorts ports_;
  const SweeperOptions options_;
  const Time started_;
  // Pictures up to this key have been held against the jobs. Keys sort by the time their job's id was made, so a sweep
  // looks at what came since. It starts from the beginning with the process.
  std::string swept_to_;
  bool stopping_ = false;
  Signal wake_;
  TaskGroup loop_;
};

}  // namespace darkroom::ledger
