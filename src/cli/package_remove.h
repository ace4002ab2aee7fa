// Taking packages out of the user's own folders.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "model/package.h"

namespace darkroom::cli {

// The folders of the packages that "NAME" or "NAME@VERSION" means, of those in `own`. Errors: kNotFound; kDenied when
// only a shipped one (in `shipped`) is called so; kConflict when a folder holds another package, which would go too.
Result<std::vector<std::filesystem::path>> FoldersToRemove(const std::vector<std::string>& own,
                                                           const std::string& shipped, std::string_view wanted);

// Takes one away: it is gone at once for whoever looks, then its files are removed. kUnavailable: it cannot be.
Status RemoveFolder(const std::filesystem::path& folder);

}  // namespace darkroom::cli
