#include "model/operation.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "model/boxes.h"

namespace darkroom::model {
namespace {

Status Need(bool given, std::string_view needs, const Tensor& tensor) {
  if (given) return {};
  return Fail(Code::kInvalid, fmt::format("needs {}, was given {}", needs, Describe(tensor)));
}

bool IsFloat(const Tensor& tensor) { return tensor.type() == ElementType::kFloat32 && tensor.elements() > 0; }
bool IsPicture(const Tensor& tensor) { return IsFloat(tensor) && tensor.rank() == 4 && tensor.side(0) == 1; }
constexpr std::string_view kAPicture = "float32 1×C×H×W";

template <class F>
Tensor ForEach(const Tensor& from, F f) {
  Tensor to(ElementType::kFloat32, from.shape());
  std::ranges::transform(from.floats(), to.floats().begin(), f);
  return to;
}

// Where a row or column of the new picture lies in the old one: two neighbours and how far it is from the first.
struct Between {
  std::int64_t first, second;
  float share;
};
std::vector<Between> Places(std::int64_t from, int to) {
  std::vector<Between> places;
  const double scale = static_cast<double>(from) / to;
  for (int i = 0; i < to; ++i) {
    const double at = std::max((i + 0.5) * scale - 0.5, 0.0);
    const auto first = std::min(static_cast<std::int64_t>(at), from - 1);
    places.push_back({first, std::min(first + 1, from - 1), static_cast<float>(at - static_cast<double>(first))});
  }
  return places;
}

Result<Tensor> Run(const ResizeOperation& resize, const Tensor& from) {
  if (Status good = Need(IsPicture(from), kAPicture, from); !good) return Fail(good.error());
  Tensor to(ElementType::kFloat32, {1, from.side(1), resize.height, resize.width});
  const auto rows = Places(from.side(2), resize.height), columns = Places(from.side(3), resize.width);
  float* out = to.floats().data();
  for (std::int64_t c = 0; c < from.side(1); ++c) {
    const float* plane = from.floats().data() + c * from.side(2) * from.side(3);
    for (const Between& row : rows) {
      const float* upper = plane + row.first * from.side(3);
      const float* lower = plane + row.second * from.side(3);
      for (const Between& column : columns) {
        const float above = std::lerp(upper[column.first], upper[column.second], column.share);
        const float below = std::lerp(lower[column.first], lower[column.second], column.share);
        *out++ = std::lerp(above, below, row.share);
      }
    }
  }
  return to;
}

Result<Tensor> Run(const CropOperation& crop, const Tensor& from) {
  if (Status good = Need(IsPicture(from), kAPicture, from); !good) return Fail(good.error());
  const std::int64_t height = from.side(2), width = from.side(3);
  const std::int64_t x = crop.x >= 0 ? crop.x : (width - crop.width) / 2;
  const std::int64_t y = crop.y >= 0 ? crop.y : (height - crop.height) / 2;
  const bool within = x >= 0 && y >= 0 && x + crop.width <= width && y + crop.height <= height;
  if (Status good = Need(within, fmt::format("a picture that holds {}×{}", crop.width, crop.height), from); !good) {
    return Fail(good.error());
  }
  Tensor to(ElementType::kFloat32, {1, from.side(1), crop.height, crop.width});
  float* out = to.floats().data();
  for (std::int64_t c = 0; c < from.side(1); ++c) {
    for (std::int64_t row = y; row < y + crop.height; ++row) {
      out = std::copy_n(from.floats().data() + (c * height + row) * width + x, crop.width, out);
    }
  }
  return to;
}

Result<Tensor> Run(const NormaliseOperation& normalise, const Tensor& from) {
  const bool good = IsPicture(from) && (from.side(1) == 1 || from.side(1) == 3);
  if (Status needed = Need(good, "float32 1×C×H×W with 1 or 3 channels", from); !needed) return Fail(needed.error());
  Tensor to(ElementType::kFloat32, from.shape());
  const std::int64_t plane = from.side(2) * from.side(3);
  for (std::int64_t i = 0; i < static_cast<std::int64_t>(from.elements()); ++i) {
    const auto channel = static_cast<std::size_t>(i / plane);
    to.floats()[i] = (from.floats()[i] - normalise.mean[channel]) * normalise.scale[channel];
  }
  return to;
}

Result<Tensor> Run(const AlphaToMaskOperation& mask, const Tensor& from) {
  const bool good = IsPicture(from) && from.side(1) == 4;
  if (Status needed = Need(good, "float32 1×4×H×W, of [preprocess] color = \"RGBA\"", from); !needed) {
    return Fail(needed.error());
  }
  Tensor to(ElementType::kFloat32, {1, 1, from.side(2), from.side(3)});
  const auto alpha = from.floats().last(to.elements());
  std::ranges::transform(alpha, to.floats().begin(), [&](float a) { return a > mask.above ? 1.f : 0.f; });
  return to;
}

Result<Tensor> Run(const ThresholdOperation& threshold, const Tensor& from) {
  if (Status good = Need(IsFloat(from), "float32", from); !good) return Fail(good.error());
  return ForEach(from, [&](float value) { return value > threshold.above ? 1.f : 0.f; });
}

Result<Tensor> Run(const SigmoidOperation&, const Tensor& from) {
  if (Status good = Need(IsFloat(from), "float32", from); !good) return Fail(good.error());
  return ForEach(from, [](float value) { return 1 / (1 + std::exp(-value)); });
}

// A tensor as `before` blocks of `along` × `behind`, where the axis is `along`.
struct Axis {
  std::size_t before = 1, along = 1, behind = 1;
};
Axis SplitAt(const Tensor& tensor, int axis) {
  Axis split;
  for (std::size_t i = 0; i < tensor.rank(); ++i) {
    const auto side = static_cast<std::size_t>(tensor.side(i));
    (static_cast<int>(i) < axis ? split.before : static_cast<int>(i) == axis ? split.along : split.behind) *= side;
  }
  return split;
}

Result<Tensor> Run(const SoftmaxOperation& softmax, const Tensor& from) {
  const bool good = IsFloat(from) && softmax.axis < static_cast<int>(from.rank());
  if (Status needed = Need(good, fmt::format("float32 with an axis {}", softmax.axis), from); !needed) {
    return Fail(needed.error());
  }
  const Axis axis = SplitAt(from, softmax.axis);
  Tensor to(ElementType::kFloat32, from.shape());
  for (std::size_t block = 0; block < axis.before * axis.behind; ++block) {
    const std::size_t first = block / axis.behind * axis.along * axis.behind + block % axis.behind;
    float largest = from.floats()[first], sum = 0;
    for (std::size_t i = 0; i < axis.along; ++i) largest = std::max(largest, from.floats()[first + i * axis.behind]);
    for (std::size_t i = 0; i < axis.along; ++i) {
      const std::size_t at = first + i * axis.behind;
      sum += to.floats()[at] = std::exp(from.floats()[at] - largest);
    }
    for (std::size_t i = 0; i < axis.along; ++i) to.floats()[first + i * axis.behind] /= sum;
  }
  return to;
}

Result<Tensor> Run(const ArgmaxOperation& argmax, const Tensor& from) {
  const bool good = IsFloat(from) && argmax.axis < static_cast<int>(from.rank());
  if (Status needed = Need(good, fmt::format("float32 with an axis {}", argmax.axis), from); !needed) {
    return Fail(needed.error());
  }
  const Axis axis = SplitAt(from, argmax.axis);
  Shape shape = from.shape();
  shape.erase(shape.begin() + argmax.axis);
  Tensor to(ElementType::kInt64, std::move(shape));
  auto* out = reinterpret_cast<std::int64_t*>(to.bytes().data());
  for (std::size_t block = 0; block < axis.before * axis.behind; ++block) {
    const std::size_t first = block / axis.behind * axis.along * axis.behind + block % axis.behind;
    std::size_t best = 0;
    for (std::size_t i = 1; i < axis.along; ++i) {
      if (from.floats()[first + i * axis.behind] > from.floats()[first + best * axis.behind]) best = i;
    }
    out[block] = static_cast<std::int64_t>(best);
  }
  return to;
}

Result<Tensor> RunNms(const NmsOperation& nms, const Tensor& boxes, const Tensor& scores) {
  const bool boxes_good =
      boxes.type() == ElementType::kFloat32 && boxes.rank() == 3 && boxes.side(0) == 1 && boxes.side(2) == 4;
  if (Status needed = Need(boxes_good, "boxes float32 1×N×4", boxes); !needed) return Fail(needed.error());
  const bool scores_good = scores.type() == ElementType::kFloat32 && scores.rank() == 3 && scores.side(0) == 1 &&
                           scores.side(1) == boxes.side(1);
  if (Status needed = Need(scores_good, fmt::format("scores float32 1×{}×C", boxes.side(1)), scores); !needed) {
    return Fail(needed.error());
  }
  std::vector<Box> found;
  for (std::int64_t i = 0; i < boxes.side(1); ++i) {
    const float* box = boxes.floats().data() + i * 4;
    for (std::int64_t c = 0; c < scores.side(2); ++c) {
      const float score = scores.floats()[i * scores.side(2) + c];
      if (score >= nms.min_score) found.push_back({box[0], box[1], box[2], box[3], score, static_cast<int>(c)});
    }
  }
  const std::vector<Box> kept = SuppressOverlaps(std::move(found), nms.max_overlap, nms.max_boxes);
  Tensor to(ElementType::kFloat32, {1, static_cast<std::int64_t>(kept.size()), 6});
  float* out = to.floats().data();
  for (const Box& box : kept) {
    for (const float value : {box.left, box.top, box.right, box.bottom, box.score, static_cast<float>(box.index)}) {
      *out++ = value;
    }
  }
  return to;
}

Result<Tensor> RunOccupancy(const DepthToOccupancyOperation& operation, std::span<const Tensor* const> given) {
  const Tensor& depth = *given[0];
  const std::size_t rank = depth.rank();
  const bool square = rank >= 2 && depth.side(rank - 1) == depth.side(rank - 2) && IsFloat(depth) &&
                      static_cast<std::int64_t>(depth.elements()) == depth.side(rank - 1) * depth.side(rank - 1);
  if (Status needed = Need(square, "a square depth map, float32 1×1×S×S", depth); !needed) return Fail(needed.error());
  if (operation.distance) return DepthToOccupancy(depth, {.forward = *operation.distance}, operation.view);
  const Tensor& pose = *given[1];
  const bool good = IsFloat(pose) && pose.elements() == 4;
  if (Status needed = Need(good, "a pose, float32 1×4", pose); !needed) return Fail(needed.error());
  const auto p = pose.floats();
  return DepthToOccupancy(depth, {p[0], p[1], p[2], p[3]}, operation.view);
}

constexpr std::string_view kOne[] = {"input"};
constexpr std::string_view kDepth[] = {"depth"};
constexpr std::string_view kDepthAndPose[] = {"depth", "pose"};
constexpr std::string_view kBoxesAndScores[] = {"boxes", "scores"};

}  // namespace

std::string_view Name(const Operation& operation) {
  constexpr std::string_view kNames[] = {"resize", "crop",    "normalise", "alpha-to-mask", "threshold",
                                         "argmax", "softmax", "sigmoid",   "nms",           "depth-to-occupancy"};
  static_assert(std::size(kNames) == std::variant_size_v<Operation>);
  return kNames[operation.index()];
}

std::span<const std::string_view> Inputs(const Operation& operation) {
  if (std::holds_alternative<NmsOperation>(operation)) return kBoxesAndScores;
  if (const auto* occupancy = std::get_if<DepthToOccupancyOperation>(&operation)) {
    return occupancy->distance ? std::span<const std::string_view>(kDepth) : kDepthAndPose;
  }
  return kOne;
}

Result<Tensor> Apply(const Operation& operation, std::span<const Tensor* const> given) {
  DR_CHECK(given.size() == Inputs(operation).size());
  return std::visit(
      [&]<class T>(const T& which) -> Result<Tensor> {
        if constexpr (std::is_same_v<T, NmsOperation>) {
          return RunNms(which, *given[0], *given[1]);
        } else if constexpr (std::is_same_v<T, DepthToOccupancyOperation>) {
          return RunOccupancy(which, given);
        } else {
          return Run(which, *given[0]);
        }
      },
      operation);
}

}  // namespace darkroom::model
