// Preview: a picture of a mesh, drawn in software: seen from the front, a little from the right and from above, in soft
// light. For thumbnails and for who has no viewer.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <vector>

#include "mesh/mesh.h"

namespace darkroom::mesh {

struct PreviewOptions {
  int width = 512;  // pixels, 1 to 4096 each
  int height = 512;
  float turned = 35;                                  // degrees that the eye stands to the right of the front (+z)
  float raised = 20;                                  // degrees that it stands above; -89 to 89
  std::array<float, 3> colour = {0.6f, 0.45f, 0.3f};  // of the mesh: linear, 0 to 1, as in GlbOptions
  std::optional<std::array<std::uint8_t, 3>> background = {};  // sRGB; without one: transparent
};

// Rows from the top down, four bytes a pixel: red, green, blue in sRGB, alpha not multiplied in.
struct Picture {
  int width = 0;
  int height = 0;
  std::vector<std::uint8_t> rgba;
};

// The mesh fills nine tenths of the picture. Back sides are not drawn. Four samples a pixel; 8 bytes of memory for
// each. An empty mesh gives the background alone.
Picture Preview(const Mesh& mesh, const PreviewOptions& options = {});

}  // namespace darkroom::mesh
