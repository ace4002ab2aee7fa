// Fleet: whatever holds the workers: processes of this machine, an EC2 Auto Scaling group, a Kubernetes Deployment.
//
// Threads: call on the I/O thread of the process.
// Errors: kUnavailable (no capacity now), kInternal.
#pragma once

#include <string>
#include <vector>

#include "base/async.h"
#include "base/result.h"
#include "base/time.h"

namespace darkroom {

enum class MemberState { kStarting, kReady, kDraining };

struct FleetMember {
  std::string id;  // the worker's name in jobs and logs
  MemberState state = MemberState::kStarting;
  Time started;
};

// How a member's process ended.
struct MemberEnd {
  bool asked = false;  // it had been told to leave
  int signal = 0;      // that ended it; 0: it exited
  int status = 0;      // with this status then
};

class Fleet {
 public:
  virtual ~Fleet() = default;
  virtual Task<Result<std::vector<FleetMember>>> Members() = 0;
  // Starts members or drains the superfluous ones until `size` are left; returns when that is under way.
  virtual Task<Status> SetSize(int size) = 0;
  // Lets a member finish what it works on and leave; it is not replaced.
  virtual Task<Status> Drain(std::string member) = 0;
};

}  // namespace darkroom
