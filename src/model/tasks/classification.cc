// Classification: the best labels of each head.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "model/tasks/postprocessor.h"
#include "model/tasks/rank.h"

namespace darkroom::model {
namespace {

using Head = ClassificationSpec::Head;

class Classification : public Postprocessor {
 public:
  Classification(const Package& package, const ClassificationSpec& spec)
      : package_(package), spec_(spec), names_(TensorsOf(package.output)) {}

  Status Check(const NamedTensors& tensors) const override {
    for (std::size_t i = 0; i < spec_.heads.size(); ++i) {
      const Head& head = spec_.heads[i];
      const Tensor& scores = Pick(tensors, head.tensor);
      if (scores.type() != ElementType::kFloat32) {
        return Fail(Unfit(package_, names_[i], tensors, "scores of float32"));
      }
      if (scores.elements() == head.labels.names.size()) continue;
      const std::string& name = head.tensor.empty() ? tensors.last_name() : head.tensor;
      return Fail(Code::kInvalid,
                  fmt::format("{}: expected {} labels, as many as output \"{}\" has scores; found {}",
                              head.labels.path.string(), scores.elements(), name, head.labels.names.size()));
    }
    return {};
  }

  Result<Answer> Run(const NamedTensors& tensors, const View& view) const override {
    Answer answer;
    json::object heads;
    for (const Head& head : spec_.heads) {
      auto labels = LabelsOf(head, Pick(tensors, head.tensor), view.top_k);
      if (!labels) return Fail(labels.error());
      if (answer.summary.empty() && !labels->empty()) {
        answer.summary = fmt::format("{} {:.3f}", labels->front().label, labels->front().score);
      }
      // The first head's are where those of a model with one head are.
      json::array written = ToJson(*labels);
      if (spec_.heads.size() > 1) heads[head.name] = json::object{{"labels", written}};
      if (&head == &spec_.heads.front()) answer.result["labels"] = std::move(written);
    }
    if (!heads.empty()) answer.result["heads"] = std::move(heads);
    return answer;
  }

 private:
  Result<std::vector<Label>> LabelsOf(const Head& head, const Tensor& tensor, int top_k) const {
    const std::span<const float> given = tensor.floats();
    for (std::size_t i = 0; i < given.size(); ++i) {
      if (std::isfinite(given[i])) continue;
      return Fail(
          CheckFinite(package_, given.subspan(i, 1), fmt::format("the score of \"{}\"", head.labels.names[i])).error());
    }
    std::vector<float> scores(given.begin(), given.end());
    if (head.activation == Activation::kSoftmax) Softmax(scores);
    if (head.activation == Activation::kSigmoid) Sigmoid(scores);
    auto labels = Rank(scores, head.labels.names, top_k > 0 ? top_k : head.top_k);
    if (head.multi_label) std::erase_if(labels, [&](const Label& label) { return label.score < head.threshold; });
    return labels;
  }

  static json::array ToJson(const std::vector<Label>& labels) {
    json::array array;
    for (const Label& label : labels) {
      array.push_back(json::object{{"label", label.label}, {"index", label.index}, {"score", Rounded(label.score)}});
    }
    return array;
  }

  const Package& package_;
  const ClassificationSpec& spec_;
  const std::vector<TensorName> names_;
};

}  // namespace

std::unique_ptr<Postprocessor> MakeClassification(const Package& package, const ClassificationSpec& spec) {
  return std::make_unique<Classification>(package, spec);
}

}  // namespace darkroom::model
