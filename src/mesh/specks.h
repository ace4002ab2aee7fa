// Specks: small solids apart from the others, which a network leaves where it is unsure. Removed from the grid, so that
// surface, .binvox and picture agree.
#pragma once

#include "mesh/voxels.h"

namespace darkroom::mesh {

// Sets to 0 the voxels of each solid with fewer than `share` (0 to 1) of the voxels of the largest one; returns how
// many solids went. Two voxels belong to one solid when they have a side or an edge in common, which is what Surface()
// joins. Memory: 5 bytes a voxel.
int RemoveSpecks(Voxels& voxels, float threshold, float share);

}  // namespace darkroom::mesh
