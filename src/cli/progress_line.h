// ProgressLine: a line on standard error that is drawn anew, on a terminal; silent elsewhere. Threads: any.
#pragma once

#include <mutex>
#include <string>
#include <string_view>

namespace darkroom::cli {

class ProgressLine {
 public:
  ProgressLine();
  // "uploading ████░░ 12.3 of 64.0 MB"; `share` from 0 to 1.
  void Show(std::string_view what, double share, std::string_view count);
  void Clear();

 private:
  const bool terminal_;
  std::mutex mutex_;
  std::string shown_;  // guarded by mutex_
};

}  // namespace darkroom::cli
