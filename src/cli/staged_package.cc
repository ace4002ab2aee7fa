#include "cli/staged_package.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <cstdint>
#include <cstring>
#include <fstream>

namespace darkroom::cli {
namespace {

namespace fs = std::filesystem;

constexpr int kMostAttempts = 8;

Status Sync(const fs::path& path) {
  const int file = open(path.c_str(), O_RDONLY | O_CLOEXEC);
  const bool synced = file >= 0 && fsync(file) == 0;
  const int error = errno;
  if (file >= 0) close(file);
  if (synced) return {};
  return Fail(Code::kUnavailable, fmt::format("{}: cannot be written to the disk: {}", path.string(), strerror(error)));
}

// So that after a power cut the package is whole or not there.
Status SyncAll(const fs::path& folder) {
  std::error_code error;
  fs::recursive_directory_iterator entry(folder, error);
  for (; !error && entry != fs::recursive_directory_iterator(); entry.increment(error)) {
    if (Status synced = Sync(entry->path()); !synced) return synced;
  }
  return Sync(folder);
}

// Locks a folder and answers with its descriptor; -1 when somebody else holds it, or it is gone or not ours.
int Lock(const fs::path& folder) {
  const int descriptor = open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW);
  if (descriptor < 0) return -1;
  struct stat status = {};
  const bool ours = flock(descriptor, LOCK_EX | LOCK_NB) == 0 && fstat(descriptor, &status) == 0 && status.st_nlink > 0;
  if (ours) return descriptor;
  close(descriptor);
  return -1;
}

std::vector<fs::path> FoldersIn(const fs::path& path) {
  std::vector<fs::path> folders;
  std::error_code error, ignored;
  for (fs::directory_iterator entry(path, error); !error && entry != fs::directory_iterator(); entry.increment(error)) {
    if (entry->is_directory(ignored)) folders.push_back(entry->path());
  }
  return folders;
}

bool SameBytes(const fs::path& a, const fs::path& b) {
  std::error_code error;
  const std::uintmax_t size = fs::file_size(a, error);
  if (error || size != fs::file_size(b, error) || error) return false;
  std::ifstream left(a, std::ios::binary), right(b, std::ios::binary);
  std::vector<char> left_block(std::size_t{256} << 10), right_block(left_block.size());
  while (left && right) {
    left.read(left_block.data(), static_cast<std::streamsize>(left_block.size()));
    right.read(right_block.data(), static_cast<std::streamsize>(right_block.size()));
    if (left.gcount() != right.gcount()) return false;
    if (!std::equal(left_block.begin(), left_block.begin() + left.gcount(), right_block.begin())) return false;
  }
  return left.eof() && right.eof();
}

}  // namespace

Result<StagedPackage> StagedPackage::Make(const fs::path& models) {
  std::error_code error;
  fs::create_directories(models, error);
  SweepAbandoned(models);
  for (int attempt = 0;; ++attempt) {
    std::string path = (models / (std::string(kStaged) + "XXXXXX")).string();
    if (error || mkdtemp(path.data()) == nullptr) {
      return Fail(Code::kInvalid, fmt::format("{}: no folder can be made there: {}; name another with --models",
                                              models.string(), error ? error.message() : strerror(errno)));
    }
    // Another process may have swept it before it was locked. Where there are no locks at all, nobody sweeps.
    const int lock = Lock(path);
    if (lock < 0 && attempt < kMostAttempts) {
      fs::remove(path, error);
      error.clear();
      continue;
    }
    // mkdtemp's folder is its maker's alone; packages are read by workers that may be somebody else.
    fs::permissions(path, fs::perms(0755), error);
    return StagedPackage(models, path, lock);
  }
}

StagedPackage::~StagedPackage() {
  std::error_code ignored;
  if (!path_.empty()) fs::remove_all(path_, ignored);
  if (lock_ >= 0) close(lock_);
}

void SweepAbandoned(const fs::path& models) {
  std::vector<fs::path> abandoned;
  for (const fs::path& inside : FoldersIn(models)) {
    const auto is = [&](std::string_view beginning) { return inside.filename().string().starts_with(beginning); };
    if (is(kStaged) || is(kRemoved)) {
      abandoned.push_back(inside);
    } else {  // of versions, which stand a folder deeper
      std::ranges::copy_if(FoldersIn(inside), std::back_inserter(abandoned),
                           [](const fs::path& path) { return path.filename().string().starts_with(kRemoved); });
    }
  }
  for (const fs::path& folder : abandoned) {
    const int lock = Lock(folder);
    if (lock < 0) continue;
    std::error_code ignored;
    fs::remove_all(folder, ignored);
    close(lock);
  }
}

Status StagedPackage::Write(const fs::path& name, std::string_view bytes) const {
  std::error_code error;
  fs::create_directories((path_ / name).parent_path(), error);
  std::ofstream out(path_ / name, std::ios::binary);
  out.write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
  out.close();
  if (out) return {};
  return Fail(Code::kUnavailable, fmt::format("{}: cannot be written", (path_ / name).string()));
}

Status StagedPackage::Copy(const fs::path& from, const fs::path& name) const {
  std::error_code error;
  fs::create_directories((path_ / name).parent_path(), error);
  fs::copy_file(from, path_ / name, fs::copy_options::overwrite_existing, error);
  if (!error) return {};
  return Fail(Code::kUnavailable,
              fmt::format("{}: cannot be copied to {}: {}", from.string(), models_.string(), error.message()));
}

fs::path StagedPackage::Home(const model::Package& package) const { return models_ / package.name / package.version; }

Status StagedPackage::Install(const model::Package& package) {
  const fs::path home = Home(package);
  if (Status synced = SyncAll(path_); !synced) return synced;
  std::error_code error;
  fs::create_directories(home.parent_path(), error);
  // A folder that has something in it is never replaced by this.
  if (!error && rename(path_.c_str(), home.c_str()) != 0) error.assign(errno, std::generic_category());
  if (error == std::errc::directory_not_empty || error == std::errc::file_exists ||
      error == std::errc::not_a_directory) {
    return Fail(Code::kConflict, fmt::format("{}: is there already; nothing was changed", home.string()));
  }
  if (error) return Fail(Code::kUnavailable, fmt::format("{}: {}", home.string(), error.message()));
  path_.clear();
  return Sync(home.parent_path());
}

std::string NextVersion(const std::vector<std::string>& versions) {
  std::string newest;
  for (const std::string& version : versions) {
    if (newest.empty() || model::CompareVersions(version, newest) > 0) newest = version;
  }
  std::uint64_t number = 0;
  std::from_chars(newest.data(), newest.data() + newest.size(), number);
  return std::to_string(number + 1);
}

bool SameFiles(const model::Package& a, const model::Package& b) {
  const auto left = a.files(), right = b.files();
  return std::equal(left.begin(), left.end(), right.begin(), right.end(), SameBytes);
}

}  // namespace darkroom::cli
