#include "cli/setting_flags.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>

namespace darkroom::cli {

void SettingFlags::AddTo(CLI::App& command, const std::vector<std::string_view>& keys) {
  command.add_option("--config", config_, "file of settings; default $DARKROOM_CONFIG, else ./darkroom.toml")
      ->type_name("FILE");
  for (const SettingSpec& spec : SettingSpecs()) {
    if (!keys.empty() && std::ranges::find(keys, spec.key) == keys.end()) continue;
    auto* option = command.add_option(FlagName(spec.key), values_[std::string(spec.key)], std::string(spec.help));
    option->type_name("VALUE")->group("Settings");
    if (!spec.list) option->expected(1);
    option->allow_extra_args(false);
  }
}

Result<LoadedSettings> SettingFlags::Load() const {
  SettingSources sources;
  sources.environment = [](const char* name) { return std::getenv(name); };
  const char* from_environment = std::getenv("DARKROOM_CONFIG");
  sources.file = !config_.empty() ? config_ : from_environment != nullptr ? from_environment : "darkroom.toml";
  sources.file_required = !config_.empty() || from_environment != nullptr;
  for (const auto& [key, values] : values_) {
    if (!values.empty()) sources.flags.emplace(key, values);
  }
  return LoadSettings(sources);
}

void PrintError(const Error& error) { fmt::print(stderr, "darkroom: {}\n", error.message()); }

}  // namespace darkroom::cli
