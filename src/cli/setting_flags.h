// The settings as flags of a command, and reading them together with darkroom.toml and the environment.
#pragma once

#include <CLI/CLI.hpp>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "cli/settings.h"

namespace darkroom::cli {

class SettingFlags {
 public:
  // Adds --config and a flag for each key (all of them when `keys` is empty). Must outlive the parsing.
  void AddTo(CLI::App& command, const std::vector<std::string_view>& keys = {});

  // Reads --config FILE, else $DARKROOM_CONFIG, else ./darkroom.toml when it is there.
  Result<LoadedSettings> Load() const;

 private:
  std::string config_;
  std::map<std::string, std::vector<std::string>, std::less<>> values_;
};

// "darkroom: MESSAGE" on standard error.
void PrintError(const Error& error);

}  // namespace darkroom::cli
