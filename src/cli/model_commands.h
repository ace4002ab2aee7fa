// The subcommands of `darkroom model`, a file each, and what they share. Each Add… declares one on `model`, as those of
// commands.h do on the program.
#pragma once

#include <CLI/CLI.hpp>
#include <string>
#include <vector>

#include "base/result.h"
#include "model/package.h"

namespace darkroom::cli {

void AddModelCheck(CLI::App& model, int& exit);

// `path` itself when it is a package, else those inside it.
model::FoundPackages PackagesAt(const std::string& path);

// The pictures that were named, else those in the package's samples/; empty where it has none. Errors: those of
// ListPictures.
Result<std::vector<std::string>> SamplesOf(const model::Package& package, const std::vector<std::string>& named);

}  // namespace darkroom::cli
