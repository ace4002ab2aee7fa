// Writes files of each kind that mesh/ makes into a folder, for programs that others wrote to read:
//   mesh_files_for_tests FOLDER
// What the grids hold is a rule that the readers know too (read_back_test.py), so that they need no word of ours on it.
#include <array>
#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <numeric>
#include <string>
#include <vector>

#include "mesh/binvox.h"
#include "mesh/glb.h"
#include "mesh/npy.h"
#include "mesh/surface.h"
#include "mesh/test_solids.h"

namespace darkroom::mesh {
namespace {

// Solid where 5x + 3y + z, from 0 up, leaves less than 4 when divided by 11: no two axes can be taken for each other.
Voxels ByRule(int side) {
  Voxels voxels(side);
  for (int z = 0; z < side; ++z) {
    for (int y = 0; y < side; ++y) {
      for (int x = 0; x < side; ++x) voxels.at(x, y, z) = (5 * x + 3 * y + z) % 11 < 4 ? 0.75f : 0.25f;
    }
  }
  return voxels;
}

// 0, 1, 2, …
template <class T>
std::string Counting(std::vector<std::int64_t> shape) {
  const std::int64_t count = std::accumulate(shape.begin(), shape.end(), std::int64_t{1}, std::multiplies<>());
  std::vector<T> values(static_cast<std::size_t>(count));
  std::iota(values.begin(), values.end(), T{0});
  return *WriteNpy(std::span<const T>(values), shape);
}

void WriteAll(const std::filesystem::path& folder) {
  const auto write = [&](const char* name, const std::string& bytes) {
    std::ofstream(folder / name, std::ios::binary) << bytes;
  };
  const Voxels ruled = ByRule(13);
  const Frame frame = {.side = 2, .origin = {-1, 0.5f, -1.25f}};
  write("ruled.binvox", WriteBinvox(ruled, 0.5f, frame));
  write("full.binvox", WriteBinvox(Ball(20, 40), 0.5f, frame));
  write("ruled.npy", *WriteNpy(ruled.values(), std::array<std::int64_t, 3>{13, 13, 13}));
  write("uint8.npy", Counting<std::uint8_t>({4, 5}));
  write("int32.npy", Counting<std::int32_t>({7}));
  write("int64.npy", Counting<std::int64_t>({2, 1, 3, 2}));
  write("float32.npy", Counting<float>({}));
  write("chair.glb", WriteGlb(*Surface(Chair(32), {}), {.name = "chair"}));
  write("ball.glb", WriteGlb(*Surface(Ball(20, 10), {.threshold = 0.5f, .frame = frame}), {.name = "ball"}));
  write("noise.glb", WriteGlb(*Surface(Noise(40, 1), {}), {.name = "\"noise\" ▲"}));  // indices of 32 bits
  write("empty.glb", WriteGlb({}));
}

}  // namespace
}  // namespace darkroom::mesh

int main(int argc, char** argv) {
  if (argc != 2) {
    std::fputs("usage: mesh_files_for_tests FOLDER\n", stderr);
    return 2;
  }
  darkroom::mesh::WriteAll(argv[1]);
}
