#include "cli/package_remove.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/crypto.h"
#include "cli/staged_package.h"

namespace darkroom::cli {
namespace {

namespace fs = std::filesystem;

bool Means(std::string_view wanted, const model::Package& package) {
  return wanted == package.name || wanted == package.name + "@" + package.version;
}

}  // namespace

Result<std::vector<fs::path>> FoldersToRemove(const std::vector<std::string>& own, const std::string& shipped,
                                              std::string_view wanted) {
  std::vector<fs::path> folders, others;
  for (const std::string& directory : own) {
    std::error_code error;
    if (!shipped.empty() && fs::equivalent(directory, shipped, error)) continue;
    for (const model::Package& package : model::FindPackages(directory).packages) {
      (Means(wanted, package) ? folders : others).push_back(package.toml_path.parent_path());
    }
  }
  for (const fs::path& folder : folders) {
    for (const fs::path& other : others) {
      if (other.parent_path() != folder) continue;
      return Fail(Code::kConflict, fmt::format("{}: holds another package, {}; remove that one first, or move it out",
                                               folder.string(), other.string()));
    }
  }
  if (!folders.empty()) {
    // The inner ones first, so that the outer one is there to the end.
    std::ranges::sort(folders, std::ranges::greater());
    return folders;
  }
  if (!shipped.empty() && std::ranges::any_of(model::FindPackages(shipped).packages,
                                              [&](const model::Package& package) { return Means(wanted, package); })) {
    return Fail(Code::kDenied, fmt::format("'{}' is shipped with Darkroom and stays; a package of the same name and "
                                           "version in a folder of your own goes before it",
                                           wanted));
  }
  return Fail(Code::kNotFound,
              fmt::format("there is no '{}' in {}; `darkroom model list` shows what there is", wanted,
                          own.empty() ? "a folder of your own (--models)" : "the folders of --models"));
}

Status RemoveFolder(const fs::path& folder) {
  const fs::path hidden = folder.parent_path() / (std::string(kRemoved) + RandomHex(4));
  std::error_code error;
  fs::rename(folder, hidden, error);
  if (!error) fs::remove_all(hidden, error);
  if (error) return Fail(Code::kUnavailable, fmt::format("{}: {}", folder.string(), error.message()));
  return {};
}

}  // namespace darkroom::cli
