// Hub: everything of one machine but the workers, in one process: page and API, gateway, embedded engine, ledger,
// sweeper, and the fleet of worker processes it keeps.
//
// Life: Start; Stop (drains); destroy. Threads: the loop's alone.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "base/async.h"
#include "base/clock.h"
#include "base/result.h"
#include "cli/settings.h"
#include "model/package.h"

namespace darkroom::cli {

struct HubOptions {
  Settings settings;
  std::string program;  // this program, started as `program worker`
  std::vector<std::string> package_directories;
  model::FoundPackages packages;  // what was found there: what the API offers at first
  // Storage failed for good; nothing can be accepted any more: the process should end.
  std::function<void(Error)> on_fatal;
  // A worker died: how many have in a row, none becoming ready meanwhile.
  std::function<void(int in_a_row)> on_worker_death;
};

class Hub {
 public:
  // Errors: kConflict (another hub has the data directory), kUnavailable (the port is taken), kInvalid (settings), …
  static Task<Result<std::unique_ptr<Hub>>> Start(IoContext& io, Clock& clock, HubOptions options);
  ~Hub();

  std::string url() const;               // "http://127.0.0.1:8080"
  std::string gateway_endpoint() const;  // SQS and S3, likewise

  // Takes no new work, lets running work end within the grace period, then ends the workers and itself.
  Task<void> Stop();

 private:
  struct Parts;
  explicit Hub(std::unique_ptr<Parts> parts);
  std::unique_ptr<Parts> parts_;
};

}  // namespace darkroom::cli
