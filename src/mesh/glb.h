// GLB: a mesh as one file of binary glTF 2.0, which viewers, browsers and modelling programs open
// (docs/formats/mesh.md; https://registry.khronos.org/glTF/specs/2.0/glTF-2.0.html).
#pragma once

#include <array>
#include <string>

#include "mesh/mesh.h"

namespace darkroom::mesh {

struct GlbOptions {
  std::string name = "mesh";                          // of the node, the mesh and the material
  std::array<float, 3> colour = {0.6f, 0.45f, 0.3f};  // red, green, blue, linear, 0 to 1
  float roughness = 0.9f;
};

// The bytes of the file: a scene with one node, one mesh, one opaque matte material. Positions and normals in float32,
// indices in 16 bits where they fit, else in 32. A mesh without triangles becomes a scene with an empty node.
std::string WriteGlb(const Mesh& mesh, const GlbOptions& options = {});

}  // namespace darkroom::mesh
