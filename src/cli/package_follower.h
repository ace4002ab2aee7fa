// PackageFollower: notices that packages on disk have changed, without a restart.
//
// Life: Start; Stop; destroy. Threads: the loop's, and one of its own that looks and calls back.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "base/async.h"
#include "base/clock.h"
#include "model/package_watch.h"

namespace darkroom::cli {

class PackageFollower {
 public:
  // `changed` is called on the thread of its own, a second or two after a change has come to rest.
  PackageFollower(IoContext& io, Clock& clock, std::vector<std::string> directories, std::function<void()> changed);

  void Start();
  Task<void> Stop();

 private:
  Task<void> Loop();

  Clock& clock_;
  const std::function<void()> changed_;
  model::PackageWatch watch_;  // of thread_
  bool stopping_ = false;
  Signal wake_;
  TaskGroup loop_;
  WorkThread thread_;
};

}  // namespace darkroom::cli
