// What `run --out DIR` writes: each job's artifacts as DIR/<picture's name>.<artifact's name>.
#pragma once

#include <string>
#include <vector>

#include "cli/api_client.h"

namespace darkroom::cli {

// Makes the directory and tries whether a file can be made in it. kInvalid: not so.
Status PrepareDirectory(const std::string& directory);

// The names, made different from each other: a later one that is taken gets a number, "a.jpg.1".
std::vector<std::string> DifferentNames(std::vector<std::string> names);

Task<Status> WriteResults(ApiClient& api, const std::vector<json::object>& jobs, std::string directory);

}  // namespace darkroom::cli
