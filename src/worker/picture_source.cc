#include "worker/picture_source.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>

namespace darkroom::worker {
namespace {

// nullopt: there is no such file, or none of that size.
std::optional<std::string> ReadWhole(const std::string& path, std::int64_t size) {
  const int file = ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
  if (file < 0) return std::nullopt;
  struct stat info = {};
  const bool whole = ::fstat(file, &info) == 0 && S_ISREG(info.st_mode) && info.st_size == size;
  std::string bytes;
  if (whole) {
    // Not filled with zeros first: a tenth of the time of reading a picture.
    bytes.resize_and_overwrite(std::size_t(size), [file](char* to, std::size_t room) {
      std::size_t done = 0;
      while (done < room) {
        const ssize_t n = ::read(file, to + done, room - done);
        if (n < 0 && errno == EINTR) continue;
        if (n <= 0) break;
        done += std::size_t(n);
      }
      return done;
    });
  }
  ::close(file);
  if (!whole || std::int64_t(bytes.size()) != size) return std::nullopt;
  return bytes;
}

}  // namespace

bool IsPlainPath(std::string_view path) {
  const auto plain = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '/';
  };
  if (path.empty() || path.front() == '/' || path.back() == '/') return false;
  return std::ranges::all_of(path, plain) && path.find("//") == path.npos;
}

PictureSource::PictureSource(ObjectStore& inputs, std::string folder) : inputs_(inputs), folder_(std::move(folder)) {
  if (!folder_.empty()) reader_.emplace("fetch");
}

Task<Result<std::optional<std::string>>> PictureSource::Fetch(const JobRequest& request) {
  if (reader_ && IsPlainPath(request.picture_file)) {
    auto read = [path = folder_ + "/" + request.picture_file, size = request.picture_size] {
      return ReadWhole(path, size);
    };
    auto bytes = co_await RunOn(*reader_, std::move(read));
    if (bytes) co_return bytes;
  }
  std::string key = InputKey(request.job);
  auto object = co_await inputs_.Get(std::move(key), std::nullopt);
  if (!object) co_return Fail(object.error());
  if (!*object) co_return std::nullopt;
  co_return std::move((*object)->body);
}

}  // namespace darkroom::worker
