// From settings to what a hub is started with; shared by `up` and `run`.
#pragma once

#include <string>

#include "cli/hub.h"

namespace darkroom::cli {

// Looks the packages up (broken ones are logged and left out) and settles which model is the default: the named one,
// else the first of the directories that the user gave, else `furniture`. kInvalid: a directory that the user gave is
// not there.
Result<HubOptions> MakeHubOptions(const LoadedSettings& loaded, const std::string& shipped);

}  // namespace darkroom::cli
