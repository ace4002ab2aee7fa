#include "mesh/specks.h"

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <vector>

namespace darkroom::mesh {
namespace {

// Flood fill over the solid voxels, one solid after the other.
class Solids {
 public:
  Solids(const Voxels& voxels, float threshold) : voxels_(voxels), unseen_(voxels.values().size()) {
    std::ranges::transform(voxels.values(), unseen_.begin(), [&](float value) { return value > threshold; });
    for (std::size_t i = 0; i < unseen_.size(); ++i) {
      if (unseen_[i]) Fill(i);
    }
    begins_.push_back(members_.size());
  }

  std::size_t count() const { return begins_.size() - 1; }
  // Indices into values() of the voxels of one.
  std::span<const std::uint32_t> operator[](std::size_t i) const {
    return std::span(members_).subspan(begins_[i], begins_[i + 1] - begins_[i]);
  }

 private:
  void Fill(std::size_t start) {
    begins_.push_back(members_.size());
    Take(start);
    for (std::size_t next = begins_.back(); next < members_.size(); ++next) TakeNeighbours(members_[next]);
  }

  void Take(std::size_t index) {
    unseen_[index] = false;
    members_.push_back(static_cast<std::uint32_t>(index));
  }

  void TakeNeighbours(std::size_t index) {
    const int n = voxels_.side();
    const int x = static_cast<int>(index % n);
    const int y = static_cast<int>(index / n % n);
    const int z = static_cast<int>(index / n / n);
    for (int dz = -1; dz <= 1; ++dz) {
      for (int dy = -1; dy <= 1; ++dy) {
        for (int dx = -1; dx <= 1; ++dx) {
          if (std::abs(dx) + std::abs(dy) + std::abs(dz) > 2) continue;  // a corner in common does not join
          if (x + dx < 0 || x + dx >= n || y + dy < 0 || y + dy >= n || z + dz < 0 || z + dz >= n) continue;
          const std::size_t neighbour = voxels_.Index(x + dx, y + dy, z + dz);
          if (unseen_[neighbour]) Take(neighbour);
        }
      }
    }
  }

  const Voxels& voxels_;
  std::vector<std::uint8_t> unseen_;
  std::vector<std::uint32_t> members_;  // solid by solid
  std::vector<std::size_t> begins_;     // of each solid in members_, and the end
};

}  // namespace

int RemoveSpecks(Voxels& voxels, float threshold, float share) {
  const Solids solids(voxels, threshold);
  std::size_t largest = 0;
  for (std::size_t i = 0; i < solids.count(); ++i) largest = std::max(largest, solids[i].size());
  int removed = 0;
  for (std::size_t i = 0; i < solids.count(); ++i) {
    if (static_cast<double>(solids[i].size()) >= static_cast<double>(share) * static_cast<double>(largest)) continue;
    for (std::uint32_t index : solids[i]) voxels.values()[index] = 0;
    ++removed;
  }
  return removed;
}

}  // namespace darkroom::mesh
