#include "worker/model_runner.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/json_writer.h"
#include "base/log.h"

namespace darkroom::worker {
namespace {

// The package of that name and version; of the newest version when none is asked for.
const model::Package* Find(const std::vector<model::Package>& packages, const ModelRef& wanted) {
  const model::Package* found = nullptr;
  for (const model::Package& package : packages) {
    if (package.name != wanted.name) continue;
    if (!wanted.version.empty() && package.version != wanted.version) continue;
    if (found == nullptr || model::CompareVersions(package.version, found->version) > 0) found = &package;
  }
  return found;
}

// What is wrong with a package is told to who sends jobs, often its author; where it lies on this machine is not.
std::string WithoutPaths(std::string text, const model::Package& package) {
  std::vector<std::filesystem::path> files = package.files();
  files.push_back(package.toml_path);
  for (const std::filesystem::path& file : files) {
    if (file.parent_path().empty()) continue;
    const std::string folder = file.parent_path().string() + "/";
    for (auto at = text.find(folder); at != text.npos; at = text.find(folder, at)) text.erase(at, folder.size());
  }
  return text;
}

}  // namespace

struct ModelRunner::Loaded {
  std::unique_ptr<model::Model> model;
  ModelRef ref;
};

ModelRunner::ModelRunner(std::vector<model::Package> packages, model::Runtime& runtime, const Clock& clock)
    : packages_(std::move(packages)), runtime_(runtime), clock_(clock) {}

ModelRunner::~ModelRunner() = default;

Status ModelRunner::Warm(const std::string& name) {
  const auto loaded = Load({name, "", ""});
  if (!loaded) return Fail(loaded.error());
  return {};
}

Result<const ModelRunner::Loaded*> ModelRunner::Load(const ModelRef& wanted) {
  const model::Package* package = Find(packages_, wanted);
  if (package == nullptr) {
    return Fail(Code::kNotFound, fmt::format("this worker has no model '{}'{}", wanted.name,
                                             wanted.version.empty() ? "" : " version " + wanted.version));
  }
  // Loading holds the lock: a second thread that wants the model waits for it rather than loading it again. A failure
  // is not remembered, so that a package mended in place works with the next job.
  const std::lock_guard lock(mutex_);
  std::unique_ptr<Loaded>& entry = loaded_[package];
  if (entry == nullptr) {
    auto loaded = LoadPackage(*package);
    if (!loaded) {
      std::string why = loaded.error().message();
      std::ranges::replace(why, '\n', ' ');  // a library's message may have several lines, one of the log has one
      spdlog::error("model {} {}: {}", package->name, package->version, why);
      return Fail(Code::kInternal, fmt::format("the model '{}' could not be loaded: {}", package->name,
                                               WithoutPaths(std::move(why), *package)));
    }
    entry = std::move(*loaded);
  }
  return entry.get();
}

Result<std::unique_ptr<ModelRunner::Loaded>> ModelRunner::LoadPackage(const model::Package& package) {
  auto digest = package.task == model::Task::kNoop ? Result<std::string>("") : model::Digest(package);
  if (!digest) return Fail(digest.error());
  auto model = model::Model::Load(package, runtime_);
  if (!model) return Fail(model.error());
  return std::make_unique<Loaded>(Loaded{std::move(*model), {package.name, package.version, *digest}});
}

Result<RunAnswer> ModelRunner::Run(const JobRequest& request, std::string_view picture) {
  const auto loaded = Load(request.model);
  if (!loaded) return Fail(loaded.error());
  model::PredictOptions options;
  options.top_k = request.top_k;
  auto prediction = (*loaded)->model->Run(picture, clock_, options);
  if (!prediction) return Fail(prediction.error());

  RunAnswer answer;
  answer.model = (*loaded)->ref;
  answer.result = WriteJson(prediction->result);
  for (model::ProducedFile& file : prediction->files) {
    answer.artifacts.push_back({std::move(file.name), std::move(file.content_type), std::move(file.bytes)});
  }
  answer.decoded = prediction->times.decoded;
  answer.inferred = prediction->times.inferred;
  return answer;
}

}  // namespace darkroom::worker
