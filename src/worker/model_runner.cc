#include "worker/model_runner.h"

#include "base/json_writer.h"

namespace darkroom::worker {

Status ModelRunner::Warm(const std::string& name) {
  const auto loaded = models_.Get({name, "", ""});
  if (!loaded) return Fail(loaded.error());
  return {};
}

Result<RunAnswer> ModelRunner::Run(const JobRequest& request, std::string_view picture, std::stop_token stop) {
  const auto loaded = models_.Get(request.model);
  if (!loaded) return Fail(loaded.error());
  model::PredictOptions options;
  options.top_k = request.top_k;
  options.stop = std::move(stop);
  if (!request.transforms.empty()) {
    auto transforms = imaging::ParseTransforms(request.transforms);
    if (!transforms) return Fail(transforms.error());
    options.transforms = std::move(*transforms);
    options.seed = static_cast<std::uint64_t>(request.seed);
  }
  auto prediction = (*loaded)->model->Run(picture, clock_, options);
  if (!prediction) return Fail(prediction.error());

  RunAnswer answer;
  answer.model = (*loaded)->ref;
  json::object provenance = (*loaded)->provenance;
  if (!prediction->transforms.empty()) {
    provenance["transforms"] = ToJson(prediction->transforms);
    provenance["seed"] = request.seed;
  }
  if (!provenance.empty()) prediction->result["provenance"] = std::move(provenance);
  answer.result = WriteJson(prediction->result);
  for (model::ProducedFile& file : prediction->files) {
    answer.artifacts.push_back({std::move(file.name), std::move(file.content_type), std::move(file.bytes)});
  }
  answer.decoded = prediction->times.decoded;
  answer.inferred = prediction->times.inferred;
  return answer;
}

}  // namespace darkroom::worker
