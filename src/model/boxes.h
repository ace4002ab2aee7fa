// Boxes: what detectors answer, and suppression of those that show the same thing.
#pragma once

#include <vector>

namespace darkroom::model {

struct Box {
  float left = 0, top = 0, right = 0, bottom = 0;
  float score = 0;
  int index = 0;  // the class
};

// Intersection over union, 0 for boxes without area.
float Overlap(const Box& a, const Box& b);

// Greedy non-maximum suppression, each class by itself: of two boxes that overlap by more than `max_overlap` the one
// with the lower score goes. Answers at most `max_boxes`, best first, equal ones in their order.
std::vector<Box> SuppressOverlaps(std::vector<Box> boxes, float max_overlap, int max_boxes);

}  // namespace darkroom::model
