#include "cli/temporary_directory.h"

#include <fmt/format.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <filesystem>

namespace darkroom::cli {

Result<TemporaryDirectory> TemporaryDirectory::Make(const std::string& name) {
  std::error_code error;
  const auto parent = std::filesystem::temp_directory_path(error);
  if (error) return Fail(Code::kInvalid, "there is no directory for temporary files; set TMPDIR to one");
  std::string path = (parent / (name + "-XXXXXX")).string();
  if (mkdtemp(path.data()) == nullptr) {
    return Fail(Code::kInvalid, fmt::format("no directory can be made in {}: {}; set TMPDIR to another",
                                            parent.string(), strerror(errno)));
  }
  return TemporaryDirectory(std::move(path));
}

void TemporaryDirectory::Remove() {
  std::error_code ignored;
  if (!path_.empty()) std::filesystem::remove_all(std::exchange(path_, ""), ignored);
}

}  // namespace darkroom::cli
