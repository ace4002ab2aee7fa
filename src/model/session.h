// Session: a network loaded into ONNX Runtime and held against its package.
#pragma once

#include <cstddef>
#include <memory>
#include <span>
#include <stop_token>
#include <vector>

#include "base/result.h"
#include "model/package.h"
#include "model/runtime.h"

namespace darkroom::model {

// Elements of the input tensor, and its bytes.
std::size_t InputElements(const Package& package);
std::size_t InputBytes(const Package& package);

// Life cycle: Load reads the weights, checks input and output against the package, and runs once.
// Threads: Run may be called from any number of threads at once. Each run uses its caller's thread and no other, so a
// process runs as many at once as it has cores to give.
class Session {
 public:
  // `runtime` must outlive the session. Errors: kInvalid naming file, key, what was expected and what the network has.
  static Result<std::unique_ptr<Session>> Load(const Package& package, Runtime& runtime);
  ~Session();
  Session(const Session&) = delete;

  // `input`: InputBytes(package) bytes in the package's layout, a batch of one. Returns one score a label. `stop` ends
  // the run between two operators, with kCancelled.
  Result<std::vector<float>> Run(std::span<const std::byte> input, const std::stop_token& stop = {}) const;

 private:
  struct State;
  explicit Session(std::unique_ptr<State> state);

  const std::unique_ptr<const State> state_;
};

}  // namespace darkroom::model
