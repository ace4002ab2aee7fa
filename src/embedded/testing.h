// What the tests of this room share: an engine in a directory of its own, on a clock that the test turns.
#pragma once

#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <memory>
#include <string>

#include "base/async.h"
#include "base/fake_clock.h"
#include "embedded/engine.h"
#include "ports/contract/contract.h"

namespace darkroom::embedded {

// In memory where the machine has a file system there: these tests are about what is written, not about the disk.
class TemporaryDirectory {
 public:
  TemporaryDirectory() : path_(Parent() + "/darkroom-test-" + RandomHex(8)) {
    std::filesystem::create_directories(path_);
  }
  ~TemporaryDirectory() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  const std::string& path() const { return path_; }

 private:
  static std::string Parent() {
    const std::string memory = "/dev/shm";
    return ::access(memory.c_str(), W_OK) == 0 ? memory : std::filesystem::temp_directory_path().string();
  }
  const std::string path_;
};

// Open again and again; the clock goes on.
class TestEngine {
 public:
  explicit TestEngine(const char* vfs = nullptr) : vfs_(vfs) { Open(); }

  void Open() {
    engine_.reset();
    EngineOptions options;
    options.data_dir = directory_.path() + "/data";
    options.vfs = vfs_;
    options.on_fatal = [this](Error error) { fatal_ = std::move(error); };
    engine_ = contract::Must(Engine::Open(std::move(options), io_, clock_));
  }

  void Close() { engine_.reset(); }

  template <class T>
  T Run(Task<Result<T>> task) {
    return contract::Must(io_.RunUntilDone(std::move(task)));
  }
  template <class T>
  Code Fails(Task<Result<T>> task) {
    return contract::CodeOf(io_.RunUntilDone(std::move(task)));
  }

  Engine& operator*() { return *engine_; }
  Engine* operator->() { return engine_.get(); }
  IoContext& io() { return io_; }
  FakeClock& clock() { return clock_; }
  std::string data_dir() const { return directory_.path() + "/data"; }
  const std::optional<Error>& fatal() const { return fatal_; }

 private:
  TemporaryDirectory directory_;
  IoContext io_;
  FakeClock clock_{io_};
  const char* const vfs_;
  std::optional<Error> fatal_;
  std::unique_ptr<Engine> engine_;
};

}  // namespace darkroom::embedded
