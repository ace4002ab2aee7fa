#include "model/classifier.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <numeric>

#include "imaging/decode.h"
#include "model/preprocess.h"
#include "model/session.h"

namespace darkroom::model {

Model::Model(Package package, std::unique_ptr<Session> session)
    : package_(std::move(package)), session_(std::move(session)) {}
Model::~Model() = default;

Result<std::unique_ptr<Model>> Model::Load(Package package, Runtime& runtime) {
  std::unique_ptr<Session> session;
  if (package.task != Task::kNoop) {
    Result<std::unique_ptr<Session>> loaded = Session::Load(package, runtime);
    if (!loaded) return Fail(loaded.error());
    session = std::move(*loaded);
  }
  return std::unique_ptr<Model>(new Model(std::move(package), std::move(session)));
}

Result<PreparedInput> Model::Prepare(std::string_view image_bytes, const Clock& clock) const {
  PreparedInput prepared;
  if (package_.task == Task::kNoop) {
    prepared.decoded = prepared.preprocessed = clock.Now();
    return prepared;
  }
  Result<imaging::ImageInfo> info = imaging::Probe(image_bytes);
  if (!info) return Fail(info.error());
  Result<imaging::Image> image = Decode(image_bytes, *info, {.max_pixels = package_.max_pixels});
  if (!image) return Fail(image.error());
  prepared.picture = {image->width(), image->height(), info->format};
  prepared.decoded = clock.Now();
  prepared.tensor.resize(InputBytes(package_));
  if (Status status = Preprocess(*image, package_.input, package_.preprocess, prepared.tensor); !status) {
    return Fail(status.error());
  }
  prepared.preprocessed = clock.Now();
  return prepared;
}

Result<Prediction> Model::Infer(const PreparedInput& input, const Clock& clock, const PredictOptions& options) const {
  Prediction prediction;
  prediction.task = package_.task;
  prediction.picture = input.picture;
  prediction.times = {input.decoded, input.preprocessed, input.preprocessed};
  if (package_.task == Task::kNoop) return prediction;

  Result<std::vector<float>> scores = session_->Run(input.tensor, options.stop);
  if (!scores) return Fail(scores.error());
  if (scores->size() != package_.labels.size()) {
    return Fail(Code::kInternal, fmt::format("model {} {} answered with {} scores for {} labels", package_.name,
                                             package_.version, scores->size(), package_.labels.size()));
  }
  for (std::size_t i = 0; i < scores->size(); ++i) {
    if (std::isfinite((*scores)[i])) continue;
    return Fail(Code::kInternal, fmt::format("model {} {} answered with {} as the score of \"{}\"", package_.name,
                                             package_.version, (*scores)[i], package_.labels[i]));
  }
  if (package_.output.softmax) Softmax(*scores);
  prediction.labels = Rank(*scores, package_.labels, options.top_k > 0 ? options.top_k : package_.output.top_k);
  prediction.times.inferred = clock.Now();
  return prediction;
}

Result<Prediction> Model::Run(std::string_view image_bytes, const Clock& clock, const PredictOptions& options) const {
  Result<PreparedInput> prepared = Prepare(image_bytes, clock);
  if (!prepared) return Fail(prepared.error());
  return Infer(*prepared, clock, options);
}

std::vector<Label> Rank(std::span<const float> scores, const std::vector<std::string>& labels, int top_k) {
  DR_CHECK(scores.size() == labels.size());
  std::vector<int> order(scores.size());
  std::iota(order.begin(), order.end(), 0);
  const auto best = order.begin() + std::min<std::ptrdiff_t>(std::max(top_k, 0), std::ssize(order));
  std::partial_sort(order.begin(), best, order.end(),
                    [&](int a, int b) { return scores[a] != scores[b] ? scores[a] > scores[b] : a < b; });
  std::vector<Label> ranked;
  for (auto it = order.begin(); it != best; ++it) ranked.push_back({labels[*it], *it, scores[*it]});
  return ranked;
}

void Softmax(std::span<float> scores) {
  if (scores.empty()) return;
  const float largest = *std::ranges::max_element(scores);
  double sum = 0;
  for (float& score : scores) {
    score = std::exp(score - largest);
    sum += score;
  }
  for (float& score : scores) score = static_cast<float>(score / sum);
}

json::object ToJson(const Prediction& prediction) {
  // A float is good for six decimals; more of them would be noise that differs between machines.
  auto rounded = [](float score) { return std::round(static_cast<double>(score) * 1e6) / 1e6; };
  json::array labels;
  for (const Label& label : prediction.labels) {
    labels.push_back(json::object{{"label", label.label}, {"index", label.index}, {"score", rounded(label.score)}});
  }
  json::object result{{"task", Name(prediction.task)}, {"labels", std::move(labels)}};
  if (prediction.picture) {
    result["image"] = json::object{{"width", prediction.picture->width},
                                   {"height", prediction.picture->height},
                                   {"format", imaging::Name(prediction.picture->format)}};
  }
  return result;
}

}  // namespace darkroom::model
