#include "embedded/data_dir.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <filesystem>

namespace darkroom::embedded {
namespace {

std::unexpected<Error> FailSystem(const std::string& what, int error) {
  const bool denied = error == EACCES || error == EPERM || error == EROFS;
  return Fail(denied ? Code::kDenied : Code::kInternal, what + ": " + strerror(error));
}

// The pid that the holder of the lock wrote; 0 when there is none.
pid_t ReadPid(int lock) {
  char text[32] = "";
  const ssize_t size = ::pread(lock, text, sizeof text - 1, 0);
  return size > 0 ? pid_t(std::atoi(text)) : 0;
}

// A process that is killed while it starts another leaves the lock to that one until it has become a program of its
// own: some milliseconds.
bool IsAboutToBeFree(pid_t holder) { return holder > 0 && ::kill(holder, 0) != 0 && errno == ESRCH; }

}  // namespace

Result<std::unique_ptr<DataDir>> DataDir::Lock(std::string path) {
  std::error_code error;
  const auto parent = std::filesystem::absolute(path, error).parent_path();
  std::filesystem::create_directories(parent, error);
  if (error) return FailSystem("make " + parent.string(), error.value());
  if (::mkdir(path.c_str(), 0700) != 0 && errno != EEXIST) return FailSystem("make " + path, errno);
  const std::string name = path + "/lock";
  const int lock = ::open(name.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  if (lock < 0) return FailSystem("open " + name, errno);
  std::unique_ptr<DataDir> held(new DataDir(std::move(path), lock));
  bool locked = ::flock(lock, LOCK_EX | LOCK_NB) == 0;
  if (!locked && errno != EWOULDBLOCK) return FailSystem("lock " + name, errno);
  const pid_t holder = locked ? 0 : ReadPid(lock);
  if (!locked && IsAboutToBeFree(holder)) locked = ::flock(lock, LOCK_EX) == 0;
  if (!locked) {
    const std::string who = holder > 0 ? "process " + std::to_string(holder) : "another process";
    return Fail(Code::kConflict, "the data directory " + held->path_ + " is in use by " + who +
                                     ": stop it, or choose another directory with --data");
  }
  const std::string pid = std::to_string(::getpid());
  if (::ftruncate(lock, 0) != 0 || ::pwrite(lock, pid.data(), pid.size(), 0) != ssize_t(pid.size())) {
    return FailSystem("write " + name, errno);
  }
  return held;
}

DataDir::~DataDir() { ::close(lock_); }

}  // namespace darkroom::embedded
