// A real `darkroom up` for tests and benchmarks: started, killed, started again on the same data, looked into.
#pragma once

#include <sys/types.h>

#include <optional>
#include <string>
#include <vector>

#include "base/async.h"
#include "base/result.h"
#include "scaling/child_process.h"

namespace darkroom::tests {

struct ServiceOptions {
  std::string program;                 // build/<preset>/darkroom
  std::string data;                    // a directory
  std::vector<std::string> arguments;  // of `darkroom up`, besides --data and --listen
};

// CPU time a process has used, from /proc, by thread name as well.
struct CpuUse {
  double total_s = 0;
  std::vector<std::pair<std::string, double>> threads;  // summed by name
};

// Threads: the loop's alone.
class Service {
 public:
  Service(IoContext& io, Clock& clock, ServiceOptions options) : io_(io), clock_(clock), options_(std::move(options)) {}

  // Returns once it says that it is ready; the port is the first start's ever after.
  Task<Status> Start();
  // SIGTERM; "exit status 0".
  Task<std::string> Stop();
  // kill -9 of the hub.
  Task<void> Kill();

  std::string url() const { return "http://127.0.0.1:" + std::to_string(port_); }
  pid_t pid() const { return process_ ? process_->pid() : 0; }
  // Its workers, as far as they have been started.
  std::vector<pid_t> WorkerPids() const;

 private:
  IoContext& io_;
  Clock& clock_;
  const ServiceOptions options_;
  int port_ = 0;
  std::optional<scaling::ChildProcess> process_;
};

CpuUse CpuOf(pid_t pid);
std::int64_t RssBytes(pid_t pid);

}  // namespace darkroom::tests
