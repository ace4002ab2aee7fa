#include "cli/packages.h"

#include <algorithm>
#include <filesystem>

namespace darkroom::cli {

std::string ProgramPath() {
  std::error_code error;
  const auto path = std::filesystem::read_symlink("/proc/self/exe", error);
  return error ? "" : path.string();
}

std::string ShippedModels() {
  const std::filesystem::path folder = std::filesystem::path(ProgramPath()).parent_path();
  for (const char* relative : {"../../models", "../share/darkroom/models", "models"}) {
    std::error_code error;
    const auto candidate = std::filesystem::weakly_canonical(folder / relative, error);
    if (!error && std::filesystem::is_directory(candidate, error)) return candidate.string();
  }
  return "";
}

std::vector<std::string> PackageDirectories(const std::string& shipped, const std::vector<std::string>& own) {
  std::vector<std::string> directories;
  if (!shipped.empty()) directories.push_back(shipped);
  directories.insert(directories.end(), own.begin(), own.end());
  return directories;
}

model::FoundPackages FindAllPackages(const std::vector<std::string>& directories) {
  model::FoundPackages all;
  for (const std::string& directory : directories) {
    auto found = model::FindPackages(directory);
    for (model::Package& package : found.packages) {
      std::erase_if(all.packages,
                    [&](const model::Package& p) { return p.name == package.name && p.version == package.version; });
      all.packages.push_back(std::move(package));
    }
    std::ranges::move(found.errors, std::back_inserter(all.errors));
  }
  for (model::Package& built_in : std::vector{model::NoopPackage(), model::TransformPackage()}) {
    if (std::ranges::find(all.packages, built_in.name, &model::Package::name) != all.packages.end()) continue;
    all.packages.push_back(std::move(built_in));
  }
  return all;
}

}  // namespace darkroom::cli
