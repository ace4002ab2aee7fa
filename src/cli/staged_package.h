// StagedPackage: a package that is being put together, in a hidden folder within the folder of packages, where nobody
// looks for packages. Install makes it appear all at once; what is never installed goes with the object. It holds a
// lock (flock) on the folder, which ends with its process however that ends: so what was abandoned can be told and
// swept.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"
#include "model/package.h"

namespace darkroom::cli {

// Beginnings of the names of such folders, and of those that a package is moved to before its files are removed.
inline constexpr std::string_view kStaged = ".new-";
inline constexpr std::string_view kRemoved = ".removed-";

class StagedPackage {
 public:
  // Makes `models` where it is not there yet, and sweeps it. kInvalid: it cannot be written to.
  static Result<StagedPackage> Make(const std::filesystem::path& models);
  StagedPackage(StagedPackage&& other) noexcept
      : models_(std::move(other.models_)),
        path_(std::exchange(other.path_, {})),
        lock_(std::exchange(other.lock_, -1)) {}
  ~StagedPackage();

  const std::filesystem::path& path() const { return path_; }
  // Writes PATH/NAME; NAME may have folders. kUnavailable: the disk is full and the like.
  Status Write(const std::filesystem::path& name, std::string_view bytes) const;
  Status Copy(const std::filesystem::path& from, const std::filesystem::path& name) const;

  // Where `package` would be installed: MODELS/NAME/VERSION.
  std::filesystem::path Home(const model::Package& package) const;
  // Syncs all files and renames the folder to Home. kConflict: something is there already.
  Status Install(const model::Package& package);

 private:
  StagedPackage(std::filesystem::path models, std::filesystem::path path, int lock)
      : models_(std::move(models)), path_(std::move(path)), lock_(lock) {}

  std::filesystem::path models_;
  std::filesystem::path path_;  // empty: installed
  int lock_;                    // a descriptor of the folder; -1: moved from
};

// Removes from a folder of packages what processes that were killed left there: staged packages that nobody holds, and
// packages on their way out. What cannot be removed stays.
void SweepAbandoned(const std::filesystem::path& models);

// The whole number behind the newest of `versions`; "1" without any.
std::string NextVersion(const std::vector<std::string>& versions);

// Whether two packages have the same networks and labels, byte for byte, whatever their model.toml says.
bool SameFiles(const model::Package& a, const model::Package& b);

}  // namespace darkroom::cli
