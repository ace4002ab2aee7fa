#include "mesh/glb.h"

#include <cstdint>
#include <limits>
#include <span>

#include "base/json_writer.h"
#include "base/result.h"
#include "mesh/little_endian.h"

namespace darkroom::mesh {
namespace {

// Of the specification, by its names.
constexpr std::uint32_t kMagic = 0x46546C67;      // "glTF"
constexpr std::uint32_t kJsonChunk = 0x4E4F534A;  // "JSON"
constexpr std::uint32_t kBinChunk = 0x004E4942;   // "BIN"
constexpr int kUnsignedShort = 5123;
constexpr int kUnsignedInt = 5125;
constexpr int kFloat = 5126;
constexpr int kArrayBuffer = 34962;
constexpr int kElementArrayBuffer = 34963;

static_assert(sizeof(Vec3) == 12);

void Pad(std::string& chunk, char with) { chunk.append((4 - chunk.size() % 4) % 4, with); }

json::array Numbers(Vec3 v) { return {v.x, v.y, v.z}; }

// The buffer, and its descriptions as they gather: one view and one accessor for each array.
struct Buffer {
  std::string bytes;
  json::array views;
  json::array accessors;

  template <class T>
  void Add(std::span<const T> values, int target, json::object accessor) {
    Pad(bytes, '\0');
    const std::size_t offset = bytes.size();
    AppendAll(bytes, values);
    accessor["bufferView"] = views.size();
    views.push_back(
        json::object{{"buffer", 0}, {"byteOffset", offset}, {"byteLength", values.size_bytes()}, {"target", target}});
    accessors.push_back(std::move(accessor));
  }
};

bool FitsShort(const Mesh& mesh) {  // the highest index stands for "restart" and is not allowed
  return mesh.positions.size() <= std::numeric_limits<std::uint16_t>::max();
}

Buffer BufferOf(const Mesh& mesh) {
  Buffer buffer;
  const Bounds bounds = BoundsOf(mesh.positions);
  buffer.Add(std::span(mesh.positions), kArrayBuffer,
             {{"componentType", kFloat},
              {"count", mesh.positions.size()},
              {"type", "VEC3"},
              {"min", Numbers(bounds.min)},
              {"max", Numbers(bounds.max)}});
  buffer.Add(std::span(mesh.normals), kArrayBuffer,
             {{"componentType", kFloat}, {"count", mesh.normals.size()}, {"type", "VEC3"}});
  const std::span<const std::uint32_t> indices(mesh.triangles.front().data(), mesh.triangles.size() * 3);
  json::object accessor = {{"componentType", kUnsignedInt}, {"count", indices.size()}, {"type", "SCALAR"}};
  if (FitsShort(mesh)) {
    const std::vector<std::uint16_t> shorts(indices.begin(), indices.end());
    accessor["componentType"] = kUnsignedShort;
    buffer.Add(std::span<const std::uint16_t>(shorts), kElementArrayBuffer, std::move(accessor));
  } else {
    buffer.Add(indices, kElementArrayBuffer, std::move(accessor));
  }
  Pad(buffer.bytes, '\0');
  return buffer;
}

json::object MaterialOf(const GlbOptions& options) {
  const auto& [red, green, blue] = options.colour;
  return {{"name", options.name},
          {"pbrMetallicRoughness",
           {{"baseColorFactor", {red, green, blue, 1}}, {"metallicFactor", 0}, {"roughnessFactor", options.roughness}}},
          {"doubleSided", false}};
}

std::string Container(std::string text, const std::string& binary) {
  Pad(text, ' ');
  const std::size_t size = 12 + 8 + text.size() + (binary.empty() ? 0 : 8 + binary.size());
  DR_CHECK(size <= std::numeric_limits<std::uint32_t>::max());
  std::string out;
  out.reserve(size);
  for (std::uint32_t word : {kMagic, 2u, static_cast<std::uint32_t>(size)}) Append(out, word);
  for (std::uint32_t word : {static_cast<std::uint32_t>(text.size()), kJsonChunk}) Append(out, word);
  out += text;
  if (!binary.empty()) {
    for (std::uint32_t word : {static_cast<std::uint32_t>(binary.size()), kBinChunk}) Append(out, word);
    out += binary;
  }
  return out;
}

}  // namespace

std::string WriteGlb(const Mesh& mesh, const GlbOptions& options) {
  DR_CHECK(mesh.normals.size() == mesh.positions.size());
  json::object node = {{"name", options.name}};
  json::object gltf = {{"asset", {{"version", "2.0"}, {"generator", "darkroom"}}},
                       {"scene", 0},
                       {"scenes", json::array{json::object{{"nodes", json::array{0}}}}}};
  Buffer buffer;
  if (!mesh.triangles.empty()) {
    buffer = BufferOf(mesh);
    node["mesh"] = 0;
    const json::object primitive = {
        {"attributes", {{"POSITION", 0}, {"NORMAL", 1}}}, {"indices", 2}, {"material", 0}, {"mode", 4}};
    gltf["meshes"] = json::array{json::object{{"name", options.name}, {"primitives", json::array{primitive}}}};
    gltf["materials"] = json::array{MaterialOf(options)};
    gltf["buffers"] = json::array{json::object{{"byteLength", buffer.bytes.size()}}};
    gltf["bufferViews"] = std::move(buffer.views);
    gltf["accessors"] = std::move(buffer.accessors);
  }
  gltf["nodes"] = json::array{std::move(node)};
  return Container(WriteJson(gltf), buffer.bytes);
}

}  // namespace darkroom::mesh
