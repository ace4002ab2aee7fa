#include "model/occupancy.h"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace darkroom::model {
namespace {

// The place of a cell of a row of `count`, or -1.
int CellAt(double place, int count) {
  const double cell = std::floor(place);
  return cell >= 0 && cell < count ? static_cast<int>(cell) : -1;
}

class Projection {
 public:
  Projection(const Tensor& depth, const CubePose& pose, const CubeView& view)
      : depth_(depth.floats()),
        size_(static_cast<int>(depth.shape().back())),
        pose_(pose),
        view_(view),
        tangent_(std::tan(view.field_of_view * std::numbers::pi / 360)),
        voxel_(view.cube / view.resolution),
        cosine_(std::cos(pose.pitch)),
        sine_(std::sin(pose.pitch)) {}

  // Each pixel into its voxel.
  void MarkSeen(std::span<float> voxels) const {
    const int r = view_.resolution;
    for (int row = 0; row < size_; ++row) {
      for (int column = 0; column < size_; ++column) {
        const double d = DepthAt(row, column);
        if (!(d < view_.far)) continue;
        const double right = ((column + 0.5) * 2 / size_ - 1) * tangent_ * d - pose_.right;
        const double down = ((row + 0.5) * 2 / size_ - 1) * tangent_ * d - pose_.down;
        const double forward = d - pose_.forward;
        const int up_cell = CellAt((-forward * sine_ - down * cosine_) / voxel_ + r / 2.0, r);
        const int away_cell = CellAt((forward * cosine_ - down * sine_) / voxel_ + r / 2.0, r);
        const int right_cell = CellAt(right / voxel_ + r / 2.0, r);
        if (up_cell < 0 || away_cell < 0 || right_cell < 0) continue;
        voxels[static_cast<std::size_t>((up_cell * r + away_cell) * r + right_cell)] = 1;
      }
    }
  }

  // Each voxel's centre to its pixel.
  void MeasureDistances(std::span<float> voxels) const {
    const int r = view_.resolution;
    auto along = [&](int cell) { return (cell + 0.5 - r / 2.0) * voxel_; };
    std::size_t at = 0;
    for (int up_cell = 0; up_cell < r; ++up_cell) {
      for (int away_cell = 0; away_cell < r; ++away_cell) {
        const double up = along(up_cell), away = along(away_cell);
        const double forward = away * cosine_ - up * sine_ + pose_.forward;
        const double down = -away * sine_ - up * cosine_ + pose_.down;
        for (int right_cell = 0; right_cell < r; ++right_cell, ++at) {
          voxels[at] = DistanceAt(along(right_cell) + pose_.right, down, forward);
        }
      }
    }
  }

 private:
  double DepthAt(int row, int column) const { return depth_[static_cast<std::size_t>(row) * size_ + column]; }

  float DistanceAt(double right, double down, double forward) const {
    if (!(forward > 1e-6)) return 0;
    const double reach = forward * tangent_;
    const int column = CellAt((right / reach + 1) * size_ / 2, size_);
    const int row = CellAt((down / reach + 1) * size_ / 2, size_);
    if (column < 0 || row < 0) return 0;
    const double distance = (DepthAt(row, column) - forward) / (voxel_ * view_.truncation);
    return static_cast<float>(std::clamp(distance, -1.0, 1.0));
  }

  const std::span<const float> depth_;
  const int size_;
  const CubePose pose_;
  const CubeView view_;
  const double tangent_, voxel_, cosine_, sine_;
};

}  // namespace

Tensor DepthToOccupancy(const Tensor& depth, const CubePose& pose, const CubeView& view) {
  const std::int64_t r = view.resolution;
  Tensor out(ElementType::kFloat32, {1, 2, r, r, r});
  const std::span<float> seen = out.floats().first(out.elements() / 2);
  std::ranges::fill(seen, 0.f);
  const Projection projection(depth, pose, view);
  projection.MarkSeen(seen);
  projection.MeasureDistances(out.floats().last(out.elements() / 2));
  return out;
}

}  // namespace darkroom::model
