// A directory that goes with the object.
#pragma once

#include <string>
#include <utility>

#include "base/result.h"

namespace darkroom::cli {

class TemporaryDirectory {
 public:
  // Under $TMPDIR, else /tmp; readable by this user alone. kInvalid: it cannot be made there.
  static Result<TemporaryDirectory> Make(const std::string& name);
  TemporaryDirectory(TemporaryDirectory&& other) noexcept : path_(std::exchange(other.path_, "")) {}
  ~TemporaryDirectory() { Remove(); }

  const std::string& path() const { return path_; }
  void Remove();  // ahead of time

 private:
  explicit TemporaryDirectory(std::string path) : path_(std::move(path)) {}
  std::string path_;
};

}  // namespace darkroom::cli
