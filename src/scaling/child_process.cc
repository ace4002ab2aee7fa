#include "scaling/child_process.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <spawn.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <boost/asio/read_until.hpp>
#include <boost/asio/redirect_error.hpp>
#include <csignal>

extern char** environ;

namespace darkroom::scaling {
namespace {

constexpr std::size_t kLongestLine = 64 * 1024;

std::vector<char*> Pointers(std::vector<std::string>& strings) {
  std::vector<char*> pointers;
  for (std::string& s : strings) pointers.push_back(s.data());
  pointers.push_back(nullptr);
  return pointers;
}

// Our environment with `added` instead of what it says of the same names.
std::vector<std::string> Environment(const std::vector<std::string>& added) {
  std::vector<std::string> all = added;
  for (char** entry = environ; *entry != nullptr; ++entry) {
    const std::string_view name = std::string_view(*entry).substr(0, std::string_view(*entry).find('=') + 1);
    bool replaced = false;
    for (const std::string& a : added) replaced |= a.starts_with(name);
    if (!replaced) all.emplace_back(*entry);
  }
  return all;
}

}  // namespace

Result<ChildProcess> ChildProcess::Start(IoContext& io, const Command& command) {
  int output[2];
  if (pipe2(output, O_CLOEXEC) != 0) return Fail(Code::kUnavailable, fmt::format("pipe: {}", strerror(errno)));

  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0);
  posix_spawn_file_actions_adddup2(&actions, output[1], 1);
  // Not every library opens what it opens for us alone. A worker that held the hub's sockets would keep its port taken
  // for a moment after a kill -9 of the hub, and could answer in its name.
  posix_spawn_file_actions_addclosefrom_np(&actions, 3);
  posix_spawnattr_t attributes;
  posix_spawnattr_init(&attributes);
  // A group of its own: Ctrl-C at the terminal reaches us, and we tell the child when our work with it is done.
  posix_spawnattr_setpgroup(&attributes, 0);
  sigset_t none;
  sigemptyset(&none);
  posix_spawnattr_setsigmask(&attributes, &none);
  posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK);

  std::vector<std::string> arguments{command.program};
  arguments.insert(arguments.end(), command.arguments.begin(), command.arguments.end());
  std::vector<std::string> environment = Environment(command.environment);
  pid_t pid = 0;
  const int failed = posix_spawn(&pid, command.program.c_str(), &actions, &attributes, Pointers(arguments).data(),
                                 Pointers(environment).data());
  posix_spawn_file_actions_destroy(&actions);
  posix_spawnattr_destroy(&attributes);
  close(output[1]);
  if (failed != 0) {
    close(output[0]);
    return Fail(failed == ENOENT ? Code::kNotFound : Code::kUnavailable,
                fmt::format("start {}: {}", command.program, strerror(failed)));
  }
  const int pid_fd = int(syscall(SYS_pidfd_open, pid, 0));
  DR_CHECK(pid_fd >= 0);
  return ChildProcess(io, pid, pid_fd, output[0]);
}

ChildProcess::ChildProcess(IoContext& io, pid_t pid, int pid_fd, int output_fd)
    : pid_(pid), pid_fd_(io.context(), pid_fd), output_(io.context(), output_fd) {}

Task<std::string> ChildProcess::ReadLine() {
  boost::system::error_code error;
  auto buffer = asio::dynamic_buffer(read_ahead_, kLongestLine);
  auto token = asio::redirect_error(asio::use_awaitable, error);
  const std::size_t size = co_await asio::async_read_until(output_, buffer, '\n', token);
  if (error) co_return std::string();
  std::string line = read_ahead_.substr(0, size - 1);
  read_ahead_.erase(0, size);
  co_return line;
}

Task<std::string> ChildProcess::Exit() {
  boost::system::error_code error;
  auto token = asio::redirect_error(asio::use_awaitable, error);
  co_await pid_fd_.async_wait(asio::posix::stream_descriptor::wait_read, token);
  int status = 0;
  DR_CHECK(waitpid(pid_, &status, 0) == pid_);
  ended_ = true;
  if (WIFSIGNALED(status)) {
    end_signal_ = WTERMSIG(status);
    co_return fmt::format("killed by signal {} ({})", end_signal_, strsignal(end_signal_));
  }
  end_status_ = WEXITSTATUS(status);
  co_return fmt::format("exit status {}", end_status_);
}

void ChildProcess::Signal(int signal) {
  if (!ended_) kill(pid_, signal);
}

}  // namespace darkroom::scaling
