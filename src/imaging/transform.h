// Transforms: what is done to a picture before a model sees it, or instead: resize, crop, rotate, blur, noise...
//
// A list is parsed (two spellings, one meaning: docs/transforms.md), then resolved for one picture: whatever was left
// to chance or depends on the picture's size is decided and stands in the list as numbers. A resolved list is what to
// record: it can be parsed again and applied again, and does the same to the same picture.
//
//   Result<TransformList> list = ParseTransforms("crop:50x70:random,brightness:0.8..1.2");
//   Result<TransformList> done = Resolve(*list, seed, {image.width(), image.height()});
//   Result<Image> changed = Apply(std::move(image), *done);
//
// Everything here is a pure function over values; any thread. Errors are of kind kInvalid (naming the transform, the
// key, what was expected and what was found) or kTooLarge (too many, or a picture that would get too large).
#pragma once

#include <cstdint>
#include <string_view>
#include <variant>
#include <vector>

#include "base/json.h"
#include "base/result.h"
#include "imaging/image.h"
#include "imaging/resample.h"
#include "imaging/transform_ops.h"

namespace darkroom::imaging {

struct Transform {
  std::variant<Resize, Crop, Pad, Flip, Rotate, Affine, Perspective, Brightness, Contrast, Saturation, Hue, Grayscale,
               Blur, Sharpen, Noise, Jpeg, Cutout>
      op;
  double p = 1;  // the probability that it is done; resolved: 0 or 1
  bool operator==(const Transform&) const = default;
};

using TransformList = std::vector<Transform>;

inline constexpr int kMaxTransforms = 32;
inline constexpr int kMaxTransformedSide = 16'384;
inline constexpr int kMaxPictureSide = 65'535;  // of the picture that is transformed
inline constexpr std::size_t kMaxTransformText = 64 * 1024;

// Either spelling: text that begins with '[' is JSON, else it is "crop:50x70:random,resize:256x256".
Result<TransformList> ParseTransforms(std::string_view text);
// The JSON spelling when it stands within other JSON.
Result<TransformList> ParseTransforms(const json::array& array);

// The canonical form, which parses to an equal list: every key that says something, in the order of the docs.
json::array ToJson(const TransformList& list);

struct TransformLimits {
  std::int64_t max_pixels = 50'000'000;  // of the picture after each transform
};

// What is left to do once the dice are cast for a picture of this size. The same list, seed and size give the same on
// every machine. Each transform draws from its own part of the seed: what is changed about one leaves the draws of the
// others alone. What is resolved already stays as it is. Transforms whose p was not met stay in the list with p = 0.
// Errors: a crop or cutout that is larger than the picture, values out of range, results that are too large.
Result<TransformList> Resolve(const TransformList& list, std::uint64_t seed, Size picture,
                              const TransformLimits& limits = {});

// The size that a resolved list makes of a picture of this one.
Result<Size> SizeAfter(const TransformList& resolved, Size picture, const TransformLimits& limits = {});

// Does what a resolved list says to an RGB picture (3 channels). Errors: as Resolve; kInvalid for a list that is not
// resolved for this size.
Result<Image> Apply(Image image, const TransformList& resolved, const TransformLimits& limits = {});

}  // namespace darkroom::imaging
