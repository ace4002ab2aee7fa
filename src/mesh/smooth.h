// Smoothing of closed meshes: of the shape, by Taubin's λ|μ filter, which hardly shrinks it (A Signal Processing
// Approach to Fair Surface Design, 1995); and of the normals alone, which light shows more than the shape.
#pragma once

#include "mesh/mesh.h"

namespace darkroom::mesh {

// Moves the vertices, `passes` times towards the middle of their neighbours and out again (λ = 0.5, μ = -0.53); none
// further than `most` along any axis from where it was. Triangles stay as they are, normals do not follow. What is as
// thin as the triangles are wide does shrink: two passes leave two thirds of a leg of one voxel, eight a fifth.
void Smooth(Mesh& mesh, int passes, float most);

// `passes` times, makes each normal the mean of it and those of its neighbours.
void SmoothNormals(Mesh& mesh, int passes);

}  // namespace darkroom::mesh
