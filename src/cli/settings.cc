#include "cli/settings.h"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <toml++/toml.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <optional>
#include <thread>

#include "base/nearest.h"
#include "cli/setting_values.h"
#include "web/client_text.h"

namespace darkroom::cli {
namespace {

using Values = std::vector<std::string>;
using Environment = std::map<std::string, std::string, std::less<>>;

// Variables with a meaning of their own; the last two are for workers that a hub starts.
constexpr std::string_view kOtherVariables[] = {"DARKROOM_CONFIG", "DARKROOM_SERVER", "DARKROOM_CATALOGUE",
                                                "DARKROOM_PARENT", "DARKROOM_WORKER_NAME"};

// $XDG_DATA_HOME/darkroom, else ~/.local/share/darkroom (XDG Base Directory Specification).
std::string DefaultData(const Environment& environment) {
  const auto data_home = environment.find("XDG_DATA_HOME");
  if (data_home != environment.end() && data_home->second.starts_with('/')) return data_home->second + "/darkroom";
  const auto home = environment.find("HOME");
  return (home != environment.end() && !home->second.empty() ? home->second : "/tmp") + "/.local/share/darkroom";
}

const SettingSpec* FindSpec(std::string_view key) {
  const auto& specs = SettingSpecs();
  const auto found = std::ranges::find(specs, key, &SettingSpec::key);
  return found == specs.end() ? nullptr : &*found;
}

// "; did you mean 'listen'?", or nothing when no key is near.
std::string Guess(std::string_view key) {
  std::vector<std::string_view> keys;
  for (const SettingSpec& spec : SettingSpecs()) keys.push_back(spec.key);
  const std::string_view nearest = Nearest(key, keys);
  return nearest.empty() ? "; `darkroom config` lists them" : fmt::format("; did you mean '{}'?", nearest);
}

// A value of darkroom.toml as text; nullopt for a table, a date and the like.
std::optional<std::string> Text(const toml::node& node) {
  if (const auto text = node.value_exact<std::string>()) return *text;
  if (const auto number = node.value_exact<std::int64_t>()) return std::to_string(*number);
  return std::nullopt;
}

// `place` is what errors begin with: "darkroom.toml:3: listen", "DARKROOM_LISTEN", "--listen".
Status Set(LoadedSettings& loaded, const SettingSpec& spec, Values values, const std::string& place,
           std::string origin) {
  if (spec.list) std::erase(values, "");
  if (!spec.list && values.size() != 1) return Fail(Code::kInvalid, place + ": takes one value");
  const Status set = spec.set(loaded.settings, values);
  if (!set) return Fail(set.error().During(place));
  loaded.origins[std::string(spec.key)] = std::move(origin);
  return {};
}

Result<std::string> ReadText(const std::string& file) {
  std::error_code error;
  if (std::filesystem::is_directory(file, error)) {
    return Fail(Code::kInvalid, fmt::format("{}: is a directory; a file of settings is expected", file));
  }
  errno = 0;
  std::ifstream stream(file, std::ios::binary);
  std::string text(std::istreambuf_iterator<char>(stream), {});
  if (!stream.is_open() || stream.bad()) {
    return Fail(Code::kInvalid, fmt::format("{}: the settings cannot be read: {}", file, strerror(errno)));
  }
  return text;
}

Status ReadFile(LoadedSettings& loaded, const std::string& file) {
  const auto content = ReadText(file);
  if (!content) return Fail(content.error());
  toml::table table;
  try {
    table = toml::parse(*content, file);
  } catch (const toml::parse_error& error) {
    return Fail(Code::kInvalid, fmt::format("{}:{}: {}", file, error.source().begin.line, error.description()));
  }
  for (const auto& [key, node] : table) {
    const std::string origin = fmt::format("{}:{}", file, key.source().begin.line);
    const SettingSpec* spec = FindSpec(key.str());
    if (spec == nullptr) {
      return Fail(Code::kInvalid, fmt::format("{}: there is no setting '{}'{}", origin, key.str(), Guess(key.str())));
    }
    Values values;
    bool readable = true;
    const auto take = [&](const toml::node& value) {
      auto text = Text(value);
      readable &= text.has_value();
      if (text) values.push_back(std::move(*text));
    };
    if (const toml::array* array = spec->list ? node.as_array() : nullptr) {
      for (const toml::node& element : *array) take(element);
    } else {
      take(node);
    }
    if (!readable) {
      return Fail(Code::kInvalid, fmt::format("{}: {} must be {}", origin, spec->key,
                                              spec->list ? "a list of strings" : "a string or a whole number"));
    }
    const Status set = Set(loaded, *spec, std::move(values), fmt::format("{}: {}", origin, spec->key), origin);
    if (!set) return set;
  }
  return {};
}

Values SplitList(std::string_view text) {
  Values values;
  while (true) {
    const auto comma = text.find(',');
    values.emplace_back(text.substr(0, comma));
    if (comma == std::string_view::npos) return values;
    text.remove_prefix(comma + 1);
  }
}

Status CheckVariable(const std::string& name, std::vector<std::string>& warnings) {
  std::vector<std::string> names(std::begin(kOtherVariables), std::end(kOtherVariables));
  for (const SettingSpec& spec : SettingSpecs()) names.push_back(EnvironmentName(spec.key));
  if (std::ranges::find(names, name) != names.end()) return {};
  constexpr std::string_view kStart = "DARKROOM_";
  std::vector<std::string_view> ends;
  for (const std::string_view known : names) ends.push_back(known.substr(kStart.size()));
  const std::string_view nearest = Nearest(std::string_view(name).substr(kStart.size()), ends);
  if (nearest.empty()) {
    warnings.push_back(fmt::format("{} is no setting and has no effect", name));
    return {};
  }
  return Fail(Code::kInvalid, fmt::format("{}: there is no such setting; did you mean {}{}?", name, kStart, nearest));
}

Status ReadEnvironment(LoadedSettings& loaded, const Environment& environment) {
  for (const auto& [name, value] : environment) {
    if (!name.starts_with("DARKROOM_")) continue;
    const Status known = CheckVariable(name, loaded.warnings);
    if (!known) return known;
  }
  for (const SettingSpec& spec : SettingSpecs()) {
    const std::string name = EnvironmentName(spec.key);
    const auto found = environment.find(name);
    if (found == environment.end()) continue;
    const Status set = Set(loaded, spec, spec.list ? SplitList(found->second) : Values{found->second}, name, name);
    if (!set) return set;
  }
  return {};
}

// A number as one where it reads back the same (not "007"), else a string.
std::string TomlValue(const SettingSpec& spec, const Values& values) {
  if (spec.list) {
    Values quoted;
    for (const std::string& value : values) quoted.push_back(TomlString(value));
    return fmt::format("[{}]", fmt::join(quoted, ", "));
  }
  const std::string& value = values[0];
  const bool digits = !value.empty() && value.size() < 18 && value.find_first_not_of("0123456789") == std::string::npos;
  return digits && (value == "0" || value[0] != '0') ? value : TomlString(value);
}

}  // namespace

std::string FlagName(std::string_view key) {
  std::string name = "--" + std::string(key);
  std::ranges::replace(name, '_', '-');
  return name;
}

std::string EnvironmentName(std::string_view key) {
  std::string name = "DARKROOM_";
  for (const char c : key) name += c >= 'a' && c <= 'z' ? char(c - 'a' + 'A') : c;
  return name;
}

Result<LoadedSettings> LoadSettings(const SettingSources& sources) {
  LoadedSettings loaded;
  loaded.settings.data = DefaultData(sources.environment);
  loaded.settings.workers = int(std::max(1u, std::thread::hardware_concurrency()));
  for (const SettingSpec& spec : SettingSpecs()) loaded.origins[std::string(spec.key)] = "default";

  std::error_code absent;
  if (!sources.file.empty() && (sources.file_required || std::filesystem::exists(sources.file, absent))) {
    const Status read = ReadFile(loaded, sources.file);
    if (!read) return Fail(read.error());
  }
  const Status environment = ReadEnvironment(loaded, sources.environment);
  if (!environment) return Fail(environment.error());
  for (const auto& [key, values] : sources.flags) {
    const SettingSpec* spec = FindSpec(key);
    DR_CHECK(spec != nullptr);
    const Status set = Set(loaded, *spec, values, FlagName(key), FlagName(key));
    if (!set) return Fail(set.error());
  }
  return loaded;
}

std::string ToToml(const LoadedSettings& loaded) {
  std::string text;
  for (const SettingSpec& spec : SettingSpecs()) {
    const std::string line = fmt::format("{} = {}", spec.key, TomlValue(spec, spec.get(loaded.settings)));
    const std::string origin = web::CleanText(loaded.origins.find(spec.key)->second);
    text += fmt::format("{:<40} # {} ({})\n", line, origin, spec.help);
  }
  return text;
}

}  // namespace darkroom::cli
