// Session: one network, loaded into ONNX Runtime.
#pragma once

#include <filesystem>
#include <memory>
#include <span>
#include <stop_token>
#include <vector>

#include "base/result.h"
#include "model/runtime.h"
#include "model/tensor.h"

namespace darkroom::model {

// Threads: all members are const and may be called from any number of threads at once. Each run uses its caller's
// thread and no other, so a process runs as many at once as it has cores to give.
class Session {
 public:
  // `runtime` must outlive the session, and the tensors that it answers. Errors: kInvalid naming the file: no network,
  // an operator that the runtime lacks; those of Runtime::Open.
  static Result<std::unique_ptr<Session>> Load(const std::filesystem::path& file, Runtime& runtime);
  ~Session();
  Session(const Session&) = delete;

  // What the network wants and answers, in its own order.
  const std::vector<TensorSpec>& inputs() const;
  const std::vector<TensorSpec>& outputs() const;

  // Whether `given` can be the input `wanted`: type, rank and every fixed side.
  static bool Fits(const TensorSpec& wanted, const Tensor& given);

  // `given`: a tensor for each input, each of which Fits; they are read where they lie. `wanted`: the outputs to
  // compute, by their places in outputs(); answers a tensor for each. Errors: kCancelled when `stop` ended the run
  // (between two operators), kInternal when the network failed.
  Result<std::vector<Tensor>> Run(std::span<const Tensor* const> given, std::span<const std::size_t> wanted,
                                  const std::stop_token& stop = {}) const;

 private:
  struct State;
  explicit Session(std::unique_ptr<State> state);

  const std::unique_ptr<const State> state_;
};

}  // namespace darkroom::model
