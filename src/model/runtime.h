// Runtime: ONNX Runtime, found and opened when it is first needed. Opened at run time rather than linked, so that only
// processes that run models pay for it (the hub does not) and so that any build of the library from the version of our
// headers on will do.
#pragma once

#include <filesystem>
#include <memory>

#include "base/result.h"

struct OrtApi;
struct OrtEnv;

namespace darkroom::model {

struct RuntimeOptions {
  // libonnxruntime.so.1. Empty: beside the program, ../lib/darkroom, the folder named at build time, the system's.
  std::filesystem::path library;
};

// Cheap to make; one a process is enough. Must outlive the sessions made with it. Threads: any.
class Runtime {
 public:
  explicit Runtime(RuntimeOptions options = {});
  ~Runtime();
  Runtime(const Runtime&) = delete;

  struct Handle {
    const OrtApi* api;
    OrtEnv* env;
    const char* version;  // "1.30.0"; static storage
  };
  // Opens the library on the first call. Errors: kNotFound naming the places that were tried, kInternal when the
  // library is older than our headers. An error is not remembered: the next call tries again.
  Result<Handle> Open();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace darkroom::model
