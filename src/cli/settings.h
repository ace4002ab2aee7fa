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
  int gateway_port = 0;             // on loopback; 0: any free one
  std::string data;                 // a directory
  std::vector<std::string> models;  // directories of packages
  std::string model;                // the default one; empty: the first of `models`, else the shipped one
  int workers = 0;                  // processes
  int lanes = 1;                    // threads of a worker that run models
  std::int64_t model_memory = 4'000'000'000;
  Duration grace = 30s;
  Duration lease = 30s;
  std::int64_t inline_result = 64'000;
  int max_receives = 4;
  int quarantine_after = 5;  // crashes; 0: never
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
  // May be given several times, or be empty; a list in darkroom.toml, separated by ',' in the environment.
  bool list = false;
  // Takes one value, of a list any number of them, none of which is empty. kInvalid: what was found and what is
  // allowed.
  std::function<Status(Settings& settings, const std::vector<std::string>& values)> set;
  std::function<std::vector<std::string>(const Settings& settings)> get;
};
const std::vector<SettingSpec>& SettingSpecs();

std::string FlagName(std::string_view key);         // "--max-files"
std::string EnvironmentName(std::string_view key);  // "DARKROOM_MAX_FILES"

struct LoadedSettings {
  Settings settings;
  // By key: "default", "darkroom.toml:3", "DARKROOM_LISTEN", "--listen".
  std::map<std::string, std::string, std::less<>> origins;
  std::vector<std::string> warnings;  // what was ignored
};

struct SettingSources {
  std::string file;                                                    // a darkroom.toml; empty: none
  bool file_required = true;                                           // an absent file is an error
  std::map<std::string, std::string, std::less<>> environment;         // all of it
  std::map<std::string, std::vector<std::string>, std::less<>> flags;  // by key
};

// Errors: kInvalid naming file and line, variable or flag, what was expected, and for an unknown key the nearest one. A
// variable DARKROOM_… that is none of ours is an error when it is nearly one of ours, else a warning: others may set
// such variables too, as Kubernetes does for a service of that name.
Result<LoadedSettings> LoadSettings(const SettingSources& sources);

// A darkroom.toml from which the same settings are loaded; comments say where each comes from and what it means.
std::string ToToml(const LoadedSettings& loaded);

}  // namespace darkroom::cli
