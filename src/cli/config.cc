// `darkroom config`: the settings as they would be used, each with where it comes from, as a darkroom.toml.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include "cli/commands.h"
#include "cli/setting_flags.h"

namespace darkroom::cli {
namespace {

std::string TomlString(std::string_view text) {
  std::string quoted = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') quoted += '\\';
    quoted += c;
  }
  return quoted + "\"";
}

std::string TomlValue(const SettingSpec& spec, const std::vector<std::string>& values) {
  if (!spec.list) {
    const bool number = !values[0].empty() && values[0].find_first_not_of("0123456789") == std::string::npos;
    return number ? values[0] : TomlString(values[0]);
  }
  std::vector<std::string> quoted;
  for (const std::string& value : values) quoted.push_back(TomlString(value));
  return fmt::format("[{}]", fmt::join(quoted, ", "));
}

}  // namespace

void AddConfig(CLI::App& app, int& exit) {
  auto flags = std::make_shared<SettingFlags>();
  CLI::App* command = app.add_subcommand("config", "print the settings, each with where it comes from");
  flags->AddTo(*command);
  command->callback([flags, &exit] {
    const auto loaded = flags->Load();
    if (!loaded) return PrintError(loaded.error()), void(exit = kUsage);
    for (const SettingSpec& spec : SettingSpecs()) {
      const std::string line = fmt::format("{} = {}", spec.key, TomlValue(spec, spec.get(loaded->settings)));
      fmt::print("{:<40} # {} ({})\n", line, loaded->origins.find(spec.key)->second, spec.help);
    }
    exit = kOk;
  });
}

}  // namespace darkroom::cli
