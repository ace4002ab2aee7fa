// Chain: the stages of a package, loaded and held against each other: the picture's tensor in, all tensors out.
//
// What a network answers is handed to the next stage as it lies, without a copy.
#pragma once

#include <memory>
#include <stop_token>
#include <vector>

#include "base/result.h"
#include "model/package.h"
#include "model/runtime.h"
#include "model/session.h"
#include "model/tensor.h"

namespace darkroom::model {

// Life cycle: Load reads the networks and runs the chain once on a blank picture, so that every tensor between two
// stages is known with its type and shape, also where a network leaves sides open; what does not fit is an error that
// names both ends. Threads: all members are const and may be called from any number of threads at once.
class Chain {
 public:
  // `package` is not kNoop; `runtime` must outlive the chain. `sample` gets what the run on a blank picture made.
  // Errors: kInvalid naming file, line and key, what was expected and what the network has; those of Session::Load.
  static Result<std::unique_ptr<Chain>> Load(const Package& package, Runtime& runtime, NamedTensors* sample);

  // `picture`: as InputShape and [input] type say. Errors: kCancelled when `stop` ended the run, kInternal.
  Result<NamedTensors> Run(Tensor picture, const std::stop_token& stop = {}) const;

 private:
  struct Stage {
    StageSpec spec;
    std::unique_ptr<Session> session;  // of a network
    std::vector<std::string> inputs;   // names of tensors, in the order the stage takes them
    std::vector<std::size_t> wanted;   // outputs of the network that somebody may read
    std::vector<std::string> outputs;  // what those are called
  };
  explicit Chain(std::string model) : model_(std::move(model)) {}

  Status Bind(const Package& package, const NamedTensors& known, Stage& stage) const;
  Result<std::vector<Tensor>> RunStage(const Stage& stage, const NamedTensors& known,
                                       const std::stop_token& stop) const;

  const std::string model_;  // "furniture 1", for errors
  std::vector<Stage> stages_;
};

// Of the picture's tensor, batch of one.
Shape InputShape(const Package& package);

}  // namespace darkroom::model
