// Mesh: a surface of triangles, shared vertices, with normals; and where it stands in the world.
#pragma once

#include <array>
#include <cmath>
#include <cstdint>
#include <vector>

namespace darkroom::mesh {

struct Vec3 {
  float x = 0;
  float y = 0;
  float z = 0;
  bool operator==(const Vec3&) const = default;
};

inline Vec3 operator+(Vec3 a, Vec3 b) { return {a.x + b.x, a.y + b.y, a.z + b.z}; }
inline Vec3 operator-(Vec3 a, Vec3 b) { return {a.x - b.x, a.y - b.y, a.z - b.z}; }
inline Vec3 operator*(float s, Vec3 a) { return {s * a.x, s * a.y, s * a.z}; }
inline float Dot(Vec3 a, Vec3 b) { return a.x * b.x + a.y * b.y + a.z * b.z; }
inline Vec3 Cross(Vec3 a, Vec3 b) { return {a.y * b.z - a.z * b.y, a.z * b.x - a.x * b.z, a.x * b.y - a.y * b.x}; }
inline float Length(Vec3 a) { return std::sqrt(Dot(a, a)); }
// The same direction at length 1; `otherwise` for what has none. Also for lengths whose square is none of a float.
Vec3 Normalized(Vec3 a, Vec3 otherwise);

// Metres, on the axes of glTF: x right, y up, z to the front, right-handed.
struct Mesh {
  std::vector<Vec3> positions;
  std::vector<Vec3> normals;                            // one a position, length 1, outwards
  std::vector<std::array<std::uint32_t, 3>> triangles;  // indices of positions, anticlockwise seen from outside
};

struct Bounds {
  Vec3 min;
  Vec3 max;
};

// Of all positions; there must be one.
Bounds BoundsOf(const std::vector<Vec3>& positions);

// The volume within a closed surface, positive when its triangles face outwards.
double SignedVolume(const Mesh& mesh);

// Sets the normals to the sum of those of the triangles around, each weighted by its area; up where that is nothing.
void ComputeNormals(Mesh& mesh);

// Where the grid stands in the world: a cube of `side` metres with its lowest corner at `origin`. By default it stands
// on the ground with the middle of its floor at 0, so that a thing which fills the grid is 1 m high.
struct Frame {
  float side = 1;
  Vec3 origin = {-0.5f, 0, -0.5f};

  static Frame OfSide(float side) { return {side, {-side / 2, 0, -side / 2}}; }
};

}  // namespace darkroom::mesh
