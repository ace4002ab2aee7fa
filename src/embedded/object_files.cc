#include "embedded/object_files.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

namespace darkroom::embedded {
namespace {

constexpr int kThreads = 4;  // so many fsyncs under way at once

class File {
 public:
  explicit File(int descriptor) : descriptor_(descriptor) {}
  File(const File&) = delete;
  ~File() {
    if (descriptor_ >= 0) ::close(descriptor_);
  }
  int get() const { return descriptor_; }

 private:
  const int descriptor_;
};

std::unexpected<Error> FailSystem(const std::string& what, int error) {
  const bool full = error == ENOSPC || error == EDQUOT || error == EFBIG;
  if (full) return Fail(Code::kUnavailable, what + ": the disk of the data directory is full: make room");
  return Fail(Code::kInternal, what + ": " + strerror(error));
}

Status MakeFolder(const std::string& path) {
  if (::mkdir(path.c_str(), 0700) == 0 || errno == EEXIST) return {};
  return FailSystem("make " + path, errno);
}

Status WriteAll(int file, std::string_view data, const std::string& path) {
  while (!data.empty()) {
    const ssize_t written = ::write(file, data.data(), data.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return FailSystem("write " + path, errno);
    data.remove_prefix(std::size_t(written));
  }
  return {};
}

Status SyncFolder(const std::string& path) {
  const File folder(::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (folder.get() < 0 || ::fsync(folder.get()) != 0) return FailSystem("sync " + path, errno);
  return {};
}

}  // namespace

Result<std::unique_ptr<ObjectFiles>> ObjectFiles::Open(std::string directory) {
  std::unique_ptr<ObjectFiles> files(new ObjectFiles(std::move(directory)));
  if (auto made = MakeFolder(files->directory_); !made) return Fail(made.error());
  for (int i = 0; i < kThreads; ++i) files->threads_.push_back(std::make_unique<WorkThread>("db-files"));
  return files;
}

ObjectFiles::~ObjectFiles() {
  stopping_ = true;
  threads_.clear();
}

void ObjectFiles::Post(std::move_only_function<void()> fn) { threads_[next_++ % threads_.size()]->Post(std::move(fn)); }

// The last two characters: the first ones are time and would put all files of a while into one folder.
std::string_view ObjectFiles::Folder(std::string_view name) { return name.substr(name.size() - 2); }

std::string ObjectFiles::RelativePath(std::string_view name) {
  return std::string(Folder(name)) + "/" + std::string(name);
}

Status ObjectFiles::Write(const std::string& name, std::string_view body) {
  const std::string path = PathOf(name);
  constexpr int kFlags = O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC;
  Status written;
  {
    int descriptor = ::open(path.c_str(), kFlags, 0600);
    if (descriptor < 0 && errno == ENOENT) {  // the first file of its folder
      if (auto made = MakeFolder(FolderOf(name)); !made) return made;
      if (auto synced = SyncFolder(directory_); !synced) return synced;
      descriptor = ::open(path.c_str(), kFlags, 0600);
    }
    const File file(descriptor);
    if (file.get() < 0) return FailSystem("create " + path, errno);
    written = WriteAll(file.get(), body, path);
    if (written && ::fdatasync(file.get()) != 0) written = FailSystem("sync " + path, errno);
  }
  // The file was made in the same step of the file system's journal as its name, so that this costs next to nothing
  // there; elsewhere it is what makes the name last.
  if (written) written = SyncFolder(FolderOf(name));
  if (!written) Remove(name);
  return written;
}

Result<std::optional<std::string>> ObjectFiles::Read(const std::string& name, std::int64_t first, std::int64_t size) {
  const std::string path = PathOf(name);
  const File file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (file.get() < 0 && errno == ENOENT) return std::nullopt;
  if (file.get() < 0) return FailSystem("open " + path, errno);
  std::string body;
  ssize_t n = 0;
  // Not filled with zeros first: a tenth of the time of reading a picture.
  body.resize_and_overwrite(std::size_t(size), [&](char* bytes, std::size_t room) {
    std::size_t done = 0;
    while (done < room) {
      n = ::pread(file.get(), bytes + done, room - done, off_t(first) + off_t(done));
      if (n < 0 && errno == EINTR) continue;
      if (n <= 0) break;
      done += std::size_t(n);
    }
    return done;
  });
  if (n < 0) return FailSystem("read " + path, errno);
  if (body.size() < std::size_t(size)) {
    return Fail(Code::kInternal, path + " is shorter than its object: the data directory is damaged");
  }
  return body;
}

void ObjectFiles::Remove(const std::string& name) { ::unlink(PathOf(name).c_str()); }

int ObjectFiles::Sweep(const std::string& before, const std::function<bool(const std::string&)>& is_named) {
  int removed = 0;
  for (int i = 0; i < 256 && !stopping_; ++i) {
    constexpr char kHex[] = "0123456789abcdef";
    const std::string path = directory_ + "/" + kHex[i / 16] + kHex[i % 16];
    const std::unique_ptr<DIR, int (*)(DIR*)> folder(::opendir(path.c_str()), ::closedir);
    if (!folder) continue;
    while (const dirent* entry = ::readdir(folder.get())) {
      const std::string name = entry->d_name;
      if (name.front() == '.' || name >= before || stopping_ || is_named(name)) continue;
      Remove(name);
      ++removed;
    }
  }
  return removed;
}

}  // namespace darkroom::embedded
