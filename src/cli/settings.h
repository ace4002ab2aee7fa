// Settings: everything that can be set, once: its key in darkroom.toml, its environment variable (DARKROOM_ and the key
// in capitals), its flag (-- and the key with hyphens), its default and its meaning. Later sources win:
// default < darkroom.toml < environment < flag.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/time.h"

namespace darkroom::cli {

struct Settings {
  std::string listen_address = "127.0.0.1";
  int listen_port = 8080;
  std::string data;                 // a directory
  std::vector<std::string> models;  // directories of packages
  std::string model;                // the default one; empty: the first
  int workers = 0;                  // processes
  int lanes = 1;                    // threads of a worker that run models
  Duration grace = 30s;
  Duration lease = 30s;
  std::int64_t inline_result = 64'000;
  int max_receives = 4;
  std::int64_t max_file_bytes = 25'000'000;
  int max_files = 1000;
  std::int64_t max_pixels = 50'000'000;
  std::int64_t max_queued = 1'000'000;
  Duration retention = 30 * 24h;
  Duration sweep_interval = 30s;
  std::vector<std::string> allow_origins;
  std::vector<std::string> allow_hosts;
  std::string onnxruntime;  // libonnxruntime.so.1; empty: found by itself
  std::string log = "info";
};

// One setting, as text.
struct SettingSpec {
  std::string_view key;   // "max_files"
  std::string_view help;  // one line
  bool list = false;      // may be given several times; a list in darkroom.toml, separated by ',' in the environment
  Status (*set)(Settings& settings, const std::vector<std::string>& values);
  std::vector<std::string> (*get)(const Settings& settings);
};
const std::vector<SettingSpec>& SettingSpecs();

std::string FlagName(std::string_view key);         // "--max-files"
std::string EnvironmentName(std::string_view key);  // "DARKROOM_MAX_FILES"

struct LoadedSettings {
  Settings settings;
  std::map<std::string, std::string, std::less<>>
      origins;  // by key: "default", "darkroom.toml:3", "DARKROOM_LISTEN", "--listen"
};

struct SettingSources {
  std::string file;                                                    // a darkroom.toml; empty: none
  bool file_required = true;                                           // an absent file is an error
  std::function<const char*(const char*)> environment;                 // getenv
  std::map<std::string, std::vector<std::string>, std::less<>> flags;  // by key
};

// Errors: kInvalid naming file and line, variable or flag, what was expected, and for an unknown key the nearest one.
Result<LoadedSettings> LoadSettings(const SettingSources& sources);

}  // namespace darkroom::cli
