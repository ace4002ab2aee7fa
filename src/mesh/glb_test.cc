#include "mesh/glb.h"

#include <gtest/gtest.h>

#include <cstring>

#include "base/json.h"
#include "mesh/surface.h"
#include "mesh/test_solids.h"

namespace darkroom::mesh {
namespace {

std::uint32_t Word(const std::string& bytes, std::size_t at) {
  std::uint32_t word = 0;
  std::memcpy(&word, bytes.data() + at, sizeof(word));
  return word;
}

json::value JsonOf(const std::string& file) { return *ParseJson(file.substr(20, Word(file, 12))); }

// What stands behind the header of the second chunk.
std::string BinaryOf(const std::string& file) { return file.substr(20 + Word(file, 12) + 8); }

Mesh Triangle() {
  return {.positions = {{0, 0, 0}, {1, 0, 0}, {0, 0.5f, 0}},
          .normals = {{0, 0, 1}, {0, 0, 1}, {0, 0, 1}},
          .triangles = {{0, 1, 2}}};
}

TEST(Glb, IsAContainerOfTwoChunksOfWholeWords) {
  const std::string file = WriteGlb(Triangle());
  EXPECT_EQ(file.substr(0, 8), std::string("glTF\x02\0\0\0", 8));
  EXPECT_EQ(Word(file, 8), file.size());
  EXPECT_EQ(file.substr(16, 4), "JSON");
  const std::size_t second = 20 + Word(file, 12);
  EXPECT_EQ(second % 4, 0u);
  EXPECT_EQ(file.substr(second + 4, 4), std::string("BIN\0", 4));
  EXPECT_EQ(second + 8 + Word(file, second), file.size());
  EXPECT_EQ(file.size() % 4, 0u);
}

TEST(Glb, HoldsPositionsNormalsAndIndices) {
  const std::string binary = BinaryOf(WriteGlb(Triangle()));
  ASSERT_EQ(binary.size(), 36u + 36 + 8);
  EXPECT_EQ(Word(binary, 12), 0x3f800000u);            // x of the second position
  EXPECT_EQ(Word(binary, 36 + 8), 0x3f800000u);        // z of the first normal
  EXPECT_EQ(Word(binary, 72), 0x00010000u);            // 0, 1 in 16 bits
  EXPECT_EQ(Word(binary, 76) & 0xffffu, 0x00000002u);  // 2, then padding
}

TEST(Glb, SaysItsBoundsMaterialAndGenerator) {
  const json::value gltf = JsonOf(WriteGlb(Triangle(), {.name = "chair", .colour = {0.5f, 0.25f, 0.125f}}));
  EXPECT_EQ(gltf.at_pointer("/asset/generator"), "darkroom");
  EXPECT_EQ(gltf.at_pointer("/accessors/0/max"), (json::array{1, 0.5, 0}));
  EXPECT_EQ(gltf.at_pointer("/accessors/0/min"), (json::array{0, 0, 0}));
  EXPECT_EQ(gltf.at_pointer("/materials/0/pbrMetallicRoughness/baseColorFactor"), (json::array{0.5, 0.25, 0.125, 1}));
  EXPECT_EQ(gltf.at_pointer("/materials/0/doubleSided"), false);
  EXPECT_EQ(gltf.at_pointer("/nodes/0/name"), "chair");
}

TEST(Glb, IndicesTake32BitsFrom65536VerticesOn) {
  Mesh mesh = Triangle();
  mesh.positions.resize(65535);
  mesh.normals.resize(65535, {0, 0, 1});
  EXPECT_EQ(JsonOf(WriteGlb(mesh)).at_pointer("/accessors/2/componentType"), 5123);
  mesh.positions.resize(65536);
  mesh.normals.resize(65536, {0, 0, 1});
  EXPECT_EQ(JsonOf(WriteGlb(mesh)).at_pointer("/accessors/2/componentType"), 5125);
}

TEST(Glb, AnEmptyMeshIsASceneWithoutOne) {
  const std::string file = WriteGlb({});
  EXPECT_EQ(Word(file, 8), file.size());
  EXPECT_EQ(20 + Word(file, 12), file.size());
  EXPECT_FALSE(JsonOf(file).as_object().contains("meshes"));
}

TEST(Glb, AChairOfTheUsualGridIsAFewHundredKilobytes) {
  EXPECT_LT(WriteGlb(*Surface(Chair(64), {})).size(), 1'000'000u);
}

}  // namespace
}  // namespace darkroom::mesh
