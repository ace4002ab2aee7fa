#include "cli/setting_flags.h"

#include <unistd.h>

#include <algorithm>

#include "cli/output.h"

namespace darkroom::cli {
namespace {

std::map<std::string, std::string, std::less<>> ProcessEnvironment() {
  std::map<std::string, std::string, std::less<>> environment;
  for (char** entry = environ; *entry != nullptr; ++entry) {
    const std::string_view text = *entry;
    const auto equals = text.find('=');
    if (equals != text.npos) environment.emplace(text.substr(0, equals), text.substr(equals + 1));
  }
  return environment;
}

}  // namespace

void SettingFlags::AddTo(CLI::App& command, std::span<const std::string_view> keys) {
  config_given_ =
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

void SettingFlags::AddFlagsOnly(CLI::App& command) {
  command.add_flag("--flags-only", flags_only_, "read no file of settings and no DARKROOM_ variables");
}

Result<LoadedSettings> SettingFlags::Load() const {
  SettingSources sources;
  if (!flags_only_) {
    sources.environment = ProcessEnvironment();
    const auto named = sources.environment.find("DARKROOM_CONFIG");
    const bool by_environment = named != sources.environment.end() && !named->second.empty();
    const bool by_flag = config_given_->count() > 0;
    if (by_flag && config_.empty()) return Fail(Code::kInvalid, "--config: the name of a file is missing");
    sources.file = by_flag ? config_ : by_environment ? named->second : "darkroom.toml";
    sources.file_required = by_flag || by_environment;
  }
  for (const auto& [key, values] : values_) {
    if (!values.empty()) sources.flags.emplace(key, values);
  }
  auto loaded = LoadSettings(sources);
  if (loaded) {
    for (const std::string& warning : loaded->warnings) PrintWarning(warning);
  }
  return loaded;
}

std::vector<std::string> FlagsFrom(const Settings& settings, std::span<const std::string_view> keys) {
  std::vector<std::string> flags;
  for (const SettingSpec& spec : SettingSpecs()) {
    if (std::ranges::find(keys, spec.key) == keys.end()) continue;
    std::vector<std::string> values = spec.get(settings);
    if (values.empty()) values.emplace_back();  // an empty list
    for (std::string& value : values) {
      flags.push_back(FlagName(spec.key));
      flags.push_back(std::move(value));
    }
  }
  return flags;
}

}  // namespace darkroom::cli
