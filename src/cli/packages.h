// Where model packages are looked for.
#pragma once

#include <string>
#include <vector>

#include "model/package.h"

namespace darkroom::cli {

// The program's own path, links resolved.
std::string ProgramPath();

// The directory of shipped packages, found from the program's: ../../models (a build tree) or ../share/darkroom/models
// (an installation); empty when neither is there.
std::string ShippedModels();

// The shipped packages' directory, then `own` ones: of hub and workers alike.
std::vector<std::string> PackageDirectories(const std::string& shipped, const std::vector<std::string>& own);

// Packages of all directories; of two with the same name and version the later directory's wins.
model::FoundPackages FindAllPackages(const std::vector<std::string>& directories);

}  // namespace darkroom::cli
