// PictureSource: the bytes of a job's picture. On the machine of the store the worker reads its file, which costs less
// than two sockets; a picture that has none there, or whose file is gone, comes from the bucket.
//
// The file's path comes out of a message: one that could lead out of the folder is not opened, nor a link in the file's
// place. A file of another size than the message says is not taken for the picture.
//
// Threads: call on the loop; files are read on a thread of its own.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/async.h"
#include "domain/message.h"
#include "ports/object_store.h"

namespace darkroom::worker {

class PictureSource {
 public:
  // `folder`: of the store's files on this machine; empty: it is on another one.
  PictureSource(ObjectStore& inputs, std::string folder);

  // nullopt: it is no longer stored. Errors: as ObjectStore::Get.
  Task<Result<std::optional<std::string>>> Fetch(const JobRequest& request);

 private:
  ObjectStore& inputs_;
  const std::string folder_;
  std::optional<WorkThread> reader_;
};

// Whether it is one or more names of letters, digits and hyphens with single slashes between them.
bool IsPlainPath(std::string_view path);

}  // namespace darkroom::worker
