#include "mesh/binvox.h"

#include <fmt/format.h>

namespace darkroom::mesh {
namespace {

// Pairs of a value and how often it comes, which is a byte too.
class Runs {
 public:
  explicit Runs(std::string& out) : out_(out) {}
  ~Runs() { End(); }
  Runs(const Runs&) = delete;
  Runs& operator=(const Runs&) = delete;

  void Add(bool value) {
    if (value != value_ || count_ == 255) End();
    value_ = value;
    ++count_;
  }

 private:
  void End() {
    if (count_ == 0) return;
    out_.push_back(static_cast<char>(value_));
    out_.push_back(static_cast<char>(count_));
    count_ = 0;
  }

  std::string& out_;
  bool value_ = false;
  int count_ = 0;
};

}  // namespace

std::string WriteBinvox(const Voxels& voxels, float threshold, const Frame& frame) {
  const int n = voxels.side();
  std::string out = fmt::format("#binvox 1\ndim {} {} {}\ntranslate {} {} {}\nscale {}\ndata\n", n, n, n,
                                frame.origin.x, frame.origin.y, frame.origin.z, frame.side);
  Runs runs(out);
  for (int x = 0; x < n; ++x) {
    for (int z = 0; z < n; ++z) {
      for (int y = 0; y < n; ++y) runs.Add(voxels.at(x, y, z) > threshold);  // y is fastest, then z
    }
  }
  return out;
}

}  // namespace darkroom::mesh
