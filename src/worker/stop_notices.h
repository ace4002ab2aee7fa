// StopNotices: hears, on the worker's own queue, of jobs that have ended otherwise, and of models that are not to be
// run any more (ports/worker_notices.h).
//
// Life: Run, Stop; Run returns when a poll that is under way has ended. Threads: the loop's alone.
#pragma once

#include <functional>
#include <memory>

#include "base/async.h"
#include "domain/message.h"
#include "domain/quarantine.h"
#include "ports/queue.h"

namespace darkroom::worker {

// Makes the queue, or finds it.
using OpenNoticeQueue = std::function<Task<Result<std::shared_ptr<Queue>>>()>;

class StopNotices {
 public:
  StopNotices(Clock& clock, OpenNoticeQueue open, std::function<void(Id job)> on_stop,
              std::function<void(const QuarantinedModel& model)> on_quarantine)
      : clock_(clock),
        open_(std::move(open)),
        on_stop_(std::move(on_stop)),
        on_quarantine_(std::move(on_quarantine)),
        stopped_(clock) {}

  // Until Stop. A queue that cannot be opened, or is gone, is opened again after a pause.
  Task<void> Run();
  void Stop();

 private:
  Task<Status> Listen(std::shared_ptr<Queue> queue);
  void Heed(const std::string& notice) const;  // one that nobody understands is passed over

  Clock& clock_;
  const OpenNoticeQueue open_;
  const std::function<void(Id job)> on_stop_;
  const std::function<void(const QuarantinedModel& model)> on_quarantine_;
  bool stopping_ = false;
  Signal stopped_;
};

}  // namespace darkroom::worker
