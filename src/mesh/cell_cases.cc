#include "mesh/cell_cases.h"

#include <utility>

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

struct Loop {
  std::array<std::uint8_t, kCellEdges> edges = {};
  int size = 0;
};

// Takes the loop through an edge out of the successors.
constexpr Loop TakeLoop(std::array<std::uint8_t, kCellEdges>& next, int edge) {
  Loop loop;
  while (next[edge] != kNone) {
    loop.edges[loop.size++] = static_cast<std::uint8_t>(edge);
    edge = std::exchange(next[edge], kNone);
  }
  return loop;
}

// The corner of a loop from which no diagonal lies in a face.
constexpr int FanCorner(const Loop& loop) {
  for (int from = 0; from < loop.size; ++from) {
    bool free = true;
    for (int step = 2; step < loop.size - 1; ++step) {
      if ((FacesAt(loop.edges[from]) & FacesAt(loop.edges[(from + step) % loop.size])) != 0) free = false;
    }
    if (free) return from;
  }
  std::unreachable();  // which a constant expression does not pass
}

constexpr CellCase Derive(int inside) {
  CellCase cell;
  std::array<std::uint8_t, kCellEdges> next = Successors(inside);
  for (int edge = 0; edge < kCellEdges; ++edge) {
    if (next[edge] == kNone) continue;
    const Loop loop = TakeLoop(next, edge);
    const int from = FanCorner(loop);
    for (int step = 1; step < loop.size - 1; ++step) {
      cell.triangles[cell.triangle_count++] = {loop.edges[from], loop.edges[(from + step) % loop.size],
                                               loop.edges[(from + step + 1) % loop.size]};
    }
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
