// Occupancy: what a depth map shows, put into a cube of voxels around the thing.
#pragma once

#include <array>

#include "base/result.h"
#include "model/tensor.h"

namespace darkroom::model {

// A pinhole camera looks at the middle of a square picture. Lengths are in the depth map's unit.
struct CubeView {
  double field_of_view = 49.124;  // degrees, both ways
  int resolution = 32;            // voxels along the cube's edge
  double cube = 1;                // its edge
  double far = 4;                 // depths from here on are background
  double truncation = 3;          // voxels at which the signed distance is cut off
};
// How far the camera looks down (radians), and the cube's centre in its axes: right, down, forward.
struct CubePose {
  double pitch = 0, right = 0, down = 0, forward = 0;
};

// `depth`: S×S distances along the optical axis, with any leading sides of 1. Answers 1×2×R×R×R (channel, up, away,
// right): channel 0 is 1 in voxels that a pixel's point falls into, else 0. Channel 1 is the signed distance from the
// voxel's centre to the surface along the optical axis, in voxels over `truncation`, from -1 to 1: 1 is seen to be
// empty, -1 hidden, and 0 also what is outside the picture or behind the camera. training/chair3d/README.md has it as
// formulas; projection.py there is the reference, of which stored numbers are tested.
Tensor DepthToOccupancy(const Tensor& depth, const CubePose& pose, const CubeView& view);

}  // namespace darkroom::model
