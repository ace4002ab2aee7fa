// What can be done to a picture, each transform as a plain value with its parameters. Lengths are pixels;
// transform_fields.h and docs/transforms.md say which values each member may have. A fixed Range and whatever
// "resolved" is said of are what Resolve (transform.h) leaves.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "imaging/resample.h"

namespace darkroom::imaging {

// A number that may be drawn: from min to max, one value when both are the same.
struct Range {
  double min = 0;
  double max = 0;
  bool operator==(const Range&) const = default;
};

struct Color {
  std::uint8_t red = 0;
  std::uint8_t green = 0;
  std::uint8_t blue = 0;
  bool operator==(const Color&) const = default;
};

// To width × height, or so that the shorter side is `shorter` (then both are 0).
struct Resize {
  int width = 0;
  int height = 0;
  int shorter = 0;
  Filter filter = Filter::kBilinear;
  bool operator==(const Resize&) const = default;
};

enum class Place { kCentre, kRandom, kGiven };

struct Crop {
  int width = 0;
  int height = 0;
  Place at = Place::kCentre;
  int x = -1;  // the left upper corner, when `at` is kGiven
  int y = -1;
  bool operator==(const Crop&) const = default;
};

enum class PadMode { kColor, kReflect, kEdge };

struct Pad {
  int left = 0;
  int top = 0;
  int right = 0;
  int bottom = 0;
  PadMode mode = PadMode::kColor;
  Color fill = {};
  bool operator==(const Pad&) const = default;
};

enum class Axis { kHorizontal, kVertical };

// Horizontal swaps left and right.
struct Flip {
  Axis direction = Axis::kHorizontal;
  bool operator==(const Flip&) const = default;
};

// Counter-clockwise, in degrees, about the middle.
struct Rotate {
  Range angle = {};
  bool expand = false;  // grow so that all of the picture is seen
  Filter filter = Filter::kBilinear;
  Color fill = {};
  bool operator==(const Rotate&) const = default;
};

// About the middle: shear, scale, rotate (counter-clockwise), then shift by fractions of the width and height.
struct Affine {
  Range angle = {};
  Range dx = {};
  Range dy = {};
  Range scale = {1, 1};
  Range shear_x = {};  // degrees
  Range shear_y = {};
  Filter filter = Filter::kBilinear;
  Color fill = {};
  bool operator==(const Affine&) const = default;
};

// The picture's corners (left upper, right upper, right lower, left lower) move to `corners`, four points in fractions
// of width and height; or each inwards by a random part of `distortion` of half the picture, when there are none.
struct Perspective {
  double distortion = 0;
  std::vector<double> corners = {};
  Filter filter = Filter::kBilinear;
  Color fill = {};
  bool operator==(const Perspective&) const = default;
};

// Factors: 0 is black, gray, or blurred; 1 leaves the picture alone; more is more.
struct Brightness {
  Range factor = {1, 1};
  bool operator==(const Brightness&) const = default;
};
struct Contrast {
  Range factor = {1, 1};
  bool operator==(const Contrast&) const = default;
};
struct Saturation {
  Range factor = {1, 1};
  bool operator==(const Saturation&) const = default;
};
struct Sharpen {
  Range factor = {1, 1};
  bool operator==(const Sharpen&) const = default;
};

// Turns of the colour circle.
struct Hue {
  Range shift = {};
  bool operator==(const Hue&) const = default;
};

// Three channels still.
struct Grayscale {
  bool operator==(const Grayscale&) const = default;
};

// Gaussian, in pixels.
struct Blur {
  Range sigma = {};
  bool operator==(const Blur&) const = default;
};

// Gaussian, in levels of 255, for each channel of each pixel.
struct Noise {
  Range sigma = {};
  std::optional<std::int64_t> seed = {};  // resolved: of the generator that the samples come from
  bool operator==(const Noise&) const = default;
};

// What remains of it as a JPEG of this quality.
struct Jpeg {
  Range quality = {};
  bool operator==(const Jpeg&) const = default;
};

// Boxes painted over.
struct Cutout {
  int width = 0;
  int height = 0;
  int count = 1;
  Color fill = {};
  std::vector<int> boxes = {};  // resolved: x, y of each box's left upper corner
  bool operator==(const Cutout&) const = default;
};

}  // namespace darkroom::imaging
