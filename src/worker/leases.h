// Leases: the messages a worker holds, renewed until it lets go of them.
#pragma once

#include <array>
#include <string>
#include <unordered_map>

#include "base/async.h"
#include "domain/job.h"
#include "ports/queue.h"

namespace darkroom::worker {

using RequestQueues = std::array<Queue*, kPriorities.size()>;  // by Priority

// Threads: the loop's alone.
class Leases {
 public:
  // Renews to `visibility` from then, three times within it: two renewals may fail before a lease is lost.
  Leases(Clock& clock, RequestQueues queues, Duration visibility)
      : clock_(clock), queues_(queues), visibility_(visibility), changed_(clock) {}

  void Hold(Priority queue, std::string receipt);
  void LetGo(const std::string& receipt) { held_.erase(receipt); }
  // False when a renewal said that the message is somebody else's by now.
  bool Holds(const std::string& receipt) const { return held_.contains(receipt); }
  std::size_t size() const { return held_.size(); }

  // Renews until Stop.
  Task<void> Run();
  void Stop();
  // One round over all that is held.
  Task<void> Renew();

 private:
  Clock& clock_;
  const RequestQueues queues_;
  const Duration visibility_;
  std::unordered_map<std::string, Priority> held_;  // by receipt
  bool stopping_ = false;
  Signal changed_;
};

}  // namespace darkroom::worker
