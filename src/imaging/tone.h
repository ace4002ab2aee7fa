// Tone: what changes colours but moves no pixel. RGB pictures, changed in place; as PIL's ImageEnhance and convert do
// it unless it is said otherwise.
#pragma once

#include <cstdint>

#include "imaging/image.h"

namespace darkroom::imaging {

// Towards black (factor 0 to 1) or away from it.
void Brighten(Image& image, float factor);
// Towards the mean of the picture's luma, or away from it.
void ChangeContrast(Image& image, float factor);
// Towards each pixel's luma, or away from it.
void Saturate(Image& image, float factor);
// Turns the hue by this part of the circle, -0.5 to 0.5, in steps of 1/255: as torchvision's adjust_hue does on PIL's
// 8-bit HSV.
void TurnHue(Image& image, double turns);
// Luma (ITU-R 601) in all three channels.
void MakeGray(Image& image);
// Gaussian noise of this deviation in levels: byte i of the picture gets the ith sample under `seed`, rounded.
void AddNoise(Image& image, double sigma, std::uint64_t seed);

// From `zero` (factor 0) to `one` (factor 1) and beyond, cut to 0..255: PIL's Image.blend.
inline std::uint8_t Blend(int zero, int one, float factor) {
  const float value = static_cast<float>(zero) + factor * static_cast<float>(one - zero);
  return value <= 0 ? 0 : value >= 255 ? 255 : static_cast<std::uint8_t>(value);
}

// ITU-R 601 in 16-bit fixed point.
inline int LumaOf(const std::uint8_t* rgb) {
  return (rgb[0] * 19'595 + rgb[1] * 38'470 + rgb[2] * 7'471 + 0x8000) >> 16;
}

}  // namespace darkroom::imaging
