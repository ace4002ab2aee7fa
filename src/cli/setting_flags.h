// The settings as flags of a command, and reading them together with darkroom.toml and the environment.
#pragma once

#include <CLI/CLI.hpp>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "cli/settings.h"

namespace darkroom::cli {

// What a worker is told of them.
inline constexpr std::string_view kWorkerSettings[] = {
    "models", "model", "lanes", "model_memory", "grace", "lease", "inline_result", "onnxruntime", "log"};

class SettingFlags {
 public:
  // Adds --config and a flag for each key (all of them when `keys` is empty). Must outlive the parsing.
  void AddTo(CLI::App& command, std::span<const std::string_view> keys = {});
  // Adds --flags-only too: read neither file nor environment. A hub that has read its own says all to its workers.
  void AddFlagsOnly(CLI::App& command);

  // Reads --config FILE, else $DARKROOM_CONFIG, else ./darkroom.toml when it is there. Prints warnings.
  Result<LoadedSettings> Load() const;

 private:
  CLI::Option* config_given_ = nullptr;
  std::string config_;
  bool flags_only_ = false;
  std::map<std::string, std::vector<std::string>, std::less<>> values_;
};

// Arguments from which a command with flags for `keys` and --flags-only loads the same values.
std::vector<std::string> FlagsFrom(const Settings& settings, std::span<const std::string_view> keys);

}  // namespace darkroom::cli
