#include "web/job_json.h"

#include <spdlog/spdlog.h>

#include "base/json.h"
#include "domain/message.h"
#include "web/stored_file.h"

namespace darkroom::web {
namespace {

// Adds a member that the store holds as text to the text of `object`, of `owner`. What is no JSON (a row written by
// something else) would spoil the whole answer: it is left out.
void AddText(std::string& object, std::string_view key, const std::string& text, Id owner) {
  if (text.empty()) return;
  const auto value = ParseJson(text);
  if (!value) {
    spdlog::error("{}: its {} is left out of answers, for it is {}", owner.ToString(), key, value.error().message());
    return;
  }
  object.pop_back();  // the closing brace
  object.append(",\"").append(key).append("\":").append(text).append("}");
}

json::object InputJson(const InputInfo& input) {
  return {{"file_name", input.file_name},
          {"content_type", input.content_type},
          {"size", input.size},
          {"width", input.width},
          {"height", input.height}};
}

json::object ModelJson(const ModelRef& model) {
  json::object object{{"name", model.name}, {"version", model.version}};
  if (!model.digest.empty()) object["digest"] = model.digest;
  return object;
}

json::array ArtifactsJson(const Job& job, const std::string& path) {
  json::array array = darkroom::ToJson(ArtifactsOf(job));
  for (json::value& value : array) {
    auto& artifact = value.as_object();
    artifact["href"] = path + "/artifacts/" + std::string(artifact.at("name").as_string());
  }
  return array;
}

}  // namespace

std::optional<std::string> ResultFileOf(const Job& job) {
  // Anything but an object is no text of ours: a row that a person has changed.
  if (!job.result.starts_with('{') || !job.result.ends_with('}')) return std::nullopt;
  return ResultFile(job.result, job.id, job.model);
}

std::vector<Artifact> ArtifactsOf(const Job& job) {
  std::vector<Artifact> artifacts = job.artifacts;
  if (const auto file = ResultFileOf(job)) {
    const Artifact result{std::string(kResultFile), "application/json", std::int64_t(file->size()), TextEtag(*file)};
    artifacts.insert(artifacts.begin(), result);
  }
  return artifacts;
}

std::string JobPath(Id job) { return "/v1/jobs/" + job.ToString(); }
std::string BatchPath(Id batch) { return "/v1/batches/" + batch.ToString(); }

std::string JsonOf(const Job& job, std::optional<QueuePosition> position) {
  const std::string path = JobPath(job.id);
  json::object object{{"id", job.id.ToString()},      {"batch", job.batch.ToString()},  {"index", job.index},
                      {"state", Name(job.state)},     {"priority", Name(job.priority)}, {"model", ModelJson(job.model)},
                      {"input", InputJson(job.input)}};
  if (job.top_k > 0) object["top_k"] = job.top_k;
  if (!job.transforms.empty()) object["seed"] = job.seed;
  if (job.deadline) object["deadline"] = FormatTime(*job.deadline);
  if (job.attempt > 0) object["attempt"] = job.attempt;
  if (!job.worker.empty()) object["worker"] = job.worker;
  if (position) {
    object["queue_position"] = position->ahead + 1;
    if (position->at_least) object["queue_position_at_least"] = true;
  }
  object["artifacts"] = ArtifactsJson(job, path);
  if (job.failure) object["error"] = {{"code", job.failure->code}, {"message", job.failure->message}};
  object["timeline"] = darkroom::ToJson(job.timeline);
  object["links"] = {
      {"self", path}, {"input", path + "/input"}, {"events", path + "/events"}, {"batch", BatchPath(job.batch)}};
  std::string text = json::serialize(object);
  AddText(text, "metadata", job.metadata, job.id);
  AddText(text, "transforms", job.transforms, job.id);
  AddText(text, "result", job.result, job.id);
  return text;
}

std::string JsonOf(const std::vector<Job>& jobs) {
  std::string text = "[";
  for (const Job& job : jobs) text.append(text.size() > 1 ? "," : "").append(JsonOf(job));
  return text + "]";
}

std::string JsonOf(const Batch& batch) {
  const std::string path = BatchPath(batch.id);
  json::object counts;
  for (const JobState state : kJobStates) counts[Name(state)] = batch.count(state);
  json::object object{{"id", batch.id.ToString()},
                      {"created", FormatTime(batch.created)},
                      {"size", batch.size},
                      {"done", batch.done()},
                      {"counts", std::move(counts)}};
  if (!batch.email.empty()) object["email"] = batch.email;
  if (!batch.webhook.empty()) object["webhook"] = batch.webhook;
  object["links"] = {{"self", path}, {"events", path + "/events"}, {"jobs", "/v1/jobs?batch=" + batch.id.ToString()}};
  std::string text = json::serialize(object);
  AddText(text, "metadata", batch.metadata, batch.id);
  return text;
}

void CountStates(Batch& batch, const std::vector<Job>& jobs) {
  batch.counts = {};
  for (const Job& job : jobs) ++batch.counts[std::size_t(job.state)];
}

}  // namespace darkroom::web
