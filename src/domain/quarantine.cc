#include "domain/quarantine.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/json.h"
#include "base/json_writer.h"

namespace darkroom {
namespace {

Result<std::string> RequiredString(const json::object& object, std::string_view key) {
  auto text = GetString(object, key);
  if (!text) return Fail(text.error());
  if (!*text) return Fail(Code::kInvalid, fmt::format("'{}' is missing", key));
  return std::move(**text);
}

}  // namespace

std::string ToMessage(const QuarantinedModel& model) {
  return WriteJson(json::object{{"kind", "quarantine"},
                                {"model", {{"name", model.model.name}, {"version", model.model.version}}},
                                {"reason", model.reason},
                                {"since", FormatTime(model.since)}});
}

Result<QuarantinedModel> ParseQuarantine(std::string_view message) {
  const auto object = ParseJsonObject(message);
  if (!object) return Fail(object.error().During("quarantine"));
  const auto kind = RequiredString(*object, "kind");
  if (!kind || *kind != "quarantine") return Fail(Code::kInvalid, "quarantine: 'kind' must be quarantine");
  const auto model = GetObject(*object, "model");
  if (!model || *model == nullptr) return Fail(Code::kInvalid, "quarantine: 'model' must be an object");
  auto name = RequiredString(**model, "name");
  if (!name) return Fail(name.error().During("quarantine: model"));
  auto version = RequiredString(**model, "version");
  if (!version) return Fail(version.error().During("quarantine: model"));
  auto reason = RequiredString(*object, "reason");
  if (!reason) return Fail(reason.error().During("quarantine"));
  const auto text = RequiredString(*object, "since");
  if (!text) return Fail(text.error().During("quarantine"));
  const auto since = ParseTime(*text);
  if (!since) return Fail(since.error().During("quarantine: since"));
  return QuarantinedModel{{std::move(*name), std::move(*version), ""}, std::move(*reason), *since};
}

Failure FailureOf(const QuarantinedModel& model) {
  return {"model_quarantined",
          fmt::format("the model {} {} is in quarantine: {}", model.model.name, model.model.version, model.reason)};
}

std::string QuarantineKey(const ModelRef& model) {
  return fmt::format("{}{}/{}", kQuarantinePrefix, model.name, model.version);
}

std::optional<QuarantinedModel> Quarantine::Crashed(const ModelRef& model, Id job, std::string_view end, Time now) {
  if (after_ == 0 || Find(model.name, model.version) != nullptr) return std::nullopt;
  Crashes& crashes = crashes_[{model.name, model.version}];
  ++crashes.count;
  crashes.jobs.insert(job);
  if (crashes.count < after_ || crashes.jobs.size() < kFewestCrashingJobs) return std::nullopt;
  QuarantinedModel judged{{model.name, model.version, ""},
                          fmt::format("{} workers crashed while they ran {} jobs of it, the last {}", crashes.count,
                                      crashes.jobs.size(), end),
                          now};
  crashes_.erase({model.name, model.version});
  models_.push_back(judged);
  return judged;
}

void Quarantine::Succeeded(const ModelRef& model) {
  if (!crashes_.empty()) crashes_.erase({model.name, model.version});
}

bool Quarantine::Lift(const ModelRef& model) {
  crashes_.erase({model.name, model.version});
  return std::erase_if(models_, [&](const QuarantinedModel& other) {
           return other.model.name == model.name && other.model.version == model.version;
         }) > 0;
}

const QuarantinedModel* Quarantine::Find(const std::string& name, const std::string& version) const {
  const auto found = std::ranges::find_if(models_, [&](const QuarantinedModel& other) {
    return other.model.name == name && other.model.version == version;
  });
  return found == models_.end() ? nullptr : &*found;
}

}  // namespace darkroom
