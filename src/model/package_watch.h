// PackageWatch: tells when packages on disk have changed, and what of them still counts.
#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "model/package.h"

namespace darkroom::model {

// Looks at names, sizes, times and inodes of the files in packages (DIR/<any>/* and DIR/<any>/<version>/*), not into
// them. Threads: one at a time.
class PackageWatch {
 public:
  // Takes what is there now as known.
  explicit PackageWatch(std::vector<std::string> directories);

  // True once for each change that has come to rest: what is there is not what was known, and has been the same at the
  // last call, so that a copy under way is not taken for a package. Reads directories; some ms for a hundred packages.
  bool Changed();

 private:
  std::string Look() const;

  const std::vector<std::string> directories_;
  std::string known_;
  std::string last_;
};

// Differs when the package's model.toml, or the size, time or inode of one of its files does.
std::string Stamp(const Package& package);

using PackageKey = std::pair<std::string, std::string>;  // name and version
using Stamps = std::map<PackageKey, std::string>;
Stamps StampsOf(const std::vector<Package>& packages);
// Those of `before` that `now` has otherwise, or no more.
std::vector<PackageKey> Replaced(const Stamps& before, const Stamps& now);

// `found`, with those of `old` that a newer model.toml in the same place, which cannot be read, would have replaced: a
// broken package does not end the service of the one before it.
FoundPackages Renewed(const std::vector<Package>& old, FoundPackages found);

}  // namespace darkroom::model
