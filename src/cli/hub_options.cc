#include "cli/hub_options.h"

#include "base/log.h"
#include "cli/packages.h"

namespace darkroom::cli {

HubOptions MakeHubOptions(Settings settings, const std::string& shipped) {
  HubOptions options;
  options.program = ProgramPath();
  if (!shipped.empty()) options.package_dirs.push_back(shipped);
  options.package_dirs.insert(options.package_dirs.end(), settings.models.begin(), settings.models.end());
  options.packages = FindAllPackages(options.package_dirs);
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
