// What the tasks draw: on the picture, or of a tensor. All answer PNG.
#pragma once

#include <cstdint>
#include <span>
#include <string>

#include "base/result.h"
#include "imaging/image.h"
#include "imaging/resample.h"
#include "model/boxes.h"

namespace darkroom::model {

// The picture with a frame for each box, in the colour of its class; the best on top.
Result<std::string> DrawBoxes(const imaging::Image& picture, std::span<const Box> boxes);

// A map of classes, one byte a pixel, brought to the size of the picture without mixing classes: gray as it is, and
// laid over the picture in the classes' colours. `region` is where the map lies on the picture, in its pixels; outside
// of it the class is 0 and the picture shows as it is.
struct ClassMap {
  int width = 0, height = 0;
  std::span<const std::uint8_t> classes;
};
struct Region {
  double left = 0, top = 0, right = 0, bottom = 0;
};
struct DrawnClasses {
  std::string map;      // 8-bit gray: the class of each pixel
  std::string overlay;  // RGB
};
Result<DrawnClasses> DrawClasses(const imaging::Image& picture, const ClassMap& map, const Region& region);

// width × height floats as gray: `dark` becomes 0, `light` 65,535, in 16 bits. Numbers beyond are cut.
Result<std::string> DrawGray(int width, int height, std::span<const float> numbers, float dark, float light);

}  // namespace darkroom::model
