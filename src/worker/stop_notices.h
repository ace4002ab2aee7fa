// StopNotices: hears, on the worker's own queue, of jobs that have ended otherwise (ports/worker_notices.h).
//
// Life: Run, Stop; Run returns when a poll that is under way has ended. Threads: the loop's alone.
#pragma once

#include <functional>
#include <memory>

#include "base/async.h"
#include "domain/message.h"
#include "ports/queue.h"

namespace darkroom::worker {

// Makes the queue, or finds it.
using OpenNoticeQueue = std::function<Task<Result<std::shared_ptr<Queue>>>()>;

class StopNotices {
 public:
  StopNotices(Clock& clock, OpenNoticeQueue open, std::function<void(Id job)> on_stop)
      : clock_(clock), open_(std::move(open)), on_stop_(std::move(on_stop)), stopped_(clock) {}

  // Until Stop. A queue that cannot be opened, or is gone, is opened again after a pause.
  Task<void> Run();
  void Stop();

 private:
  Task<Status> Listen(std::shared_ptr<Queue> queue);

  Clock& clock_;
  const OpenNoticeQueue open_;
  const std::function<void(Id job)> on_stop_;
  bool stopping_ = false;
  Signal stopped_;
};

}  // namespace darkroom::worker
