// Notices to workers: each has a queue of its own, where it hears that a job it runs has ended otherwise, or that a
// model is not to be run any more. It waits there with a long poll, which costs next to nothing while there is nothing
// to hear, in the cloud as on one machine.
//
// A notice saves work and nothing depends on it: an outcome that comes all the same is ignored. So what cannot be sent
// is lost, and whoever would tell goes on.
//
// Threads: call on the loop.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "base/async.h"
#include "domain/message.h"
#include "domain/quarantine.h"
#include "ports/queue.h"

namespace darkroom {

inline constexpr std::string_view kNoticePrefix = "darkroom-notices-";
std::string NoticeQueueName(std::string_view worker);  // "darkroom-notices-worker-1f2e3d4c"

// For the worker itself: its queue, made when it is not there.
Task<Result<std::shared_ptr<Queue>>> OpenNotices(QueueService& queues, std::string worker);
// When the worker has left: no error when it never had one.
Task<Status> RemoveNotices(QueueService& queues, std::string worker);
// Those of every worker: at a start, when all have left with the process before.
Task<Status> RemoveAllNotices(QueueService& queues);

// Sends them. `queues` outlives it.
class WorkerNotices {
 public:
  explicit WorkerNotices(QueueService& queues) : queues_(queues) {}
  // A worker without a queue (it has left) is not an error.
  Task<void> Stop(std::string worker, Id job);
  // To every worker there is. One that is started later asks by itself (QuarantineKey).
  Task<void> Tell(QuarantinedModel model);

 private:
  Task<Status> Send(std::string queue, std::string notice);

  QueueService& queues_;
};

}  // namespace darkroom
