// The pictures that were named on the command line.
#pragma once

#include <string>
#include <vector>

#include "base/result.h"

namespace darkroom::cli {

// Files as they were named; of a directory its JPEG, PNG and WebP files, sorted. All of them are regular files or pipes
// that may be read, of at most a gigabyte. Errors: kNotFound naming the first that is not there, kInvalid the first
// that is anything else, or when nothing is left.
Result<std::vector<std::string>> ListPictures(const std::vector<std::string>& paths);

// The file's bytes; blocks. kInvalid: it cannot be read, or is larger than that.
Result<std::string> ReadPicture(const std::string& path);

}  // namespace darkroom::cli
