// Region: which part of the picture a map that a network made of it shows, as results tell it.
#pragma once

#include "base/json.h"
#include "model/package.h"
#include "model/placement.h"

namespace darkroom::model {

// [left, top, width, height] of all that the network's input covered, in pixels of the picture that it saw. With
// resize = "fit" that reaches beyond the picture's edges.
json::array RegionOf(const Package& package, const Placement& placement);

}  // namespace darkroom::model
