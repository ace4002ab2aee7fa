#include "cli/hub_options.h"

#include <fmt/format.h>

#include <filesystem>

#include "base/log.h"
#include "cli/packages.h"

namespace darkroom::cli {

Result<HubOptions> MakeHubOptions(const LoadedSettings& loaded, const std::string& shipped) {
  Settings settings = loaded.settings;
  for (const std::string& directory : settings.models) {
    std::error_code error;
    if (std::filesystem::is_directory(directory, error)) continue;
    const bool there = std::filesystem::exists(directory, error);
    return Fail(Code::kInvalid,
                fmt::format("{}: '{}' {}; name a directory of model packages", loaded.origins.find("models")->second,
                            directory, there ? "is not a directory" : "is not there"));
  }
  HubOptions options;
  options.program = ProgramPath();
  options.packages = FindAllPackages(PackageDirectories(shipped, settings.models));
  for (const Error& error : options.packages.errors) spdlog::warn("model package left out: {}", error.message());
  // Whoever brings models means them; else the shipped one that the demo shows.
  if (settings.model.empty() && !settings.models.empty()) {
    const auto own = model::FindPackages(settings.models.front());
    if (!own.packages.empty()) settings.model = own.packages.front().name;
  }
  if (settings.model.empty()) {
    for (const model::Package& package : options.packages.packages) {
      if (package.name == "furniture") settings.model = package.name;
    }
  }
  options.settings = std::move(settings);
  return options;
}

}  // namespace darkroom::cli
