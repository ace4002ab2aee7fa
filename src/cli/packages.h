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

// Packages of all directories; of two with the same name and version the later directory's wins.
model::FoundPackages FindAllPackages(const std::vector<std::string>& directories);

}  // namespace darkroom::cli
