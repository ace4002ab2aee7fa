#include "model/model.h"

#include <fmt/format.h>

#include "imaging/decode.h"
#include "model/chain.h"
#include "model/preprocess.h"

namespace darkroom::model {
namespace {

json::object ToJson(const PictureInfo& picture) {
  return {{"width", picture.width}, {"height", picture.height}, {"format", imaging::Name(picture.format)}};
}

}  // namespace

Model::Model(Package package) : package_(std::move(package)) {}
Model::~Model() = default;

Result<std::unique_ptr<Model>> Model::Load(Package package, Runtime& runtime) {
  std::unique_ptr<Model> model(new Model(std::move(package)));
  if (model->package_.task == Task::kNoop) return model;
  NamedTensors sample;
  auto chain = Chain::Load(model->package_, runtime, &sample);
  if (!chain) return Fail(chain.error());
  model->chain_ = std::move(*chain);
  model->postprocessor_ = MakePostprocessor(model->package_);
  if (Status fits = model->postprocessor_->Check(sample); !fits) return Fail(fits.error());
  return model;
}

Result<Prediction> Model::Run(std::string_view image_bytes, const Clock& clock, const PredictOptions& options) const {
  Prediction prediction;
  prediction.result["task"] = Name(package_.task);
  if (package_.task == Task::kNoop) {
    prediction.result["labels"] = json::array();
    prediction.times.decoded = prediction.times.preprocessed = prediction.times.inferred = clock.Now();
    return prediction;
  }
  const Result<imaging::ImageInfo> info = imaging::Probe(image_bytes);
  if (!info) return Fail(info.error());
  const imaging::DecodeOptions decode = {.max_pixels = package_.max_pixels,
                                         .keep_alpha = package_.preprocess.color == Color::kRgba};
  const Result<imaging::Image> image = Decode(image_bytes, *info, decode);
  if (!image) return Fail(image.error());
  prediction.times.decoded = clock.Now();

  Tensor input(package_.input.type, InputShape(package_));
  if (Status done = Preprocess(*image, package_.input, package_.preprocess, input.bytes()); !done) {
    return Fail(done.error());
  }
  prediction.times.preprocessed = clock.Now();

  const Result<NamedTensors> tensors = chain_->Run(std::move(input), options.stop);
  if (!tensors) return Fail(tensors.error());
  // Sides that the networks leave open may differ from those of the blank picture.
  if (Status fits = postprocessor_->Check(*tensors); !fits) return Fail(Code::kInternal, fits.error().message());
  const imaging::Size size = {image->width(), image->height()};
  const View view = {*image, PlacementOf(size, package_.input, package_.preprocess), options.top_k};
  Result<Answer> answer = postprocessor_->Run(*tensors, view);
  if (!answer) return Fail(answer.error());
  for (auto& [key, value] : answer->result) prediction.result[key] = std::move(value);
  prediction.result["image"] = ToJson({size.width, size.height, info->format});
  prediction.files = std::move(answer->files);
  // Labels speak for themselves.
  if (package_.task != Task::kClassification) prediction.result["summary"] = answer->summary;
  prediction.summary = std::move(answer->summary);
  prediction.times.inferred = clock.Now();
  return prediction;
}

}  // namespace darkroom::model
