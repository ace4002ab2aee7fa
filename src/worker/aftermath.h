// Aftermath: what becomes of the jobs that a worker was running when its process ended. Whoever started the worker
// knows how it ended, and finds in its LaneRecord what it ran.
//
//   crashed (a signal of its own making, or an exit nobody asked for): the job is suspect, and run once more, alone; of
//     the second crash it must be the cause, and it has failed.
//   killed (SIGKILL and the like, from outside): by somebody for reasons of theirs, or by the system because memory ran
//     out, and one cannot be told from the other. The job is run again, alone, as often as any job may be tried.
//   asked to leave: nothing is to blame.
//
// The count travels in the message, which is sent anew: that needs of the queue only what SQS has, and outlives a hub
// that is killed. One that is killed between the two steps leaves the message twice, which is harmless.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/async.h"
#include "domain/message.h"
#include "ports/fleet.h"
#include "worker/lane_record.h"
#include "worker/leases.h"

namespace darkroom::worker {

inline constexpr int kMostCrashes = 2;

enum class Cause { kNone, kKilled, kCrashed };
Cause CauseOf(const MemberEnd& end);

// "ended by signal 11 (SIGSEGV)", "exited with status 1".
std::string Describe(const MemberEnd& end);

struct Verdict {
  std::optional<Failure> failure;  // the job is settled so, code "killed_worker"
  JobRequest again;                // else this is sent
};
// `attempt`: which one ended so. `most_deaths`: crashes and kills together after which a job is not tried again.
Verdict Judge(JobRequest request, int attempt, const MemberEnd& end, int most_deaths);

// The job that the worker crashed of, for nothing else ran. nullopt: it did not crash, or nobody can tell which it was.
std::optional<JobRequest> SureCause(const std::vector<LaneEntry>& entries, const MemberEnd& end);

struct AftermathPorts {
  RequestQueues requests;
  Queue* results = nullptr;
};
// Judges each entry and does what follows; it holds the dead worker's leases, so do this before they are let go. Of an
// error (the first is returned) the job's lease is left to be let go like others.
Task<Status> ClearUp(AftermathPorts ports, std::vector<LaneEntry> entries, std::string worker, MemberEnd end,
                     int most_deaths);

}  // namespace darkroom::worker
