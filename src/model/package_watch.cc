#include "model/package_watch.h"

#include <fmt/format.h>
#include <sys/stat.h>

#include <algorithm>

namespace darkroom::model {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kMostEntries = 10'000;  // of a folder that is no folder of packages, nobody waits for more
constexpr int kDepth = 3;                     // DIR/name/version/file

// Size, time of the last change and inode: a file that is replaced or written has another.
std::string Sign(const fs::path& path) {
  struct stat info{};
  if (::stat(path.c_str(), &info) != 0) return fmt::format("{} gone\n", path.string());
  return fmt::format("{} {} {} {}.{} {}\n", path.string(), info.st_ino, info.st_size, info.st_mtim.tv_sec,
                     info.st_mtim.tv_nsec, S_ISDIR(info.st_mode) ? "d" : "f");
}

void SignAll(const fs::path& folder, int depth, std::vector<std::string>* lines) {
  std::error_code error;
  fs::directory_iterator entries(folder, error);
  for (; !error && entries != fs::directory_iterator() && lines->size() < kMostEntries; entries.increment(error)) {
    lines->push_back(Sign(entries->path()));
    std::error_code ignored;
    if (depth > 1 && entries->is_directory(ignored)) SignAll(entries->path(), depth - 1, lines);
  }
}

}  // namespace

PackageWatch::PackageWatch(std::vector<std::string> directories)
    : directories_(std::move(directories)), known_(Look()), last_(known_) {}

std::string PackageWatch::Look() const {
  std::vector<std::string> lines;
  for (const std::string& directory : directories_) SignAll(directory, kDepth, &lines);
  std::ranges::sort(lines);  // a directory is read in no order
  std::string all;
  for (const std::string& line : lines) all += line;
  return all;
}

bool PackageWatch::Changed() {
  std::string now = Look();
  const bool at_rest = now == last_;
  last_ = std::move(now);
  if (!at_rest || last_ == known_) return false;
  known_ = last_;
  return true;
}

std::string Stamp(const Package& package) {
  std::string stamp = package.toml;
  for (const fs::path& file : package.files()) stamp += Sign(file);
  return stamp;
}

Stamps StampsOf(const std::vector<Package>& packages) {
  Stamps stamps;
  for (const Package& package : packages) stamps[{package.name, package.version}] = Stamp(package);
  return stamps;
}

std::vector<PackageKey> Replaced(const Stamps& before, const Stamps& now) {
  std::vector<PackageKey> replaced;
  for (const auto& [key, stamp] : before) {
    const auto found = now.find(key);
    if (found == now.end() || found->second != stamp) replaced.push_back(key);
  }
  return replaced;
}

FoundPackages Renewed(const std::vector<Package>& old, FoundPackages found) {
  for (const Package& package : old) {
    if (package.toml_path.empty()) continue;
    std::error_code error;
    const bool there = fs::exists(package.toml_path, error);
    const bool readable = std::ranges::any_of(found.packages, [&](const Package& other) {
      return other.toml_path == package.toml_path || (other.name == package.name && other.version == package.version);
    });
    if (there && !readable) found.packages.push_back(package);
  }
  return found;
}

}  // namespace darkroom::model
