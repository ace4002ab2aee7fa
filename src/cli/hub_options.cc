#include "cli/hub_options.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>

#include "base/log.h"
#include "cli/packages.h"

namespace darkroom::cli {

namespace {

// Whoever brings models means them; else the shipped one that the demo shows.
std::string DefaultModel(const Settings& settings, const std::vector<model::Package>& packages) {
  constexpr std::string_view kShipped = "furniture";
  if (!settings.models.empty()) {
    const auto own = model::FindPackages(settings.models.front());
    if (!own.packages.empty()) return own.packages.front().name;
  }
  const bool shipped = std::ranges::find(packages, kShipped, &model::Package::name) != packages.end();
  return shipped ? std::string(kShipped) : "";
}

}  // namespace

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
  options.package_directories = PackageDirectories(shipped, settings.models);
  options.packages = FindAllPackages(options.package_directories);
  for (const Error& error : options.packages.errors) spdlog::warn("model package left out: {}", error.message());
  if (settings.model.empty()) settings.model = DefaultModel(settings, options.packages.packages);
  options.settings = std::move(settings);
  return options;
}

}  // namespace darkroom::cli
