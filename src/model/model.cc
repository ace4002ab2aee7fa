#include "model/model.h"

#include <fmt/format.h>

#include "imaging/decode.h"
#include "imaging/encode.h"
#include "model/chain.h"
#include "model/preprocess.h"

namespace darkroom::model {
namespace {

json::object ToJson(const PictureInfo& picture) {
  return {{"width", picture.width}, {"height", picture.height}, {"format", imaging::Name(picture.format)}};
}

// As a person sees it.
imaging::Size UprightSize(const imaging::ImageInfo& info) {
  return info.orientation >= 5 ? imaging::Size{info.height, info.width} : imaging::Size{info.width, info.height};
}

// The picture itself is the answer.
Result<Prediction> Developed(const imaging::Image& image, Prediction prediction) {
  auto png = imaging::EncodePng(image);
  if (!png) return Fail(png.error());
  prediction.files.push_back({"image.png", "image/png", std::move(*png)});
  prediction.result["picture"] = json::object{{"width", image.width()}, {"height", image.height()}};
  prediction.summary = fmt::format("picture of {}×{}", image.width(), image.height());
  prediction.result["summary"] = prediction.summary;
  prediction.times.preprocessed = prediction.times.inferred = prediction.times.decoded;
  return prediction;
}

}  // namespace

Model::Model(Package package) : package_(std::move(package)) {}
Model::~Model() = default;

Result<std::unique_ptr<Model>> Model::Load(Package package, Runtime& runtime) {
  std::unique_ptr<Model> model(new Model(std::move(package)));
  if (model->package_.stages.empty()) return model;
  NamedTensors sample;
  auto chain = Chain::Load(model->package_, runtime, &sample);
  if (!chain) return Fail(chain.error());
  model->chain_ = std::move(*chain);
  model->postprocessor_ = MakePostprocessor(model->package_);
  if (Status fits = model->postprocessor_->Check(sample); !fits) return Fail(fits.error());
  return model;
}

// At reduced scale only where nobody looks at the pixels but to shrink them.
imaging::DecodeOptions Model::DecodeOptionsFor(const imaging::ImageInfo& info, const PredictOptions& options) const {
  const PreprocessSpec& preprocess = package_.preprocess;
  imaging::DecodeOptions decode;
  decode.max_pixels = package_.max_pixels;
  decode.keep_alpha = preprocess.color == Color::kRgba;
  const bool transformed = !options.transforms.empty() || !preprocess.transforms.empty();
  if (package_.stages.empty() || transformed || !preprocess.reduced_decode || postprocessor_->NeedsPicture()) {
    return decode;
  }
  decode.shrink_to = ShrunkSize(UprightSize(info), package_.input, preprocess);
  return decode;
}

// `prediction` is told what was done.
Result<imaging::Image> Model::Transformed(imaging::Image image, const PredictOptions& options,
                                          Prediction* prediction) const {
  imaging::TransformList all = options.transforms;
  const auto& own = package_.preprocess.transforms;
  all.insert(all.end(), own.begin(), own.end());
  if (all.empty()) return image;
  if (image.channels() != 3) {
    return Fail(
        Code::kInvalid,
        fmt::format("model {} looks at transparency, which transforms do not keep; ask for none", package_.name));
  }
  const imaging::TransformLimits limits = {.max_pixels = package_.max_pixels};
  auto resolved = Resolve(all, options.seed, {image.width(), image.height()}, limits);
  if (!resolved) return Fail(resolved.error());
  auto done = Apply(std::move(image), *resolved, limits);
  if (done) prediction->transforms = std::move(*resolved);
  return done;
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
  Result<imaging::Image> decoded = Decode(image_bytes, *info, DecodeOptionsFor(*info, options));
  if (!decoded) return Fail(decoded.error());
  const imaging::Size whole = decoded->reduction().picture;
  prediction.result["image"] = ToJson({whole.width, whole.height, info->format});
  const Result<imaging::Image> image = Transformed(std::move(*decoded), options, &prediction);
  if (!image) return Fail(image.error());
  prediction.times.decoded = clock.Now();
  if (package_.task == Task::kTransform) return Developed(*image, std::move(prediction));

  Tensor input(package_.input.type, InputShape(package_));
  if (Status done = Preprocess(*image, package_.input, package_.preprocess, input.bytes()); !done) {
    return Fail(done.error());
  }
  prediction.times.preprocessed = clock.Now();

  const Result<NamedTensors> tensors = chain_->Run(std::move(input), options.stop);
  if (!tensors) return Fail(tensors.error());
  // Sides that the networks leave open may differ from those of the blank picture.
  if (Status fits = postprocessor_->Check(*tensors); !fits) return Fail(Code::kInternal, fits.error().message());
  const imaging::Size size = image->reduction().picture;
  const View view = {*image, PlacementOf(size, package_.input, package_.preprocess), options.top_k};
  Result<Answer> answer = postprocessor_->Run(*tensors, view);
  if (!answer) return Fail(answer.error());
  for (auto& [key, value] : answer->result) prediction.result[key] = std::move(value);
  prediction.files = std::move(answer->files);
  // Labels speak for themselves.
  if (package_.task != Task::kClassification) prediction.result["summary"] = answer->summary;
  prediction.summary = std::move(answer->summary);
  prediction.times.inferred = clock.Now();
  return prediction;
}

}  // namespace darkroom::model
