// Binvox: a grid of zeroes and ones in the format of Patrick Min's binvox, version 1: a few lines of text, then lengths
// of runs (docs/formats/voxels.md; https://www.patrickmin.com/binvox/binvox.html).
#pragma once

#include <string>

#include "mesh/mesh.h"
#include "mesh/voxels.h"

namespace darkroom::mesh {

// The bytes of the file: a voxel is 1 where its value is above the threshold. `frame` is said in its header, so that
// programs which place voxels put them where Surface() puts the mesh.
std::string WriteBinvox(const Voxels& voxels, float threshold, const Frame& frame);

}  // namespace darkroom::mesh
