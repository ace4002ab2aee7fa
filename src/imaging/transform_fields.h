// What keys each transform has, with their bounds: the one description that reading, writing and drawing walk along.
//
// Fields(visitor, op) calls the visitor once for each key, in the canonical order:
//   Whole(key, int&, min, max, Need)            a whole number; unset while out of bounds
//   Number(key, double&, min, max, Need)        the same with a fraction
//   Span(key, Range&, min, max, Need)           a number or a range of them
//   WholeSpan(key, Range&, min, max, Need)      of whole ones
//   Choice(key, E&, names, Need)                one of the names; unset while it has none
//   Flag(key, bool&)
//   Fill(key, Color&)
//   List(key, std::vector<T>&, min, max, step, most)   numbers, a multiple of `step` and at most `most` of them
//   Seed(key, std::optional<std::int64_t>&)
#pragma once

#include <array>
#include <span>
#include <string_view>

#include "imaging/transform.h"

namespace darkroom::imaging {

enum class Need { kRequired, kOptional };

template <class E>
struct Named {
  std::string_view name;
  E value;
};

inline constexpr int kMaxBoxes = 64;

inline constexpr Named<Filter> kResizeFilters[] = {
    {"bilinear", Filter::kBilinear}, {"bicubic", Filter::kBicubic}, {"nearest", Filter::kNearest}};
inline constexpr Named<Filter> kWarpFilters[] = {{"bilinear", Filter::kBilinear}, {"nearest", Filter::kNearest}};
// The first name of a value is the one that is written.
inline constexpr Named<Place> kPlaces[] = {
    {"centre", Place::kCentre}, {"center", Place::kCentre}, {"random", Place::kRandom}};
inline constexpr Named<PadMode> kPadModes[] = {
    {"color", PadMode::kColor}, {"reflect", PadMode::kReflect}, {"edge", PadMode::kEdge}};
inline constexpr Named<Axis> kAxes[] = {{"horizontal", Axis::kHorizontal}, {"vertical", Axis::kVertical}};

template <class V>
void Fields(V& v, Resize& t) {
  v.Whole("width", t.width, 1, kMaxTransformedSide, Need::kOptional);
  v.Whole("height", t.height, 1, kMaxTransformedSide, Need::kOptional);
  v.Whole("shorter", t.shorter, 1, kMaxTransformedSide, Need::kOptional);
  v.Choice("filter", t.filter, std::span(kResizeFilters), Need::kOptional);
}

template <class V>
void Fields(V& v, Crop& t) {
  v.Whole("width", t.width, 1, kMaxTransformedSide, Need::kRequired);
  v.Whole("height", t.height, 1, kMaxTransformedSide, Need::kRequired);
  v.Choice("at", t.at, std::span(kPlaces), Need::kOptional);
  v.Whole("x", t.x, 0, kMaxTransformedSide, Need::kOptional);
  v.Whole("y", t.y, 0, kMaxTransformedSide, Need::kOptional);
}

template <class V>
void Fields(V& v, Pad& t) {
  v.Whole("left", t.left, 0, kMaxTransformedSide, Need::kOptional);
  v.Whole("top", t.top, 0, kMaxTransformedSide, Need::kOptional);
  v.Whole("right", t.right, 0, kMaxTransformedSide, Need::kOptional);
  v.Whole("bottom", t.bottom, 0, kMaxTransformedSide, Need::kOptional);
  v.Choice("mode", t.mode, std::span(kPadModes), Need::kOptional);
  v.Fill("fill", t.fill);
}

template <class V>
void Fields(V& v, Flip& t) {
  v.Choice("direction", t.direction, std::span(kAxes), Need::kRequired);
}

template <class V>
void Fields(V& v, Rotate& t) {
  v.Span("angle", t.angle, -360, 360, Need::kRequired);
  v.Flag("expand", t.expand);
  v.Choice("filter", t.filter, std::span(kWarpFilters), Need::kOptional);
  v.Fill("fill", t.fill);
}

template <class V>
void Fields(V& v, Affine& t) {
  v.Span("angle", t.angle, -360, 360, Need::kOptional);
  v.Span("dx", t.dx, -1, 1, Need::kOptional);
  v.Span("dy", t.dy, -1, 1, Need::kOptional);
  v.Span("scale", t.scale, 0.05, 20, Need::kOptional);
  v.Span("shear_x", t.shear_x, -80, 80, Need::kOptional);
  v.Span("shear_y", t.shear_y, -80, 80, Need::kOptional);
  v.Choice("filter", t.filter, std::span(kWarpFilters), Need::kOptional);
  v.Fill("fill", t.fill);
}

template <class V>
void Fields(V& v, Perspective& t) {
  // Up to 2/3 no draw can fold the picture; what is below 1/1000 of a side is no distortion.
  v.Number("distortion", t.distortion, 0.001, 0.6, Need::kOptional);
  v.List("corners", t.corners, -2, 3, 8, 8);
  v.Choice("filter", t.filter, std::span(kWarpFilters), Need::kOptional);
  v.Fill("fill", t.fill);
}

template <class V>
void Fields(V& v, Brightness& t) {
  v.Span("factor", t.factor, 0, 10, Need::kRequired);
}
template <class V>
void Fields(V& v, Contrast& t) {
  v.Span("factor", t.factor, 0, 10, Need::kRequired);
}
template <class V>
void Fields(V& v, Saturation& t) {
  v.Span("factor", t.factor, 0, 10, Need::kRequired);
}
template <class V>
void Fields(V& v, Sharpen& t) {
  v.Span("factor", t.factor, 0, 10, Need::kRequired);
}

template <class V>
void Fields(V& v, Hue& t) {
  v.Span("shift", t.shift, -0.5, 0.5, Need::kRequired);
}

template <class V>
void Fields(V&, Grayscale&) {}

template <class V>
void Fields(V& v, Blur& t) {
  v.Span("sigma", t.sigma, 0, 100, Need::kRequired);
}

template <class V>
void Fields(V& v, Noise& t) {
  v.Span("sigma", t.sigma, 0, 128, Need::kRequired);
  v.Seed("seed", t.seed);
}

template <class V>
void Fields(V& v, Jpeg& t) {
  v.WholeSpan("quality", t.quality, 1, 100, Need::kRequired);
}

template <class V>
void Fields(V& v, Cutout& t) {
  v.Whole("width", t.width, 1, kMaxTransformedSide, Need::kRequired);
  v.Whole("height", t.height, 1, kMaxTransformedSide, Need::kRequired);
  v.Whole("count", t.count, 1, kMaxBoxes, Need::kOptional);
  v.Fill("fill", t.fill);
  v.List("boxes", t.boxes, 0, kMaxTransformedSide, 2, 2 * kMaxBoxes);
}

using Op = decltype(Transform::op);

// A transform's name, and the keys of the arguments that the short spelling may leave nameless, in their order. "size"
// stands for two lengths, "50x70".
struct OpSpelling {
  std::string_view name;
  std::array<std::string_view, 3> nameless;
};

// In the order of Transform::op's alternatives.
inline constexpr OpSpelling kOps[] = {
    {"resize", {"size", "filter"}},
    {"crop", {"size", "at"}},
    {"pad", {"size", "mode"}},
    {"flip", {"direction"}},
    {"rotate", {"angle"}},
    {"affine", {}},
    {"perspective", {"distortion"}},
    {"brightness", {"factor"}},
    {"contrast", {"factor"}},
    {"saturation", {"factor"}},
    {"hue", {"shift"}},
    {"grayscale", {}},
    {"blur", {"sigma"}},
    {"sharpen", {"factor"}},
    {"noise", {"sigma"}},
    {"jpeg", {"quality"}},
    {"cutout", {"size", "count"}},
};
static_assert(std::size(kOps) == std::variant_size_v<Op>);

}  // namespace darkroom::imaging
