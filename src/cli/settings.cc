#include "cli/settings.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <toml++/toml.h>
#include <algorithm>
#include <charconv>
#include <filesystem>
#include <thread>

#include "base/nearest.h"

namespace darkroom::cli {
namespace {

using Values = std::vector<std::string>;

Result<std::int64_t> ParseInt(std::string_view text, std::int64_t min, std::int64_t max) {
  std::int64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size() || value < min || value > max) {
    return Fail(Code::kInvalid, fmt::format("'{}' must be a whole number from {} to {}", text, min, max));
  }
  return value;
}

// "25MB": bytes, or decimal multiples.
Result<std::int64_t> ParseSize(std::string_view text) {
  constexpr std::pair<std::string_view, std::int64_t> kUnits[] = {
      {"GB", 1'000'000'000}, {"MB", 1'000'000}, {"kB", 1'000}, {"B", 1}, {"", 1}};
  for (const auto& [unit, factor] : kUnits) {
    if (!text.ends_with(unit)) continue;
    const auto number = ParseInt(text.substr(0, text.size() - unit.size()), 1, std::int64_t(1) << 30);
    if (number) return *number * factor;
    break;
  }
  return Fail(Code::kInvalid, fmt::format("'{}' is not a size; write one like 500kB, 25MB or 1GB", text));
}

std::string FormatSize(std::int64_t bytes) {
  if (bytes % 1'000'000 == 0) return fmt::format("{}MB", bytes / 1'000'000);
  if (bytes % 1'000 == 0) return fmt::format("{}kB", bytes / 1'000);
  return fmt::format("{}B", bytes);
}

template <class T>
Status Store(Result<T> value, auto& field) {
  if (!value) return Fail(value.error());
  field = static_cast<std::remove_reference_t<decltype(field)>>(*value);
  return {};
}

Status SetListen(Settings& s, const Values& v) {
  const std::string& text = v[0];
  const auto colon = text.rfind(':');
  const auto port = colon == std::string::npos ? Fail(Code::kInvalid, "")
                                               : ParseInt(std::string_view(text).substr(colon + 1), 0, 65535);
  if (!port || colon == 0)
    return Fail(Code::kInvalid, fmt::format("'{}' is not an address and port; write one like 127.0.0.1:8080", text));
  s.listen_address = text.substr(0, colon);
  if (s.listen_address.starts_with('[') && s.listen_address.ends_with(']')) {
    s.listen_address = s.listen_address.substr(1, s.listen_address.size() - 2);
  }
  s.listen_port = int(*port);
  return {};
}

// A message carries ten results at most and has a mebibyte.
Status SetInlineResult(Settings& s, const Values& v) {
  const auto size = ParseSize(v[0]);
  if (!size) return Fail(size.error());
  if (*size > 90'000) return Fail(Code::kInvalid, fmt::format("'{}' is more than 90kB", v[0]));
  s.inline_result = *size;
  return {};
}

Status SetLog(Settings& s, const Values& v) {
  constexpr std::string_view kLevels[] = {"debug", "info", "warn", "error"};
  if (std::ranges::find(kLevels, v[0]) == std::end(kLevels)) {
    return Fail(Code::kInvalid, fmt::format("'{}' must be one of debug, info, warn, error", v[0]));
  }
  s.log = v[0];
  return {};
}

std::vector<SettingSpec> MakeSpecs() {
  using S = Settings;
  return {
      {"listen", "address and port of the page and the API; port 0: any free one", false, SetListen,
       [](const S& s) { return Values{fmt::format("{}:{}", s.listen_address, s.listen_port)}; }},
      {"data", "directory of queue, jobs and pictures", false,
       [](S& s, const Values& v) { return s.data = v[0], Status(); }, [](const S& s) { return Values{s.data}; }},
      {"models", "directory of model packages, besides those that are shipped", true,
       [](S& s, const Values& v) { return s.models = v, Status(); }, [](const S& s) { return s.models; }},
      {"model", "model of jobs that name none", false, [](S& s, const Values& v) { return s.model = v[0], Status(); },
       [](const S& s) { return Values{s.model}; }},
      {"workers", "worker processes", false,
       [](S& s, const Values& v) { return Store(ParseInt(v[0], 0, 256), s.workers); },
       [](const S& s) { return Values{std::to_string(s.workers)}; }},
      {"lanes", "models that one worker runs at once, each on a thread", false,
       [](S& s, const Values& v) { return Store(ParseInt(v[0], 1, 256), s.lanes); },
       [](const S& s) { return Values{std::to_string(s.lanes)}; }},
      {"grace", "how long running work may go on after SIGTERM", false,
       [](S& s, const Values& v) { return Store(ParseDuration(v[0]), s.grace); },
       [](const S& s) { return Values{FormatDuration(s.grace)}; }},
      {"lease", "how long a worker may be silent before its job goes to another", false,
       [](S& s, const Values& v) { return Store(ParseDuration(v[0]), s.lease); },
       [](const S& s) { return Values{FormatDuration(s.lease)}; }},
      {"inline_result", "largest result that travels with its job's outcome; a larger one is stored as an object",
       false, SetInlineResult, [](const S& s) { return Values{FormatSize(s.inline_result)}; }},
      {"max_receives", "attempts before a job is given up", false,
       [](S& s, const Values& v) { return Store(ParseInt(v[0], 1, 1000), s.max_receives); },
       [](const S& s) { return Values{std::to_string(s.max_receives)}; }},
      {"max_file_size", "largest picture, as a file", false,
       [](S& s, const Values& v) { return Store(ParseSize(v[0]), s.max_file_bytes); },
       [](const S& s) { return Values{FormatSize(s.max_file_bytes)}; }},
      {"max_files", "most pictures of one submission", false,
       [](S& s, const Values& v) { return Store(ParseInt(v[0], 1, 100'000), s.max_files); },
       [](const S& s) { return Values{std::to_string(s.max_files)}; }},
      {"max_pixels", "largest picture, in pixels", false,
       [](S& s, const Values& v) { return Store(ParseInt(v[0], 1, std::int64_t(1) << 32), s.max_pixels); },
       [](const S& s) { return Values{std::to_string(s.max_pixels)}; }},
      {"max_queued", "waiting jobs past which submissions are turned away (429)", false,
       [](S& s, const Values& v) { return Store(ParseInt(v[0], 1, 1'000'000'000), s.max_queued); },
       [](const S& s) { return Values{std::to_string(s.max_queued)}; }},
      {"retention", "how long finished batches are kept", false,
       [](S& s, const Values& v) { return Store(ParseDuration(v[0]), s.retention); },
       [](const S& s) { return Values{FormatDuration(s.retention)}; }},
      {"sweep_interval", "how often leftovers of crashes are looked for", false,
       [](S& s, const Values& v) { return Store(ParseDuration(v[0]), s.sweep_interval); },
       [](const S& s) { return Values{FormatDuration(s.sweep_interval)}; }},
      {"allow_origins", "other sites whose pages may use the API (https://app.example)", true,
       [](S& s, const Values& v) { return s.allow_origins = v, Status(); }, [](const S& s) { return s.allow_origins; }},
      {"allow_hosts", "names besides localhost under which a loopback service answers", true,
       [](S& s, const Values& v) { return s.allow_hosts = v, Status(); }, [](const S& s) { return s.allow_hosts; }},
      {"onnxruntime", "libonnxruntime.so.1, where it is not found by itself", false,
       [](S& s, const Values& v) { return s.onnxruntime = v[0], Status(); },
       [](const S& s) { return Values{s.onnxruntime}; }},
      {"log", "least level that is logged: debug, info, warn, error", false, SetLog,
       [](const S& s) { return Values{s.log}; }},
  };
}

// $XDG_DATA_HOME/darkroom, else ~/.local/share/darkroom (XDG Base Directory Specification).
std::string DefaultData(const std::function<const char*(const char*)>& environment) {
  const char* data_home = environment("XDG_DATA_HOME");
  if (data_home != nullptr && data_home[0] == '/') return std::string(data_home) + "/darkroom";
  const char* home = environment("HOME");
  return std::string(home != nullptr && home[0] != '\0' ? home : "/tmp") + "/.local/share/darkroom";
}

const SettingSpec* FindSpec(std::string_view key) {
  const auto& specs = SettingSpecs();
  const auto found = std::ranges::find(specs, key, &SettingSpec::key);
  return found == specs.end() ? nullptr : &*found;
}

std::string NearestKey(std::string_view key) {
  std::vector<std::string_view> keys;
  for (const SettingSpec& spec : SettingSpecs()) keys.push_back(spec.key);
  return std::string(Nearest(key, keys));
}

// A value of darkroom.toml as text; nullopt for a table, a date and the like.
std::optional<std::string> Text(const toml::node& node) {
  if (const auto text = node.value_exact<std::string>()) return *text;
  if (const auto number = node.value_exact<std::int64_t>()) return std::to_string(*number);
  return std::nullopt;
}

Status Set(LoadedSettings& loaded, const SettingSpec& spec, const Values& values, std::string origin) {
  if (values.empty() || (!spec.list && values.size() > 1)) {
    return Fail(Code::kInvalid, fmt::format("{}: {} takes one value", origin, spec.key));
  }
  const Status set = spec.set(loaded.settings, values);
  if (!set) return Fail(set.error().During(fmt::format("{}: {}", origin, spec.key)));
  loaded.origins[std::string(spec.key)] = std::move(origin);
  return {};
}

Status ReadFile(LoadedSettings& loaded, const std::string& file) {
  toml::table table;
  try {
    table = toml::parse_file(file);
  } catch (const toml::parse_error& error) {
    return Fail(Code::kInvalid, fmt::format("{}:{}: {}", file, error.source().begin.line, error.description()));
  }
  for (const auto& [key, node] : table) {
    const std::string origin = fmt::format("{}:{}", file, key.source().begin.line);
    const SettingSpec* spec = FindSpec(key.str());
    if (spec == nullptr) {
      return Fail(Code::kInvalid, fmt::format("{}: there is no setting '{}'; did you mean '{}'?", origin, key.str(),
                                              NearestKey(key.str())));
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
    const Status set = Set(loaded, *spec, values, origin);
    if (!set) return set;
  }
  return {};
}

Values SplitList(std::string_view text) {
  Values values;
  while (true) {
    const auto comma = text.find(',');
    if (comma != 0 && !text.empty()) values.emplace_back(text.substr(0, comma));
    if (comma == std::string_view::npos) return values;
    text.remove_prefix(comma + 1);
  }
}

}  // namespace

const std::vector<SettingSpec>& SettingSpecs() {
  static const std::vector<SettingSpec> kSpecs = MakeSpecs();
  return kSpecs;
}

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

  if (!sources.file.empty() && (sources.file_required || std::filesystem::exists(sources.file))) {
    const Status read = ReadFile(loaded, sources.file);
    if (!read) return Fail(read.error());
  }
  for (const SettingSpec& spec : SettingSpecs()) {
    const std::string name = EnvironmentName(spec.key);
    const char* text = sources.environment(name.c_str());
    if (text == nullptr) continue;
    const Status set = Set(loaded, spec, spec.list ? SplitList(text) : Values{text}, name);
    if (!set) return Fail(set.error());
  }
  for (const auto& [key, values] : sources.flags) {
    const SettingSpec* spec = FindSpec(key);
    DR_CHECK(spec != nullptr);
    const Status set = Set(loaded, *spec, values, FlagName(key));
    if (!set) return Fail(set.error());
  }
  return loaded;
}

}  // namespace darkroom::cli
