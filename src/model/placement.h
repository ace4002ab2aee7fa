// Placement: where the network's input lies on the picture, so that what it finds can be said in the picture's pixels.
#pragma once

#include "imaging/resample.h"
#include "model/package.h"

namespace darkroom::model {

// The point x, y of the input lies at (left + x × across, top + y × down) of the upright picture, both in pixels with 0
// at the outer edge of the first.
struct Placement {
  double left = 0, top = 0;
  double across = 1, down = 1;
};

// As Preprocess scales, crops and pads.
Placement PlacementOf(imaging::Size picture, const InputSpec& input, const PreprocessSpec& spec);

}  // namespace darkroom::model
