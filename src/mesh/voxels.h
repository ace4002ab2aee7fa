// Voxels: a cubic grid of probabilities, as a network that fills space gives it: how likely the solid is there. Of it
// the surface, the .binvox and the picture are made (docs/formats/voxels.md).
//
// Axes are those of glTF: x to the right of who looks at the front of the thing, y up, z towards the one who looks.
// Values lie x fastest, then y, then z: the tensor 1×1×D×H×W with D = z, H = y, W = x. A voxel is solid where its
// value is above the threshold. Copies and moves as a value; threads: as a value.
#pragma once

#include <cstddef>
#include <span>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace darkroom::mesh {

class Voxels {
 public:
  static constexpr int kMostSide = 256;

  // All zero. 1 ≤ side ≤ kMostSide.
  explicit Voxels(int side);

  // From a tensor of side³ values. `axes` says which way its dimensions run, outermost first: a permutation of x, y and
  // z, a capital for one that runs against the axis ("zYx": rows from the top down, as those of a picture).
  // kTooLarge: a side above kMostSide. kInvalid, naming the place: another number of values, axes that are no
  // permutation, a value that is not a finite number from 0 to 1 (by more than rounding: 1e-4 is cut off).
  static Result<Voxels> FromTensor(std::span<const float> tensor, int side, std::string_view axes = "zyx");

  int side() const { return side_; }
  float at(int x, int y, int z) const { return values_[Index(x, y, z)]; }
  float& at(int x, int y, int z) { return values_[Index(x, y, z)]; }
  // side³ of them, x fastest.
  std::span<const float> values() const { return values_; }
  std::span<float> values() { return values_; }
  // Of the voxel in values(). Each from 0 to side - 1.
  std::size_t Index(int x, int y, int z) const { return (static_cast<std::size_t>(z) * side_ + y) * side_ + x; }

 private:
  int side_;
  std::vector<float> values_;
};

// How many voxels are solid.
std::size_t CountSolid(const Voxels& voxels, float threshold);

}  // namespace darkroom::mesh
