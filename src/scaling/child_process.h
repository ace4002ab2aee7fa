// ChildProcess: a program started by this one, its standard output and its end. Linux: pidfd_open(2), 5.3 and later.
//
// Threads: the loop's alone. Destroying it does not end the process; its owner awaits Exit first.
#pragma once

#include <sys/types.h>

#include <boost/asio/posix/stream_descriptor.hpp>
#include <string>
#include <vector>

#include "base/async.h"
#include "base/result.h"

namespace darkroom::scaling {

struct Command {
  std::string program;                   // a path
  std::vector<std::string> arguments;    // without the program's own name
  std::vector<std::string> environment;  // "NAME=value", added to ours
};

class ChildProcess {
 public:
  // Standard error is ours, standard input is /dev/null, and it gets no other descriptor of ours. Errors: kUnavailable
  // (no processes or descriptors left), kNotFound (no such program).
  static Result<ChildProcess> Start(IoContext& io, const Command& command);

  ChildProcess(ChildProcess&&) = default;

  pid_t pid() const { return pid_; }
  // The next line of its output without the line break, at most 64 KiB; empty when it has closed it.
  Task<std::string> ReadLine();
  // Waits for its end and reaps it, once: "exit status 1", "killed by signal 9 (Killed)".
  Task<std::string> Exit();
  // Once it has returned: the signal that ended it, or 0, and then its exit status.
  int end_signal() const { return end_signal_; }
  int end_status() const { return end_status_; }
  void Signal(int signal);  // no effect once it has ended

 private:
  ChildProcess(IoContext& io, pid_t pid, int pid_fd, int output_fd);

  pid_t pid_;
  bool ended_ = false;
  int end_signal_ = 0;
  int end_status_ = 0;
  boost::asio::posix::stream_descriptor pid_fd_;
  boost::asio::posix::stream_descriptor output_;
  std::string read_ahead_;  // of its output, what came with the last line
};

}  // namespace darkroom::scaling
