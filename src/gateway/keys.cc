#include "gateway/keys.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <optional>
#include <string>

#include "base/json.h"

namespace darkroom::gateway {
namespace {

constexpr std::size_t kMaxFile = 4096;

// A file descriptor that closes itself.
class File {
 public:
  explicit File(int fd) : fd_(fd) {}
  File(const File&) = delete;
  ~File() {
    if (fd_ >= 0) close(fd_);
  }
  int fd() const { return fd_; }

 private:
  const int fd_;
};

std::unexpected<Error> SystemFailure(const std::filesystem::path& file) {
  return Fail(errno == EACCES ? Code::kDenied : Code::kInternal,
              fmt::format("{}: {}", file.string(), std::strerror(errno)));
}

Result<wire::Credentials> Read(const std::filesystem::path& file, int fd) {
  struct stat info;
  if (fstat(fd, &info) != 0) return SystemFailure(file);
  if ((info.st_mode & 077) != 0) {
    return Fail(Code::kDenied,
                fmt::format("{}: others may read these keys; run: chmod 600 '{}'", file.string(), file.string()));
  }
  std::string text(kMaxFile, '\0');
  const ssize_t size = read(fd, text.data(), text.size());
  if (size < 0) return SystemFailure(file);
  text.resize(std::size_t(size));
  const auto object = ParseJsonObject(text);
  if (!object) return Fail(object.error().During(file.string()));
  auto access_key = GetString(*object, "access_key");
  auto secret_key = GetString(*object, "secret_key");
  if (!access_key || !secret_key || !*access_key || !*secret_key || (*access_key)->empty() || (*secret_key)->empty()) {
    return Fail(Code::kInvalid, fmt::format("{}: expected an access_key and a secret_key; remove the file to have "
                                            "new ones made",
                                            file.string()));
  }
  return wire::Credentials{.access_key = **access_key, .secret_key = **secret_key, .session_token = ""};
}

// Written whole under another name, then linked: a process that is killed here leaves no half of a file, and of two
// that start at once one wins.
Result<wire::Credentials> Create(const std::filesystem::path& file) {
  const wire::Credentials made = wire::GenerateCredentials();
  json::object object;
  object["access_key"] = made.access_key;
  object["secret_key"] = made.secret_key;
  const std::string text = json::serialize(object) + "\n";
  const std::string draft = fmt::format("{}.{}", file.string(), getpid());
  unlink(draft.c_str());
  const File out(open(draft.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600));
  if (out.fd() < 0) return SystemFailure(draft);
  const bool written = write(out.fd(), text.data(), text.size()) == ssize_t(text.size()) && fsync(out.fd()) == 0;
  if (!written || link(draft.c_str(), file.c_str()) != 0) {
    auto failure = SystemFailure(file);
    unlink(draft.c_str());
    return failure;
  }
  unlink(draft.c_str());
  return made;
}

}  // namespace

Result<wire::Credentials> LoadOrCreateKeys(const std::filesystem::path& file) {
  const File in(open(file.c_str(), O_RDONLY | O_CLOEXEC));
  if (in.fd() >= 0) return Read(file, in.fd());
  if (errno != ENOENT) return SystemFailure(file);
  return Create(file);
}

}  // namespace darkroom::gateway
