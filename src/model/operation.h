// Operations: the stages that need no network. Pure functions of tensors.
#pragma once

#include <array>
#include <optional>
#include <span>
#include <string_view>
#include <variant>

#include "base/result.h"
#include "model/occupancy.h"
#include "model/tensor.h"

namespace darkroom::model {

// Pictures are 1×C×H×W float32 wherever an operation speaks of rows and columns.

// Bilinear, as torch.nn.functional.interpolate(mode="bilinear", align_corners=False): not antialiased.
struct ResizeOperation {
  int width = 0, height = 0;
};
// The middle, or at x, y.
struct CropOperation {
  int width = 0, height = 0;
  int x = -1, y = -1;
};
// (value - mean) * scale, each channel its own; one channel's numbers hold for all.
struct NormaliseOperation {
  std::array<float, 3> mean = {0, 0, 0};
  std::array<float, 3> scale = {1, 1, 1};
};
// 1×4×H×W with A as the last channel → 1×1×H×W: 1 where A is above, else 0.
struct AlphaToMaskOperation {
  float above = 0.5f;
};
// Any float32 → 1 where it is above, else 0.
struct ThresholdOperation {
  float above = 0.5f;
};
// The place of the largest along the axis, which goes → int64.
struct ArgmaxOperation {
  int axis = 1;
};
struct SoftmaxOperation {
  int axis = 1;
};
struct SigmoidOperation {};
// Boxes 1×N×4 (corners) and scores 1×N×C → 1×K×6: corners, score, class; best first.
struct NmsOperation {
  float min_score = 0.25f;
  float max_overlap = 0.45f;
  int max_boxes = 100;
};

// Depth 1×1×S×S, and pose 1×4 unless the distance is given, → 1×2×R×R×R (occupancy.h).
struct DepthToOccupancyOperation {
  CubeView view;
  std::optional<double> distance;  // of the cube's centre, straight ahead of a level camera
};

using Operation =
    std::variant<ResizeOperation, CropOperation, NormaliseOperation, AlphaToMaskOperation, ThresholdOperation,
                 ArgmaxOperation, SoftmaxOperation, SigmoidOperation, NmsOperation, DepthToOccupancyOperation>;

std::string_view Name(const Operation& operation);  // "alpha-to-mask"; static storage
// How many tensors it takes, and what each is called.
std::span<const std::string_view> Inputs(const Operation& operation);

// `given`: as many as Inputs. Errors: kInvalid saying what the operation needs and what it was given; kCancelled never.
// Threads: any.
Result<Tensor> Apply(const Operation& operation, std::span<const Tensor* const> given);

}  // namespace darkroom::model
