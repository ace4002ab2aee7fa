#include "domain/message.h"

#include <limits>
#include <utility>

#include "base/json_writer.h"

namespace darkroom {
namespace {

constexpr std::pair<std::string_view, std::optional<Time> Timeline::*> kSteps[] = {
    {"received", &Timeline::received}, {"queued", &Timeline::queued},   {"started", &Timeline::started},
    {"fetched", &Timeline::fetched},   {"decoded", &Timeline::decoded}, {"inferred", &Timeline::inferred},
    {"stored", &Timeline::stored},     {"settled", &Timeline::settled},
};

constexpr int kMostAttempts = 1'000'000;  // that a message may tell of: sums of them stay far from the end of int

// Collects members of an object; the first error sticks, so that a reader checks once at its end.
class Reader {
 public:
  explicit Reader(const json::object& object) : object_(object) {}

  std::string String(std::string_view key) { return Take(GetString(object_, key)).value_or(""); }
  int Int(std::string_view key, int max = std::numeric_limits<int>::max()) {
    return int(Take(GetInt(object_, key, 0, max)).value_or(0));
  }
  std::int64_t Size(std::string_view key) {
    return Take(GetInt(object_, key, 0, std::numeric_limits<std::int64_t>::max())).value_or(0);
  }
  std::optional<darkroom::Time> Time(std::string_view key) {
    const auto text = Take(GetString(object_, key));
    if (!text) return std::nullopt;
    auto time = ParseTime(*text);
    if (!time) return Remember(time.error().During(key)), std::nullopt;
    return *time;
  }
  Id RequiredId(std::string_view key) {
    const auto id = Id::Parse(String(key));
    if (!id) Remember(Error(Code::kInvalid, "'" + std::string(key) + "' must be a job id"));
    return id.value_or(Id());
  }
  const json::object* Object(std::string_view key) {
    auto found = GetObject(object_, key);
    if (!found) return Remember(found.error()), nullptr;
    return *found;
  }
  const json::array* Array(std::string_view key) {
    auto found = GetArray(object_, key);
    if (!found) return Remember(found.error()), nullptr;
    return *found;
  }
  void Remember(Error error) {
    if (!error_) error_ = std::move(error);
  }
  const std::optional<Error>& error() const { return error_; }

 private:
  template <class T>
  std::optional<T> Take(Result<std::optional<T>> value) {
    if (value) return std::move(*value);
    Remember(value.error());
    return std::nullopt;
  }

  const json::object& object_;
  std::optional<Error> error_;
};

json::object ModelToJson(const ModelRef& model) {
  json::object object{{"name", model.name}};
  if (!model.version.empty()) object["version"] = model.version;
  if (!model.digest.empty()) object["digest"] = model.digest;
  return object;
}

ModelRef ReadModel(Reader& reader) {
  const json::object* object = reader.Object("model");
  if (object == nullptr) return {};
  Reader inner(*object);
  ModelRef model{inner.String("name"), inner.String("version"), inner.String("digest")};
  if (inner.error()) reader.Remember(inner.error()->During("model"));
  return model;
}

Result<WorkerReport> ReadOutcome(Reader& reader) {
  Outcome outcome;
  outcome.job = reader.RequiredId("job");
  const auto state = ParseJobState(reader.String("state"));
  if (!state || !IsTerminal(*state)) return Fail(Code::kInvalid, "'state' of an outcome must be a terminal state");
  outcome.state = *state;
  outcome.run = reader.String("run");
  outcome.attempt = reader.Int("attempt");
  outcome.worker = reader.String("worker");
  outcome.model = ReadModel(reader);
  if (const json::object* result = reader.Object("result")) outcome.result = WriteJson(*result);
  if (const json::array* array = reader.Array("artifacts")) {
    auto artifacts = ParseArtifacts(*array);
    if (!artifacts) return Fail(artifacts.error());
    outcome.artifacts = std::move(*artifacts);
  }
  if (const json::object* object = reader.Object("failure")) {
    Reader inner(*object);
    outcome.failure = Failure{inner.String("code"), inner.String("message")};
    if (inner.error()) reader.Remember(inner.error()->During("failure"));
  }
  if (const json::object* object = reader.Object("timeline")) {
    auto timeline = ParseTimeline(*object);
    if (!timeline) return Fail(timeline.error());
    outcome.timeline = *timeline;
  }
  if (reader.error()) return Fail(*reader.error());
  return outcome;
}

}  // namespace

std::string ToMessage(const JobRequest& request) {
  json::object object{{"job", request.job.ToString()}, {"model", ModelToJson(request.model)}};
  if (request.top_k > 0) object["top_k"] = request.top_k;
  if (request.deadline) object["deadline"] = FormatTime(*request.deadline);
  if (!request.file_name.empty()) object["file_name"] = request.file_name;
  if (!request.picture_file.empty()) object["picture_file"] = request.picture_file;
  if (request.picture_size > 0) object["picture_size"] = request.picture_size;
  if (!request.transforms.empty()) {
    auto transforms = ParseJson(request.transforms);
    DR_CHECK(transforms.has_value());
    object["transforms"] = std::move(*transforms);
    object["seed"] = request.seed;
  }
  if (request.attempts > 0) object["attempts"] = request.attempts;
  if (request.crashes > 0) object["crashes"] = request.crashes;
  if (request.kills > 0) object["kills"] = request.kills;
  return WriteJson(object);
}

Result<JobRequest> ParseJobRequest(std::string_view message) {
  const auto object = ParseJsonObject(message);
  if (!object) return Fail(object.error().During("job request"));
  Reader reader(*object);
  JobRequest request;
  request.job = reader.RequiredId("job");
  request.model = ReadModel(reader);
  request.top_k = reader.Int("top_k");
  request.deadline = reader.Time("deadline");
  request.file_name = reader.String("file_name");
  request.picture_file = reader.String("picture_file");
  request.picture_size = reader.Size("picture_size");
  if (const json::array* transforms = reader.Array("transforms")) request.transforms = WriteJson(*transforms);
  request.seed = reader.Size("seed");
  request.attempts = reader.Int("attempts", kMostAttempts);
  request.crashes = reader.Int("crashes", kMostAttempts);
  request.kills = reader.Int("kills", kMostAttempts);
  if (reader.error()) return Fail(reader.error()->During("job request"));
  return request;
}

std::string ToMessage(const JobStart& start) {
  return WriteJson(json::object{{"kind", "start"},
                                {"job", start.job.ToString()},
                                {"attempt", start.attempt},
                                {"worker", start.worker},
                                {"at", FormatTime(start.at)}});
}

std::string ToMessage(const Outcome& outcome) {
  json::object object{{"kind", "outcome"},
                      {"job", outcome.job.ToString()},
                      {"state", Name(outcome.state)},
                      {"run", outcome.run},
                      {"attempt", outcome.attempt},
                      {"worker", outcome.worker},
                      {"model", ModelToJson(outcome.model)},
                      {"timeline", ToJson(outcome.timeline)}};
  if (!outcome.artifacts.empty()) object["artifacts"] = ToJson(outcome.artifacts);
  if (outcome.failure) object["failure"] = {{"code", outcome.failure->code}, {"message", outcome.failure->message}};
  if (!outcome.result.empty()) {
    auto result = ParseJson(outcome.result);
    DR_CHECK(result.has_value());
    object["result"] = std::move(*result);
  }
  return WriteJson(object);
}

std::string ResultFile(std::string_view result, Id job, const ModelRef& model) {
  DR_CHECK(result.starts_with('{') && result.ends_with('}'));
  const json::object provenance{{"job", job.ToString()}, {"model", ModelToJson(model)}};
  std::string file(result.substr(0, result.size() - 1));
  if (file.size() > 1) file += ',';
  return file + WriteJson(provenance).substr(1);
}

Result<WorkerReport> ParseWorkerReport(std::string_view message) {
  const auto object = ParseJsonObject(message);
  if (!object) return Fail(object.error().During("worker report"));
  Reader reader(*object);
  const std::string kind = reader.String("kind");
  if (kind == "outcome") {
    auto outcome = ReadOutcome(reader);
    if (!outcome) return Fail(outcome.error().During("worker report"));
    return outcome;
  }
  if (kind != "start") return Fail(Code::kInvalid, "worker report: 'kind' must be start or outcome");
  JobStart start;
  start.job = reader.RequiredId("job");
  start.attempt = reader.Int("attempt");
  start.worker = reader.String("worker");
  start.at = reader.Time("at").value_or(Time());
  if (reader.error()) return Fail(reader.error()->During("worker report"));
  return start;
}

std::string ToMessage(const StopNotice& notice) {
  return WriteJson(json::object{{"kind", "stop"}, {"job", notice.job.ToString()}});
}

Result<StopNotice> ParseStopNotice(std::string_view message) {
  const auto object = ParseJsonObject(message);
  if (!object) return Fail(object.error().During("notice"));
  Reader reader(*object);
  const std::string kind = reader.String("kind");
  StopNotice notice;
  notice.job = reader.RequiredId("job");
  if (reader.error()) return Fail(reader.error()->During("notice"));
  if (kind != "stop") return Fail(Code::kInvalid, "notice: 'kind' must be stop");
  return notice;
}

json::object ToJson(const Timeline& timeline) {
  json::object object;
  for (const auto& [name, step] : kSteps) {
    if (timeline.*step) object[name] = FormatTime(*(timeline.*step));
  }
  return object;
}

Result<Timeline> ParseTimeline(const json::object& object) {
  Reader reader(object);
  Timeline timeline;
  for (const auto& [name, step] : kSteps) timeline.*step = reader.Time(name);
  if (reader.error()) return Fail(reader.error()->During("timeline"));
  return timeline;
}

json::array ToJson(const std::vector<Artifact>& artifacts) {
  json::array array;
  for (const Artifact& a : artifacts) {
    array.push_back({{"name", a.name}, {"content_type", a.content_type}, {"size", a.size}, {"etag", a.etag}});
  }
  return array;
}

Result<std::vector<Artifact>> ParseArtifacts(const json::array& array) {
  std::vector<Artifact> artifacts;
  for (const json::value& value : array) {
    if (!value.is_object()) return Fail(Code::kInvalid, "an artifact must be an object");
    Reader reader(value.get_object());
    Artifact artifact{reader.String("name"), reader.String("content_type"), reader.Size("size"), reader.String("etag")};
    if (reader.error()) return Fail(reader.error()->During("artifact"));
    if (!IsArtifactName(artifact.name))
      return Fail(Code::kInvalid, "an artifact's name must be 1 to 64 of a-z 0-9 . _ -");
    artifacts.push_back(std::move(artifact));
  }
  return artifacts;
}

}  // namespace darkroom
