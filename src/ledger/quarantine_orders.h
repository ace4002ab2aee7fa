// QuarantineOrders: carries out what is judged of models (domain/quarantine.h). A model that comes into quarantine is
// written into the input store, where workers ask before they run it, and told to those that run already; one that is
// lifted is taken out again. What it is told of crashes and successes it keeps in memory: with the process ends every
// quarantine.
//
// Threads: the loop's alone.
#pragma once

#include <string>
#include <vector>

#include "base/async.h"
#include "base/clock.h"
#include "domain/quarantine.h"
#include "ports/object_store.h"
#include "ports/worker_notices.h"

namespace darkroom::ledger {

class QuarantineOrders {
 public:
  // `after`: as Quarantine has it. The others outlive it.
  QuarantineOrders(IoContext& io, Clock& clock, ObjectStore& inputs, WorkerNotices& notices, int after)
      : io_(io), clock_(clock), inputs_(inputs), notices_(notices), quarantine_(after) {}

  // Takes out of the store what the process before has left. Before workers are started.
  Task<Status> LiftAll();
  // When it returns, no worker begins a run of a model that came into quarantine by this: let go of the dead worker's
  // jobs after it. What cannot be written is logged, and judged again with the next crashes.
  Task<void> Crashed(ModelRef model, Id job, std::string end);
  void Succeeded(const ModelRef& model) { quarantine_.Succeeded(model); }
  // Their packages have changed, or are gone.
  Task<void> Lift(std::vector<ModelRef> models);

  const Quarantine& quarantine() const { return quarantine_; }

 private:
  IoContext& io_;
  Clock& clock_;
  ObjectStore& inputs_;
  WorkerNotices& notices_;
  Quarantine quarantine_;
};

}  // namespace darkroom::ledger
