// Grids that tests look at: solids with soft edges, and noise.
#pragma once

#include <cstdint>

#include "mesh/mesh.h"
#include "mesh/voxels.h"

namespace darkroom::mesh {

// A ball around the middle, radius in voxels; the probability falls from 1 to 0 within a voxel around it.
Voxels Ball(int side, float radius);

// A seat, four legs, a back of slats, in soft edges; its front is at +z.
Voxels Chair(int side);

// Each value between 0 and 1, drawn from the seed.
Voxels Noise(int side, std::uint64_t seed);

// How many parts of the mesh hang together by their triangles.
int CountParts(const Mesh& mesh);

}  // namespace darkroom::mesh
