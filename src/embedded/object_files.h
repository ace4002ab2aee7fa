// ObjectFiles: the bodies of large objects, one file each: <directory>/<2 hex>/<name>, the name drawn by us.
//
// A file is written and synced before the row that names it is committed, and unlinked after the row is gone: nobody
// can see half a file, as nothing names it, and a crash leaves at most files that no row names. Sweep removes those.
// Threads: all members block and may be called from any thread; Post runs work on the threads that are here for it.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/async.h"
#include "base/result.h"

namespace darkroom::embedded {

class ObjectFiles {
 public:
  // Makes the directory when it is not there; the folders in it come with their first file.
  static Result<std::unique_ptr<ObjectFiles>> Open(std::string directory);
  ~ObjectFiles();

  const std::string& directory() const { return directory_; }
  void Post(std::move_only_function<void()> fn);

  // Of a file, below the directory.
  static std::string RelativePath(std::string_view name);

  // When it returns without error the file is on the disk for good. Errors: kUnavailable (no room), kInternal.
  Status Write(const std::string& name, std::string_view body);
  // nullopt: there is no such file (any more).
  Result<std::optional<std::string>> Read(const std::string& name, std::int64_t first, std::int64_t size);
  void Remove(const std::string& name);

  // Unlinks files whose name is less than `before` and for which `is_named` is false. Names sort by time of making.
  // Returns how many; stops early when this object is being destroyed.
  int Sweep(const std::string& before, const std::function<bool(const std::string&)>& is_named);

 private:
  static std::string_view Folder(std::string_view name);
  explicit ObjectFiles(std::string directory) : directory_(std::move(directory)) {}
  std::string FolderOf(std::string_view name) const { return directory_ + "/" + std::string(Folder(name)); }
  std::string PathOf(std::string_view name) const { return directory_ + "/" + RelativePath(name); }

  const std::string directory_;
  std::atomic<bool> stopping_ = false;
  std::atomic<unsigned> next_ = 0;
  std::vector<std::unique_ptr<WorkThread>> threads_;
};

}  // namespace darkroom::embedded
