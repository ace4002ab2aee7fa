// DataDir: the lock on a data directory: one process at a time. Let go by the destructor, or by the kernel when the
// process ends in any way.
#pragma once

#include <memory>
#include <string>

#include "base/result.h"

namespace darkroom::embedded {

class DataDir {
 public:
  // Makes the directory (0700, with its parents) and takes the lock. Errors: kConflict naming the process that has it,
  // kDenied, kInternal.
  static Result<std::unique_ptr<DataDir>> Lock(std::string path);
  DataDir(const DataDir&) = delete;
  ~DataDir();

  const std::string& path() const { return path_; }

 private:
  DataDir(std::string path, int lock) : path_(std::move(path)), lock_(lock) {}
  const std::string path_;
  const int lock_;
};

}  // namespace darkroom::embedded
