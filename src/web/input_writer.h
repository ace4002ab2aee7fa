// InputWriter: puts the pictures of one submission into the input bucket while the next ones still arrive. Bounded:
// a few puts and about one file's limit of bytes at a time, so a fast client waits for a slow disk.
//
// Life: Put…, then Finish, always, before it is destroyed. Threads: the loop's alone.
#pragma once

#include <cstdint>
#include <string>
#include <unordered_map>
#include <vector>

#include "base/async.h"
#include "base/result.h"
#include "domain/job.h"
#include "ports/object_store.h"
#include "web/upload_budget.h"

namespace darkroom::web {

class InputWriter {
 public:
  InputWriter(IoContext& io, Clock& clock, ObjectStore& inputs, std::int64_t max_bytes, UploadBudget::Share& share)
      : io_(io), clock_(clock), inputs_(inputs), max_bytes_(max_bytes), share_(share), room_(clock), puts_(io, clock) {}

  // Returns when the put is under way; its error comes from Finish. Gives the bytes back to the share when it is done.
  Task<void> Put(Id job, std::string bytes, std::string content_type);
  // Waits for all puts; the first error.
  Task<Status> Finish();
  // After Finish: where the picture's file is (ObjectInfo::file).
  std::string FileOf(Id job) const;
  // After Finish: removes what was put, for a submission that is refused. What cannot be removed is left to the
  // sweeper.
  Task<void> RemoveAll();
  // The same for some.
  Task<void> Remove(std::vector<Id> jobs);

 private:
  static Task<void> PutOne(InputWriter* self, Id job, std::string bytes, std::string content_type);

  static constexpr int kMaxPuts = 8;
  IoContext& io_;
  Clock& clock_;
  ObjectStore& inputs_;
  const std::int64_t max_bytes_;
  UploadBudget::Share& share_;
  std::vector<Id> put_;
  std::unordered_map<Id, std::string, IdHash> files_;  // of those that have one
  std::int64_t bytes_under_way_ = 0;
  Status status_;
  Signal room_;
  TaskGroup puts_;
};

}  // namespace darkroom::web
