// CellCases: which polygons the surface makes within a cell, for each of the 256 ways in which its eight corners can be
// inside or outside; in principle Marching Cubes (Lorensen, Cline 1987), but with a table that is derived, not listed.
//
// On each face of the cell a crossed edge at which the boundary of the face runs into the solid is connected with the
// one at which it left before: outside corners are cut off one by one, and two inside corners across a face are joined.
// That depends on the face alone, so the two cells at it agree (the ambiguity which tears holes into the table of 1987,
// Dürst 1988). A crossed edge is left in one of its two faces and met in the other, so these segments close into loops
// that never branch.
//
// A loop is cut into triangles by diagonals from one of its corners, none of which lies in a face of the cell, where
// the next cell could draw the same one; the derivation finds such a corner for every loop, or would not compile. So
// each edge of the mesh is either a segment in a face, which has one triangle in each of the two cells there, or lies
// inside of a cell, which has both: every edge has exactly two triangles.
#pragma once

#include <array>
#include <cstdint>

namespace darkroom::mesh {

// Corners: bit 0 is x, bit 1 y, bit 2 z. Edges: 4 × axis + the two other bits of its lower corner, in their order: edge
// 6 runs along y at x = 0, z = 1.
inline constexpr int kCellEdges = 12;
inline constexpr int kMostTriangles = 5;

struct CellCase {
  std::uint8_t triangle_count = 0;
  // Of the vertices on these edges, anticlockwise seen from outside of the solid.
  std::array<std::array<std::uint8_t, 3>, kMostTriangles> triangles = {};
};

// By the bits of the corners that are inside.
extern const std::array<CellCase, 256> kCellCases;

}  // namespace darkroom::mesh
