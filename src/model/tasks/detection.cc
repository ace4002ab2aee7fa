// Detection: boxes on the picture, as numbers and drawn.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "imaging/encode.h"
#include "model/boxes.h"
#include "model/tasks/draw.h"
#include "model/tasks/postprocessor.h"
#include "model/tasks/rank.h"

namespace darkroom::model {
namespace {

// How one format lays its numbers out: for box i of `count`, where its four sides and its scores are.
struct Columns {
  std::int64_t count = 0;    // boxes
  std::int64_t classes = 0;  // scores a box
  std::int64_t stride = 1;   // floats from one number of a box to its next
  std::int64_t step = 1;     // floats from one box to the next
};

class Detection : public Postprocessor {
 public:
  Detection(const Package& package, const DetectionSpec& spec)
      : package_(package), spec_(spec), names_(TensorsOf(package.output)) {}

  Status Check(const NamedTensors& tensors) const override {
    for (const TensorName& name : names_) {
      const Tensor& tensor = Pick(tensors, name.tensor);
      const bool classes = name.key == "classes";
      const bool good = tensor.type() == ElementType::kFloat32 ||
                        (classes && (tensor.type() == ElementType::kInt64 || tensor.type() == ElementType::kInt32));
      if (!good) return Fail(Unfit(package_, name, tensors, classes ? "whole numbers or float32" : "float32"));
    }
    switch (spec_.format) {
      case BoxFormat::kSeparate:
        return CheckSeparate(tensors);
      case BoxFormat::kClassed:
        return CheckClassed(tensors);
      case BoxFormat::kYolov5:
        return CheckSingle(tensors, 2, static_cast<std::int64_t>(spec_.labels.names.size()) + 5, "1×N×(5 + labels)");
      case BoxFormat::kYolov8:
        return CheckSingle(tensors, 1, static_cast<std::int64_t>(spec_.labels.names.size()) + 4, "1×(4 + labels)×N");
      case BoxFormat::kFinal:
        return CheckSingle(tensors, 2, 6, "1×N×6");
    }
    return {};
  }

  bool NeedsPicture() const override { return true; }

  Result<Answer> Run(const NamedTensors& tensors, const View& view) const override {
    std::vector<Box> boxes = Read(tensors);
    for (const Box& box : boxes) {
      const float numbers[] = {box.left, box.top, box.right, box.bottom, box.score};
      if (Status finite = CheckFinite(package_, numbers, "a box"); !finite) return Fail(finite.error());
    }
    // What is final or classed has been through the suppression already, as a rule; another one changes nothing then.
    boxes = SuppressOverlaps(std::move(boxes), spec_.max_overlap, spec_.max_boxes);
    for (Box& box : boxes) box = OnPicture(box, view);

    Answer answer;
    json::array found;
    for (const Box& box : boxes) {
      found.push_back(json::object{
          {"label", LabelOf(box.index)},
          {"index", box.index},
          {"score", Rounded(box.score)},
          {"box",
           {Rounded(box.left), Rounded(box.top), Rounded(box.right - box.left), Rounded(box.bottom - box.top)}}});
    }
    answer.result["objects"] = std::move(found);
    auto drawn = DrawBoxes(view.picture, boxes);
    if (!drawn) return Fail(drawn.error());
    answer.files.push_back({"boxes.png", "image/png", std::move(*drawn)});
    answer.summary = fmt::format("{} object{}", boxes.size(), boxes.size() == 1 ? "" : "s");
    if (!boxes.empty()) answer.summary += fmt::format(", {} {:.3f}", LabelOf(boxes[0].index), boxes[0].score);
    return answer;
  }

 private:
  Status CheckSeparate(const NamedTensors& tensors) const {
    const Tensor& boxes = Pick(tensors, spec_.boxes);
    const Tensor& scores = Pick(tensors, spec_.scores);
    if (boxes.rank() != 3 || boxes.side(0) != 1 || boxes.side(2) != 4) {
      return Fail(Unfit(package_, names_[0], tensors, "boxes 1×N×4"));
    }
    const auto classes = static_cast<std::int64_t>(spec_.labels.names.size());
    if (scores.rank() == 3 && scores.side(0) == 1 && scores.side(1) == boxes.side(1) && scores.side(2) == classes) {
      return {};
    }
    return Fail(Unfit(package_, names_[1], tensors,
                      fmt::format("scores 1×{}×{} for as many boxes and labels", boxes.side(1), classes)));
  }

  Status CheckClassed(const NamedTensors& tensors) const {
    const Tensor& boxes = Pick(tensors, spec_.boxes);
    const bool good = boxes.rank() >= 2 && boxes.side(boxes.rank() - 1) == 4;
    if (!good) return Fail(Unfit(package_, names_[0], tensors, "boxes N×4"));
    for (std::size_t i = 1; i < 3; ++i) {
      if (Pick(tensors, names_[i].tensor).elements() == boxes.elements() / 4) continue;
      return Fail(Unfit(package_, names_[i], tensors, fmt::format("{}, one a box", boxes.elements() / 4)));
    }
    return {};
  }

  Status CheckSingle(const NamedTensors& tensors, std::size_t axis, std::int64_t side, std::string_view shape) const {
    const Tensor& tensor = Pick(tensors, spec_.tensor);
    if (tensor.rank() == 3 && tensor.side(0) == 1 && tensor.side(axis) == side) return {};
    return Fail(Unfit(package_, names_[0], tensors,
                      fmt::format("{}, that is a side of {} for the {} labels of {}", shape, side,
                                  spec_.labels.names.size(), spec_.labels.path.filename().string())));
  }

  std::vector<Box> Read(const NamedTensors& tensors) const {
    switch (spec_.format) {
      case BoxFormat::kSeparate: {
        const Tensor& scores = Pick(tensors, spec_.scores);
        const Columns columns = {scores.side(1), scores.side(2), 1, scores.side(2)};
        return Collect(Pick(tensors, spec_.boxes).floats().data(), {scores.side(1), 4, 1, 4}, scores.floats().data(),
                       columns, nullptr);
      }
      case BoxFormat::kClassed:
        return ReadClassed(tensors);
      case BoxFormat::kYolov5: {
        const Tensor& all = Pick(tensors, spec_.tensor);
        const float* first = all.floats().data();
        const Columns columns = {all.side(1), all.side(2) - 5, 1, all.side(2)};
        return Collect(first, columns, first + 5, columns, first + 4);
      }
      case BoxFormat::kYolov8: {
        const Tensor& all = Pick(tensors, spec_.tensor);
        const float* first = all.floats().data();
        const Columns columns = {all.side(2), all.side(1) - 4, all.side(2), 1};
        return Collect(first, columns, first + 4 * all.side(2), columns, nullptr);
      }
      case BoxFormat::kFinal:
        break;
    }
    std::vector<Box> found;
    const Tensor& all = Pick(tensors, spec_.tensor);
    for (std::int64_t i = 0; i < all.side(1); ++i) {
      const float* box = all.floats().data() + i * 6;
      Add({box[0], box[1], box[2], box[3], Probability(box[4]), ClassOf(box[5])}, &found);
    }
    return found;
  }

  // The best class of each box.
  std::vector<Box> Collect(const float* boxes, const Columns& sides, const float* scores, const Columns& columns,
                           const float* objectness) const {
    std::vector<Box> found;
    for (std::int64_t i = 0; i < columns.count; ++i) {
      const float* box = boxes + i * sides.step;
      const float* score = scores + i * columns.step;
      std::int64_t best = 0;
      for (std::int64_t c = 1; c < columns.classes; ++c) {
        if (score[c * columns.stride] > score[best * columns.stride]) best = c;
      }
      float probability = Probability(score[best * columns.stride]);
      if (objectness != nullptr) probability *= Probability(objectness[i * columns.step]);
      Add({box[0], box[sides.stride], box[2 * sides.stride], box[3 * sides.stride], probability,
           static_cast<int>(best)},
          &found);
    }
    return found;
  }

  std::vector<Box> ReadClassed(const NamedTensors& tensors) const {
    std::vector<Box> found;
    const Tensor& boxes = Pick(tensors, spec_.boxes);
    const Tensor& scores = Pick(tensors, spec_.scores);
    const Tensor& classes = Pick(tensors, spec_.classes);
    for (std::size_t i = 0; i < scores.elements(); ++i) {
      const float* box = boxes.floats().data() + 4 * i;
      Add({box[0], box[1], box[2], box[3], Probability(scores.floats()[i]), ClassAt(classes, i)}, &found);
    }
    return found;
  }

  static int ClassAt(const Tensor& classes, std::size_t i) {
    if (classes.type() == ElementType::kFloat32) return ClassOf(classes.floats()[i]);
    if (classes.type() == ElementType::kInt32) return reinterpret_cast<const std::int32_t*>(classes.bytes().data())[i];
    const std::int64_t value = reinterpret_cast<const std::int64_t*>(classes.bytes().data())[i];
    return static_cast<int>(std::clamp<std::int64_t>(value, -1, 1 << 30));
  }
  static int ClassOf(float number) { return number >= 0 && number < (1 << 24) ? static_cast<int>(number) : -1; }

  float Probability(float score) const { return spec_.sigmoid ? 1 / (1 + std::exp(-score)) : score; }

  void Add(Box box, std::vector<Box>* found) const {
    // Written so that a score which is no number comes through, to be told.
    if (box.score < spec_.min_score) return;
    if (spec_.centres) {
      const float width = box.right, height = box.bottom;
      box.left -= width / 2;
      box.top -= height / 2;
      box.right = box.left + width;
      box.bottom = box.top + height;
    }
    found->push_back(box);
  }

  // From the units of the network's input to the picture's pixels, no further than its edges.
  Box OnPicture(Box box, const View& view) const {
    const double wide = spec_.relative ? package_.input.width : 1, high = spec_.relative ? package_.input.height : 1;
    auto x = [&](float at) {
      const double there = view.placement.left + at * wide * view.placement.across;
      return static_cast<float>(std::clamp<double>(there, 0, view.picture.width()));
    };
    auto y = [&](float at) {
      const double there = view.placement.top + at * high * view.placement.down;
      return static_cast<float>(std::clamp<double>(there, 0, view.picture.height()));
    };
    return {x(box.left), y(box.top), x(box.right), y(box.bottom), box.score, box.index};
  }

  std::string LabelOf(int index) const {
    const auto& names = spec_.labels.names;
    return index >= 0 && index < static_cast<int>(names.size()) ? names[static_cast<std::size_t>(index)]
                                                                : std::to_string(index);
  }

  const Package& package_;
  const DetectionSpec& spec_;
  const std::vector<TensorName> names_;
};

}  // namespace

std::unique_ptr<Postprocessor> MakeDetection(const Package& package, const DetectionSpec& spec) {
  return std::make_unique<Detection>(package, spec);
}

}  // namespace darkroom::model
