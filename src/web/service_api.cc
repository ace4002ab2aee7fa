#include "web/service_api.h"

#include <spdlog/spdlog.h>

#include <algorithm>

#include "base/embedded_file.h"
#include "web/fleet_words.h"
#include "web/routes.h"

namespace darkroom::embedded_files {
std::span<const EmbeddedFile> Openapi();  // darkroom_embed, CMakeLists.txt
}

namespace darkroom::web {
namespace {

json::object ToJson(const model::Package& package, bool is_default, const QuarantinedModel* quarantined) {
  json::array labels;
  for (const std::string& label : package.labels()) labels.emplace_back(label);
  json::object object{{"name", package.name},
                      {"version", package.version},
                      {"task", Name(package.task)},
                      {"description", package.description},
                      {"license", package.license},
                      {"labels", std::move(labels)},
                      {"input", {{"width", package.input.width}, {"height", package.input.height}}},
                      {"default", is_default}};
  if (quarantined != nullptr) {
    object["quarantine"] = {{"reason", quarantined->reason}, {"since", FormatTime(quarantined->since)}};
  }
  return object;
}

json::array ToJson(const std::vector<QuarantinedModel>& models) {
  json::array array;
  for (const QuarantinedModel& judged : models) {
    array.push_back({{"model", judged.model.name},
                     {"version", judged.model.version},
                     {"reason", judged.reason},
                     {"since", FormatTime(judged.since)}});
  }
  return array;
}

json::object ToJson(const QueueStats& stats) {
  json::object object{{"visible", stats.visible}, {"in_flight", stats.in_flight}, {"delayed", stats.delayed}};
  if (stats.oldest_age) object["oldest_age_s"] = Seconds(*stats.oldest_age);
  return object;
}

Problem NotReady(std::string why) { return {"unavailable", std::move(why)}; }

}  // namespace

std::string_view OpenapiDocument() { return embedded_files::Openapi().front().bytes; }

Task<Result<std::optional<std::vector<FleetMember>>>> ServiceApi::Workers() {
  if (deps_.fleet == nullptr) co_return std::nullopt;
  auto members = co_await deps_.fleet->Members();
  if (!members) co_return Fail(members.error().During("ask the fleet for its workers"));
  co_return std::move(*members);
}

const QuarantinedModel* ServiceApi::Quarantined(const std::string& name, const std::string& version) const {
  return deps_.quarantine == nullptr ? nullptr : deps_.quarantine->Find(name, version);
}

Task<ServiceApi::Answer> ServiceApi::ListModels(http::Request&) {
  json::array models;
  const auto standard = deps_.models.Find("");
  for (const auto& package : deps_.models.packages()) {
    models.push_back(ToJson(*package, package == standard, Quarantined(package->name, package->version)));
  }
  json::array errors;
  for (const Error& error : deps_.models.errors()) {
    // "FOLDER/model.toml:12: …": the place, then what is wrong there.
    const auto colon = error.message().find(": ");
    const bool placed = colon != std::string::npos;
    errors.push_back({{"package", placed ? error.message().substr(0, colon) : ""},
                      {"message", placed ? error.message().substr(colon + 2) : error.message()}});
  }
  co_return JsonAnswer(200, {{"models", std::move(models)}, {"errors", std::move(errors)}});
}

Task<ServiceApi::Answer> ServiceApi::GetStatus(http::Request&) {
  auto counts = co_await backlog_.Jobs();
  if (!counts) co_return Refuse(counts.error());
  auto queues = co_await backlog_.RequestQueues();
  if (!queues) co_return Refuse(queues.error());
  auto workers = co_await Workers();
  if (!workers) co_return Refuse(workers.error());
  json::object jobs;
  for (const JobState state : kJobStates) jobs[darkroom::Name(state)] = (*counts)[std::size_t(state)];
  json::array members;
  if (*workers) {
    for (const FleetMember& member : **workers) members.push_back({{"id", member.id}, {"state", Name(member.state)}});
  }
  json::array quarantine;
  if (deps_.quarantine != nullptr) quarantine = ToJson(deps_.quarantine->models());
  co_return JsonAnswer(200, {{"version", options_.version},
                             {"started", FormatTime(started_)},
                             {"uptime_s", Seconds(deps_.clock.Now() - started_)},
                             {"queue", ToJson(queues->total)},
                             {"jobs", std::move(jobs)},
                             {"workers", std::move(members)},
                             {"quarantine", std::move(quarantine)},
                             {"limits",
                              {{"files", options_.max_files},
                               {"file_bytes", options_.max_file_bytes},
                               {"pixels", options_.max_pixels},
                               {"queued", options_.max_queued}}}});
}

Task<ServiceApi::Answer> ServiceApi::GetMetrics(http::Request&) {
  // What cannot be read is left at its last value; the counters are always there.
  auto counts = co_await backlog_.Jobs();
  if (counts) metrics_.SetJobs(*counts);
  auto queues = co_await backlog_.RequestQueues();
  if (queues) metrics_.SetQueues(*queues);
  auto workers = co_await Workers();
  if (workers && *workers) metrics_.SetWorkers(**workers);
  metrics_.ClearModels();
  for (const auto& package : deps_.models.packages()) {
    const bool quarantined = Quarantined(package->name, package->version) != nullptr;
    metrics_.AddModel(package->name, package->version, quarantined);
  }
  if (deps_.reports) metrics_.SetReports(deps_.reports());
  if (!counts || !queues || !workers) spdlog::warn("metrics: the store, a queue or the fleet did not answer");
  co_return http::Response::Text(200, metrics_.Text(), "text/plain; version=0.0.4; charset=utf-8");
}

Task<ServiceApi::Answer> ServiceApi::GetHealth(http::Request&) { co_return http::Response::Text(200, "ok\n"); }

Task<ServiceApi::Answer> ServiceApi::GetReadiness(http::Request&) {
  auto counts = co_await backlog_.Jobs();
  if (!counts) co_return Refuse(NotReady("the job store does not answer: " + counts.error().message()));
  auto workers = co_await Workers();
  if (!workers) co_return Refuse(NotReady(workers.error().message()));
  if (*workers) {
    const auto ready = std::ranges::count((*workers).value(), MemberState::kReady, &FleetMember::state);
    if (ready == 0) co_return Refuse(NotReady("no worker is ready yet"));
  }
  co_return http::Response::Text(200, "ready\n");
}

Task<ServiceApi::Answer> ServiceApi::GetOpenapi(http::Request&) {
  http::Response response;
  response.headers.Set("Content-Type", "application/json");
  response.headers.Set("Cache-Control", "no-cache");
  response.static_body = OpenapiDocument();
  co_return response;
}

Task<ServiceApi::Answer> ServiceApi::GetProblem(http::Request& request) {
  const ProblemKind* kind = FindProblemKind(request.params["code"]);
  if (kind == nullptr) co_return Refuse("not_found", "there is no problem of this name");
  std::string text(kind->title);
  text.append(" (").append(std::to_string(kind->status)).append(", ").append(kind->code).append(")\n\n");
  text.append(kind->advice).append("\n");
  co_return http::Response::Text(200, std::move(text));
}

}  // namespace darkroom::web
