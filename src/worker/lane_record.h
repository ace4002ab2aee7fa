// LaneRecord: what each lane of a worker runs at this moment, in a file mapped into its memory. Whoever finds the
// worker dead reads there what it may have died of; what it merely held is not to blame.
//
// A run costs a copy of its message and no system call. The file outlives its process, however that ends, but not the
// machine: nothing is synced. Its form is this version's alone, between a hub and the workers it starts; a reader
// trusts nothing in it, for the process that wrote it may have crashed for writing where it should not.
//
// Threads: each lane has a place of its own; Begin and End on the lane's thread. An object that was moved from is
// empty.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <vector>

#include "base/result.h"
#include "domain/job.h"

namespace darkroom::worker {

struct LaneEntry {
  Priority queue = Priority::kNormal;
  int attempt = 0;
  std::string receipt;  // of the lease
  std::string message;  // the body: a JobRequest
};

inline constexpr std::size_t kLaneBytes = 64 * 1024;  // a lane's place; the file has holes where nothing was written
inline constexpr int kMostLanes = 1024;

class LaneRecord {
 public:
  // Makes the file (0600), empty. Errors: kInvalid (lanes), kUnavailable (the file; the message says why).
  static Result<LaneRecord> Create(const std::string& path, int lanes);
  LaneRecord(LaneRecord&& other) noexcept : bytes_(std::exchange(other.bytes_, {})) {}
  LaneRecord& operator=(LaneRecord&&) = delete;
  ~LaneRecord();

  // An entry that is too large for its place is not noted.
  void Begin(int lane, const LaneEntry& entry);
  void End(int lane);

 private:
  explicit LaneRecord(std::span<std::byte> bytes) : bytes_(bytes) {}
  std::span<std::byte> bytes_;  // of the mapping
};

// What was being run when the file was written last; empty when there is no file. kInvalid: it makes no sense.
Result<std::vector<LaneEntry>> ReadLaneRecord(const std::string& path);

}  // namespace darkroom::worker
