// Adding a package to a folder of packages: from a network alone, for which a model.toml is drafted, or from a folder
// that is a package. Nothing appears before it was loaded and run once; nothing that is there is replaced.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "cli/package_draft.h"
#include "model/package.h"
#include "model/runtime.h"

namespace darkroom::cli {

struct AddOptions {
  std::filesystem::path from;       // a network, or the folder of a package
  std::filesystem::path models;     // where packages are; made when it is not there
  std::string name;                 // empty: from the file's name, or as the package says
  std::optional<model::Task> task;  // for a network
  std::filesystem::path labels;     // likewise; empty: none
};

struct AddedPackage {
  model::Package package;      // as it is in its new place, or was before
  bool there_before = false;   // nothing was done: the same was there
  std::vector<Guess> guesses;  // of a draft
};

// Errors: kInvalid naming file or flag and what to do; kConflict when something is in the way.
Result<AddedPackage> AddPackage(const AddOptions& options, model::Runtime& runtime);

// What a package of this file is called: its name without the ending, or its folder's when the file is just
// "model.onnx"; what a name may not have becomes "-".
std::string NameFrom(const std::filesystem::path& file);

// `toml` with another `[model] version`, or name; nothing else changes. kInvalid when the key does not stand on a line
// of its own.
Result<std::string> WithModelKey(const model::Package& package, std::string_view key, std::string_view value);

}  // namespace darkroom::cli
