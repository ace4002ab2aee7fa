// Turning a picture upright.
#pragma once

#include "base/result.h"
#include "imaging/image.h"

namespace darkroom::imaging {

// The picture as EXIF orientation 1 to 8 wants it shown: mirrored, rotated, or both.
Result<Image> Orient(Image image, int orientation);

}  // namespace darkroom::imaging
