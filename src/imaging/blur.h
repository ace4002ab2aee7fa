// Blur: what mixes neighbours, and its opposite, as PIL does it.
#pragma once

#include "base/result.h"
#include "imaging/image.h"

namespace darkroom::imaging {

// Gaussian blur of this deviation in pixels, as three box blurs with fractional ends along each axis (Gwosdek,
// Grewenig, Bruhn, Weickert: Theoretical foundations of Gaussian convolution by extended box filtering, 2011), so it
// costs the same for every sigma. Beyond the edge its pixel repeats. PIL's ImageFilter.GaussianBlur(sigma). Any
// channels.
Result<Image> GaussianBlur(Image image, float sigma);

// From a light blur (0) over the picture as it is (1) to a sharper one. PIL's ImageEnhance.Sharpness. RGB.
Result<Image> Sharpened(const Image& image, float factor);

}  // namespace darkroom::imaging
