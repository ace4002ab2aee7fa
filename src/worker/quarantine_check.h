// QuarantineCheck: whether a worker may run a model. It asks the input store until a run of the model has succeeded in
// this process, and again when it hears a notice: so a worker knows from its start on, and asks nothing while all is
// well.
//
// Threads: the loop's alone.
#pragma once

#include <optional>
#include <set>
#include <string>

#include "base/async.h"
#include "domain/quarantine.h"
#include "ports/object_store.h"

namespace darkroom::worker {

class QuarantineCheck {
 public:
  explicit QuarantineCheck(ObjectStore& inputs) : inputs_(inputs) {}

  // What its jobs fail of; nullopt: run it. What cannot be asked, or read, is taken for no quarantine.
  Task<std::optional<Failure>> Ask(ModelRef model);
  void Succeeded(const ModelRef& model) { proven_.insert(QuarantineKey(model)); }
  void Doubt(const ModelRef& model) { proven_.erase(QuarantineKey(model)); }

 private:
  ObjectStore& inputs_;
  std::set<std::string> proven_;  // by key: a run of it has succeeded here
};

}  // namespace darkroom::worker
