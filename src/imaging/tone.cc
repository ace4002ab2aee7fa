// Built without fused multiply-add (CMakeLists.txt), so that each machine rounds the same.
#include "imaging/tone.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstring>
#include <span>

#include "imaging/transform_random.h"

namespace darkroom::imaging {
namespace {

// Every byte towards one level.
void BlendWith(Image& image, int level, float factor) {
  std::array<std::uint8_t, 256> table;
  for (int i = 0; i < 256; ++i) table[i] = Blend(level, i, factor);
  for (std::uint8_t& byte : std::span(image.data(), image.size())) byte = table[byte];
}

struct Hsv {
  int hue;  // 0 to 255 for the whole circle
  int saturation;
  int value;
};

// In float and double where PIL is: equal for all 2^24 colours, both ways.
Hsv ToHsv(const std::uint8_t* rgb) {
  const int red = rgb[0], green = rgb[1], blue = rgb[2];
  const int most = std::max({red, green, blue}), least = std::min({red, green, blue});
  if (most == least) return {0, 0, most};
  const auto chroma = static_cast<float>(most - least);
  const float from_red = static_cast<float>(most - red) / chroma;
  const float from_green = static_cast<float>(most - green) / chroma;
  const float from_blue = static_cast<float>(most - blue) / chroma;
  float sixths = 0;
  if (red == most) {
    sixths = from_blue - from_green;
  } else if (green == most) {
    sixths = static_cast<float>(2.0 + from_red - from_blue);
  } else {
    sixths = static_cast<float>(4.0 + from_green - from_red);
  }
  const auto turn = static_cast<float>(std::fmod(sixths / 6.0 + 1.0, 1.0));
  const float saturation = chroma / static_cast<float>(most);
  return {std::clamp(static_cast<int>(turn * 255.0), 0, 255), std::clamp(static_cast<int>(saturation * 255.0), 0, 255),
          most};
}

void FromHsv(const Hsv& hsv, std::uint8_t* rgb) {
  const int value = hsv.value;
  if (hsv.saturation == 0) {
    std::memset(rgb, value, 3);
    return;
  }
  const auto sixths = static_cast<float>(hsv.hue * 6.0 / 255.0);
  const auto saturation = static_cast<float>(hsv.saturation / 255.0);
  const int sector = static_cast<int>(std::floor(sixths));
  const float part = sixths - static_cast<float>(sector);
  auto level = [&](double share) {
    const auto exact = static_cast<float>(value * share);
    return static_cast<std::uint8_t>(std::clamp(std::round(exact), 0.0f, 255.0f));
  };
  const auto most = static_cast<std::uint8_t>(value);
  const std::uint8_t least = level(1.0 - saturation);
  const std::uint8_t falling = level(1.0 - saturation * part);
  const std::uint8_t rising = level(1.0 - saturation * (1.0 - part));
  const std::uint8_t sectors[6][3] = {{most, rising, least},  {falling, most, least}, {least, most, rising},
                                      {least, falling, most}, {rising, least, most},  {most, least, falling}};
  std::memcpy(rgb, sectors[sector % 6], 3);
}

}  // namespace

void Brighten(Image& image, float factor) { BlendWith(image, 0, factor); }

void ChangeContrast(Image& image, float factor) {
  std::int64_t sum = 0;
  const auto pixels = static_cast<std::int64_t>(image.size() / 3);
  for (std::int64_t i = 0; i < pixels; ++i) sum += LumaOf(image.data() + 3 * i);
  BlendWith(image, static_cast<int>((2 * sum + pixels) / (2 * pixels)), factor);
}

void Saturate(Image& image, float factor) {
  if (factor == 1) return;
  for (std::size_t i = 0; i < image.size(); i += 3) {
    std::uint8_t* pixel = image.data() + i;
    const int luma = LumaOf(pixel);
    for (int c = 0; c < 3; ++c) pixel[c] = Blend(luma, pixel[c], factor);
  }
}

void TurnHue(Image& image, double turns) {
  // Cut towards zero, then counted modulo 256 as bytes are.
  const int shift = static_cast<int>(turns * 255);
  for (std::size_t i = 0; i < image.size(); i += 3) {
    Hsv hsv = ToHsv(image.data() + i);
    hsv.hue = (hsv.hue + shift) & 255;
    FromHsv(hsv, image.data() + i);
  }
}

void AddNoise(Image& image, double sigma, std::uint64_t seed) {
  for (std::size_t i = 0; i < image.size(); ++i) {
    const double value = image.data()[i] + sigma * NormalSample(seed, i);
    image.data()[i] = static_cast<std::uint8_t>(std::clamp(std::floor(value + 0.5), 0.0, 255.0));
  }
}

void MakeGray(Image& image) {
  for (std::size_t i = 0; i < image.size(); i += 3) {
    std::uint8_t* pixel = image.data() + i;
    std::memset(pixel, LumaOf(pixel), 3);
  }
}

}  // namespace darkroom::imaging
