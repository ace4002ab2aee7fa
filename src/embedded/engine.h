// Engine: queues, objects and jobs of one machine, in one data directory: SQLite for everything small, files for large
// objects (docs/formats/tables.md).
//
//   data_dir/lock          held by the one process that has the directory open; its pid
//   data_dir/darkroom.db   SQLite in WAL mode (writer.h says what is fsynced)
//   data_dir/objects/XX/   objects too large for a row
//
// Life: Open; use the ports on the I/O thread; CancelWaits, run the loop until the callers have ended; destroy. The
// destructor finishes the writes under way. After Open, files that a crash left are removed on a thread. Durability:
// see the ports. When storage fails for good (an fsync that failed), `on_fatal` is called once on the I/O thread and
// every later write fails: the process should end.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "base/async.h"
#include "base/clock.h"
#include "base/result.h"
#include "embedded/sqlite_queue.h"
#include "embedded/writer.h"
#include "ports/job_store.h"
#include "ports/object_store.h"
#include "ports/queue.h"

namespace darkroom::embedded {

struct EngineOptions {
  std::string data_dir;                           // made (0700) when it is not there
  std::move_only_function<void(Error)> on_fatal;  // default: logs
  const char* vfs = nullptr;                      // SQLite's file layer; tests let it fail
};

class Engine {
 public:
  // Errors: kConflict (another process has the directory; the message names its pid), kInvalid (a newer version's data,
  // no database), kDenied, kUnavailable, kInternal.
  static Result<std::unique_ptr<Engine>> Open(EngineOptions options, IoContext& io, Clock& clock);
  Engine(const Engine&) = delete;
  ~Engine();

  SqliteQueueService& queues();
  ObjectService& objects();
  JobStore& jobs();
  // Of ObjectInfo::file.
  std::string objects_folder() const;

  // Ends long polls with kCancelled, now and from now on.
  void CancelWaits();
  // Any thread.
  WriterCounts counts() const;

 private:
  struct Parts;
  explicit Engine(std::unique_ptr<Parts> parts);
  std::unique_ptr<Parts> parts_;
};

}  // namespace darkroom::embedded
