#include "mesh/cell_cases.h"

namespace darkroom::mesh {
namespace {

constexpr std::uint8_t kNone = 255;

constexpr int OtherAxis(int axis, int which) {  // of the two, in their order
  return which == 0 ? (axis == 0 ? 1 : 0) : (axis == 2 ? 1 : 2);
}

constexpr std::uint8_t EdgeBetween(int a, int b) {
  const int axis = (a ^ b) == 1 ? 0 : (a ^ b) == 2 ? 1 : 2;
  return static_cast<std::uint8_t>(4 * axis + (a >> OtherAxis(axis, 0) & 1) + 2 * (a >> OtherAxis(axis, 1) & 1));
}

// The two faces at an edge, as bits: 2 × axis + side.
constexpr int FacesAt(int edge) {
  const int axis = edge / 4;
  return 1 << (2 * OtherAxis(axis, 0) + edge % 2) | 1 << (2 * OtherAxis(axis, 1) + edge / 2 % 2);
}

// The corners of a face, anticlockwise seen from outside of the cell.
constexpr std::array<int, 4> CornersOf(int axis, int side) {
  const int u = 1 << (axis + 1) % 3;
  const int v = 1 << (axis + 2) % 3;
  const int base = side << axis;
  if (side == 1) return {base, base | u, base | u | v, base | v};
  return {base, base | v, base | u | v, base | u};
}

// For each crossed edge the next one in its loop.
constexpr std::array<std::uint8_t, kCellEdges> Successors(int inside) {
  std::array<std::uint8_t, kCellEdges> next = {};
  next.fill(kNone);
  for (int face = 0; face < 6; ++face) {
    const std::array<int, 4> corners = CornersOf(face / 2, face % 2);
    const auto is_inside = [&](int i) { return (inside >> corners[i % 4] & 1) != 0; };
    for (int i = 0; i < 4; ++i) {
      if (!is_inside(i) || is_inside(i + 1)) continue;
      int k = i + 1;  // the boundary leaves the solid here, and runs back into it
      while (!is_inside(k + 1)) ++k;
      next[EdgeBetween(corners[k % 4], corners[(k + 1) % 4])] = EdgeBetween(corners[i], corners[(i + 1) % 4]);
    }
  }
  return next;
}

// The corner of a loop from which no diagonal lies in a face, else -1.
constexpr int FanCorner(const std::uint8_t* edges, int size) {
  for (int from = 0; from < size; ++from) {
    bool free = true;
    for (int step = 2; step < size - 1; ++step) {
      if ((FacesAt(edges[from]) & FacesAt(edges[(from + step) % size])) != 0) free = false;
    }
    if (free) return from;
  }
  return -1;
}

constexpr void AddTriangles(CellCase& cell, int number) {
  Loop& loop = cell.loops[number];
  const std::uint8_t* edges = cell.edges.data() + loop.begin;
  const int from = FanCorner(edges, loop.size);
  loop.has_middle = from < 0;
  const auto apex = static_cast<std::uint8_t>(loop.has_middle ? kCellEdges + number : edges[from]);
  const int sides = loop.has_middle ? loop.size : loop.size - 2;
  const int first = loop.has_middle ? 0 : from + 1;
  for (int i = first; i < first + sides; ++i) {
    cell.triangles[cell.triangle_count++] = {apex, edges[i % loop.size], edges[(i + 1) % loop.size]};
  }
}

constexpr CellCase Derive(int inside) {
  CellCase cell;
  std::array<std::uint8_t, kCellEdges> next = Successors(inside);
  std::uint8_t used = 0;
  for (int edge = 0; edge < kCellEdges; ++edge) {
    if (next[edge] == kNone) continue;
    Loop& loop = cell.loops[cell.loop_count];
    loop.begin = used;
    for (int at = edge; next[at] != kNone;) {
      cell.edges[used++] = static_cast<std::uint8_t>(at);
      const int following = next[at];
      next[at] = kNone;
      at = following;
    }
    loop.size = static_cast<std::uint8_t>(used - loop.begin);
    AddTriangles(cell, cell.loop_count++);
  }
  return cell;
}

constexpr std::array<CellCase, 256> DeriveAll() {
  std::array<CellCase, 256> cases = {};
  for (int inside = 0; inside < 256; ++inside) cases[inside] = Derive(inside);
  return cases;
}

}  // namespace

constexpr std::array<CellCase, 256> kCellCases = DeriveAll();

}  // namespace darkroom::mesh
