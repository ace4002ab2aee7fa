// Detection, read off shapes, names and numbers: the five formats of docs/models.md.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <span>

#include "cli/draft_task.h"

namespace darkroom::cli {
namespace {

using model::Shape;

constexpr float kLargestRelative = 2;  // boxes may reach beyond the picture's edge, by less than its size
constexpr int kCocoClasses = 91;       // torchvision's detectors, with the background

DraftLine UnitsLine(float largest) {
  const bool relative = largest <= kLargestRelative;
  return {"units", relative ? "\"relative\"" : "\"pixels\"",
          fmt::format("on noise its boxes reach {:.3g}; \"{}\" for {}", largest, relative ? "pixels" : "relative",
                      relative ? "pixels of the network's input" : "numbers from 0 to 1")};
}

// Rows of four: corners run from left to right and from top to bottom in every one, middles with sizes seldom do.
DraftLine CornersLine(std::span<const float> boxes) {
  bool ordered = true;
  for (std::size_t i = 0; i + 3 < boxes.size(); i += 4)
    ordered &= boxes[i + 2] >= boxes[i] && boxes[i + 3] >= boxes[i + 1];
  if (ordered) {
    return {"corners", "\"xyxy\"",
            "left, top, right, bottom: on noise right is never left of left; \"cxcywh\" for middle, width, height"};
  }
  return {"corners", "\"cxcywh\"",
          "middle, width, height: on noise they are no corners in order; \"xyxy\" for left, top, right, bottom"};
}

DraftLine SigmoidLine(std::span<const float> scores) {
  const bool logits = std::ranges::any_of(scores, [](float score) { return score < 0 || score > 1; });
  return {"sigmoid", logits ? "true" : "false",
          logits ? "on noise its scores leave 0 to 1, so they are logits"
                 : "on noise its scores stay within 0 to 1, so they are probabilities"};
}

float Largest(std::span<const float> numbers) {
  float largest = 0;
  for (const float number : numbers) largest = std::max(largest, std::isfinite(number) ? std::abs(number) : 0);
  return largest;
}

// boxes 1×N×4 and scores 1×N×C.
std::optional<TaskReading> ReadSeparate(const NetworkFacts& facts, int labels) {
  auto fits = [](const SeenOutput& o) { return IsFloat(o) && o.tensor.rank() == 3 && o.tensor.side(0) == 1; };
  std::optional<TaskReading> best;
  for (const SeenOutput& boxes : facts.outputs) {
    if (!fits(boxes) || boxes.tensor.side(2) != 4) continue;
    for (const SeenOutput& scores : facts.outputs) {
      if (&scores == &boxes || !fits(scores) || scores.tensor.side(1) != boxes.tensor.side(1)) continue;
      if (scores.tensor.side(2) == 4 && NameHas(scores, {"box"})) continue;
      const int classes = static_cast<int>(scores.tensor.side(2));
      if (labels > 0 && labels != classes) continue;
      best =
          TaskReading{.task = model::Task::kDetection,
                      .likelihood = 10,
                      .why = fmt::format("boxes ({}) and scores ({})", Describe(boxes.tensor), Describe(scores.tensor)),
                      .output = {{"format", "\"separate\""},
                                 {"boxes", TomlText(boxes.name)},
                                 {"scores", TomlText(scores.name)},
                                 CornersLine(boxes.tensor.floats()),
                                 UnitsLine(Largest(boxes.tensor.floats())),
                                 SigmoidLine(scores.tensor.floats())},
                      .heads = {},
                      .labels = OneLabelsFile(classes, labels)};
    }
  }
  return best;
}

// boxes N×4, scores N, classes N; on noise N may be 0.
std::optional<TaskReading> ReadClassed(const NetworkFacts& facts, int labels) {
  const SeenOutput *boxes = nullptr, *scores = nullptr, *classes = nullptr;
  for (const SeenOutput& output : facts.outputs) {
    const Shape& shape = output.tensor.shape();
    if (!output.foreign_type.empty() || shape.empty()) continue;
    const bool whole =
        output.tensor.type() == model::ElementType::kInt64 || output.tensor.type() == model::ElementType::kInt32;
    if (IsFloat(output) && shape.size() >= 2 && shape.back() == 4) {
      boxes = &output;
    } else if (whole || (IsFloat(output) && NameHas(output, {"label", "class"}))) {
      classes = &output;
    } else if (IsFloat(output)) {
      scores = &output;
    }
  }
  if (boxes == nullptr || scores == nullptr || classes == nullptr) return std::nullopt;
  const std::size_t count = boxes->tensor.elements() / 4;
  if (scores->tensor.elements() != count || classes->tensor.elements() != count) return std::nullopt;
  TaskReading reading{.task = model::Task::kDetection,
                      .likelihood = 10,
                      .why = "boxes, scores and classes, as torchvision's detectors answer",
                      .output = {{"format", "\"classed\""},
                                 {"boxes", TomlText(boxes->name)},
                                 {"scores", TomlText(scores->name)},
                                 {"classes", TomlText(classes->name)}},
                      .heads = {},
                      .labels = OneLabelsFile(labels > 0 ? labels : kCocoClasses, labels)};
  if (count > 0) {
    reading.output.push_back(CornersLine(boxes->tensor.floats()));
    reading.output.push_back(UnitsLine(Largest(boxes->tensor.floats())));
  } else {
    reading.output.push_back({"units", "\"pixels\"", "noise gave no box to tell by; \"relative\" for 0 to 1"});
  }
  return reading;
}

// 1×N×6: the fifth number a score, the sixth a class.
std::optional<TaskReading> ReadFinal(const SeenOutput& output, int labels) {
  const Shape& shape = output.tensor.shape();
  if (shape.size() != 3 || shape[0] != 1 || shape[2] != 6) return std::nullopt;
  const auto numbers = output.tensor.floats();
  float largest_box = 0, largest_class = 0;
  for (std::size_t i = 0; i + 5 < numbers.size(); i += 6) {
    const float score = numbers[i + 4], index = numbers[i + 5];
    if (!(score >= 0 && score <= 1 && index >= -1 && index == std::floor(index))) return std::nullopt;
    largest_box = std::max(largest_box, Largest(numbers.subspan(i, 4)));
    largest_class = std::max(largest_class, index);
  }
  const int classes = static_cast<int>(std::min(largest_class, 9999.f)) + 1;
  return TaskReading{.task = model::Task::kDetection,
                     .likelihood = 9,
                     .why = fmt::format("rows of six in {}: corners, score, class", Describe(output.tensor)),
                     .output = {{"format", "\"final\"",
                                 "corners, score, class, with overlaps suppressed; "
                                 "\"yolov5\" for boxes with an objectness and one class"},
                                {"name", TomlText(output.name)},
                                UnitsLine(largest_box)},
                     .heads = {},
                     .labels = OneLabelsFile(labels > 0 ? labels : std::max(classes, 80), labels)};
}

// Cells of the three grids that YOLO looks at: sides of 1/8, 1/16 and 1/32 of the input's.
std::int64_t YoloCells(const PictureInput& input) {
  std::int64_t cells = 0;
  for (const int stride : {8, 16, 32}) cells += std::int64_t{input.width / stride} * (input.height / stride);
  return cells;
}

// One tensor of boxes with their scores, v5 in rows, v8 in columns.
std::optional<TaskReading> ReadYolo(const NetworkFacts& facts, const SeenOutput& output, bool v8, int labels) {
  const model::Tensor& all = output.tensor;
  if (all.rank() != 3 || all.side(0) != 1) return std::nullopt;
  const std::int64_t count = all.side(v8 ? 2 : 1), width = all.side(v8 ? 1 : 2), fixed = v8 ? 4 : 5;
  const std::int64_t classes = width - fixed;
  if (classes < 1 || classes > 10'000 || count < 1 || (labels > 0 && labels != classes)) return std::nullopt;
  const std::int64_t cells = YoloCells(facts.input) * (v8 ? 1 : 3);
  if (count != cells && labels == 0 && count < 4 * width) return std::nullopt;
  std::vector<float> boxes, scores;
  for (std::int64_t i = 0; i < width; ++i) {
    for (std::int64_t n = 0; n < count; ++n) {
      (i < 4 ? boxes : scores).push_back(all.floats()[static_cast<std::size_t>(v8 ? i * count + n : n * width + i)]);
    }
  }
  return TaskReading{.task = model::Task::kDetection,
                     .likelihood = count == cells || labels > 0 ? 10 : 4,
                     .why = fmt::format("{}: {} boxes of {} numbers{}", Describe(all), count, width,
                                        count == cells ? ", as many as YOLO's grids have for this input" : ""),
                     .output = {{"format", v8 ? "\"yolov8\"" : "\"yolov5\"",
                                 v8 ? "box and scores in columns; \"yolov5\" has rows with an objectness between them"
                                    : "rows of box, objectness, scores; \"yolov8\" has columns without objectness"},
                                {"name", TomlText(output.name)},
                                UnitsLine(Largest(boxes)),
                                SigmoidLine(scores)},
                     .heads = {},
                     .labels = OneLabelsFile(static_cast<int>(classes), labels)};
}

}  // namespace

std::optional<TaskReading> ReadBoxes(const NetworkFacts& facts, int labels) {
  if (auto separate = ReadSeparate(facts, labels)) return separate;
  if (auto classed = ReadClassed(facts, labels)) return classed;
  std::optional<TaskReading> best;
  for (const SeenOutput& output : facts.outputs) {
    if (!IsFloat(output)) continue;
    for (auto reading :
         {ReadFinal(output, labels), ReadYolo(facts, output, true, labels), ReadYolo(facts, output, false, labels)}) {
      if (reading && (!best || reading->likelihood > best->likelihood)) best = std::move(reading);
    }
  }
  return best;
}

}  // namespace darkroom::cli
