// Frame: cutting pictures out, setting them into larger ones, and painting boxes over them. RGB pictures.
#pragma once

#include "base/result.h"
#include "imaging/image.h"
#include "imaging/transform_ops.h"

namespace darkroom::imaging {

// `rect` must lie within the picture.
Result<Image> Cropped(const Image& image, const Rect& rect);

// With the color around, the edge's pixels repeated, or mirrored at the edge's pixel, which is not repeated (as often
// as it takes): numpy.pad's modes of these names, which torchvision uses.
Result<Image> Padded(const Image& image, const Pad& pad);

// What of the box lies within the picture.
void Paint(Image& image, const Rect& box, const Color& color);

}  // namespace darkroom::imaging
