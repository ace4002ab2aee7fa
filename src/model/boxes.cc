#include "model/boxes.h"

#include <algorithm>

namespace darkroom::model {

float Overlap(const Box& a, const Box& b) {
  const float width = std::min(a.right, b.right) - std::max(a.left, b.left);
  const float height = std::min(a.bottom, b.bottom) - std::max(a.top, b.top);
  if (width <= 0 || height <= 0) return 0;
  const float shared = width * height;
  const float all = (a.right - a.left) * (a.bottom - a.top) + (b.right - b.left) * (b.bottom - b.top) - shared;
  return all > 0 ? shared / all : 0;
}

std::vector<Box> SuppressOverlaps(std::vector<Box> boxes, float max_overlap, int max_boxes) {
  std::ranges::stable_sort(boxes, std::ranges::greater(), &Box::score);
  std::vector<Box> kept;
  for (const Box& box : boxes) {
    if (static_cast<int>(kept.size()) >= max_boxes) break;
    const bool shown = std::ranges::any_of(
        kept, [&](const Box& better) { return better.index == box.index && Overlap(better, box) > max_overlap; });
    if (!shown) kept.push_back(box);
  }
  return kept;
}

}  // namespace darkroom::model
