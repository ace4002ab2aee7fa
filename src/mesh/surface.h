// Surface: the boundary of the solid in a grid of probabilities, as a mesh. Watertight whatever the grid holds: every
// edge has exactly two triangles, which run along it in opposite directions (cell_cases.h says why).
#pragma once

#include "base/result.h"
#include "mesh/mesh.h"
#include "mesh/voxels.h"

namespace darkroom::mesh {

struct SurfaceOptions {
  float threshold = 0.5f;  // from 0 up, below 1
  Frame frame = {};
  // Passes of Smooth(), and of SmoothNormals(). The normals of a ball of 11 voxels are then off by 1.1° instead of 3.0°
  // (root mean square), those of a ball of zeroes and ones by 4.0° instead of 13.9°.
  int smoothing = 2;
};

// Vertices lie between voxel centres where the probability crosses the threshold, and in middles of polygons. Around
// the grid all is empty, so that what touches its border is closed, at most half a voxel outside of the last centre.
// Voxels that share a side or an edge are joined. Nothing solid: a mesh without triangles. kInvalid: the threshold.
// kTooLarge: more than kMostVertices, as a grid of noise has.
Result<Mesh> Surface(const Voxels& voxels, const SurfaceOptions& options);

inline constexpr std::size_t kMostVertices = 1 << 22;

}  // namespace darkroom::mesh
