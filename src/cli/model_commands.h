// The subcommands of `darkroom model`, a file each, and what they share. Each Add… declares one on `model`, as those of
// commands.h do on the program.
#pragma once

#include <CLI/CLI.hpp>
#include <string>
#include <vector>

#include "base/result.h"
#include "cli/setting_flags.h"
#include "model/package.h"

namespace darkroom::cli {

void AddModelAdd(CLI::App& model, int& exit);
void AddModelBench(CLI::App& model, int& exit);
void AddModelCheck(CLI::App& model, int& exit);
void AddModelList(CLI::App& model, int& exit);
void AddModelPull(CLI::App& model, int& exit);
void AddModelRemove(CLI::App& model, int& exit);

// --models as the service takes it, with darkroom.toml and the environment behind it.
inline constexpr std::string_view kModelFolderSettings[] = {"models"};

// The folder that a package goes to: the first of `models`. Errors: those of the settings; kInvalid when there is none.
Result<std::string> OwnFolder(const SettingFlags& settings);

// `path` itself when it is a package, else those inside it.
model::FoundPackages PackagesAt(const std::string& path);

// The pictures that were named, else those in the package's samples/; empty where it has none. Errors: those of
// ListPictures.
Result<std::vector<std::string>> SamplesOf(const model::Package& package, const std::vector<std::string>& named);

// "2.7 MB".
std::string SizeText(std::uint64_t bytes);

}  // namespace darkroom::cli
