// AckGatherer: acks messages of one queue, many a call. Nobody waits for an ack, so it may gather: a call is made when
// it would be full, or kAckLinger after its first receipt came. A process that is killed meanwhile leaves messages that
// come once more; their consumers are idempotent.
//
// Threads: the loop's alone. Errors are logged: what could not be acked comes again when its lease ends.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "base/async.h"
#include "base/clock.h"
#include "ports/queue.h"

namespace darkroom {

inline constexpr Duration kAckLinger = 200ms;

class AckGatherer {
 public:
  // `before` is told of each receipt when its call is made; may be empty.
  AckGatherer(IoContext& io, Clock& clock, Queue& queue, std::function<void(const std::string&)> before = {});
  AckGatherer(const AckGatherer&) = delete;
  ~AckGatherer();  // after Flush, or when the loop will not run again

  void Add(std::string receipt);
  // Acks what has gathered, now, and returns when all calls have ended.
  Task<void> Flush();

 private:
  void Send();
  Task<void> Ack(std::vector<std::string> receipts);

  Clock& clock_;
  Queue& queue_;
  const std::function<void(const std::string&)> before_;
  std::vector<std::string> gathered_;
  std::optional<Clock::TimerId> timer_;  // set while something has gathered
  TaskGroup calls_;
};

}  // namespace darkroom
