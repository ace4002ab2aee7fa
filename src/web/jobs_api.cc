#include "web/jobs_api.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "domain/message.h"
#include "web/client_text.h"
#include "web/job_json.h"
#include "web/label.h"
#include "web/routes.h"
#include "web/stored_file.h"

namespace darkroom::web {
namespace {

json::array JobsJson(const std::vector<Job>& jobs) {
  json::array array;
  for (const Job& job : jobs) array.push_back(web::ToJson(job));
  return array;
}

http::Response SubmissionAnswer(int status, const Submission& submission) {
  auto response = JsonAnswer(status, {{"batch", ToJson(submission.batch)}, {"jobs", JobsJson(submission.jobs)}});
  const bool single = submission.jobs.size() == 1;
  response.headers.Set("Location", single ? JobPath(submission.jobs[0].id) : BatchPath(submission.batch.id));
  if (submission.replayed) response.headers.Set("Idempotency-Replayed", "true");
  return response;
}

std::unexpected<Problem> WrongParameter(std::string_view name, std::string_view expected, std::string_view found) {
  return Refuse("invalid_request",
                fmt::format("parameter '{}' must be {}; found '{}'", name, expected, CleanText(found, 80)),
                {{"parameter", name}});
}

}  // namespace

Task<JobsApi::Answer> JobsApi::Submit(http::Request& request) {
  const auto wait = ParsePreferWait(request.headers, options_.max_wait);
  auto submission = co_await submitter_.Submit(request, options_.max_files);
  if (!submission) co_return Refuse(std::move(submission.error()));
  if (!wait) co_return SubmissionAnswer(202, *submission);
  const Time deadline = deps_.clock.Now() + *wait;
  const bool done = co_await watch_.Wait(*submission, deadline);
  auto response = SubmissionAnswer(done ? 200 : 202, *submission);
  const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(*wait).count();
  response.headers.Set("Preference-Applied", fmt::format("wait={}", seconds));
  co_return response;
}

Task<JobsApi::Answer> JobsApi::SubmitForLabel(http::Request& request) {
  auto submission = co_await submitter_.Submit(request, 1);
  if (!submission) co_return ToTextResponse(submission.error());
  const Time deadline = deps_.clock.Now() + options_.max_wait;
  co_await watch_.Wait(*submission, deadline);
  const Job& job = submission->jobs.front();
  if (job.state != JobState::kSucceeded) co_return ToTextResponse(WhyNoLabel(job));
  co_return http::Response::Text(200, LabelLine(job, submission->field));
}

Task<OrProblem<Job>> JobsApi::Find(http::Request& request) {
  const auto id = Id::Parse(request.params["id"]);
  if (!id) co_return Refuse(NoSuch("job"));
  auto job = co_await deps_.jobs.Get(*id);
  if (!job) co_return Refuse(job.error());
  if (!*job) co_return Refuse(NoSuch("job"));
  co_return std::move(**job);
}

Task<JobsApi::Answer> JobsApi::Get(http::Request& request) {
  auto job = co_await Find(request);
  if (!job) co_return Refuse(std::move(job.error()));
  if (job->state != JobState::kQueued) co_return JsonAnswer(200, web::ToJson(*job));
  Job asked = *job;
  auto position = co_await deps_.jobs.Position(std::move(asked));
  if (!position) co_return Refuse(position.error());
  co_return JsonAnswer(200, web::ToJson(*job, *position));
}

OrProblem<JobQuery> ParseJobQuery(const http::Request& request) {
  JobQuery query;
  for (const auto& [name, value] : request.query) {
    if (name == "state") {
      query.state = ParseJobState(value);
      if (!query.state) return WrongParameter(name, "queued, running, succeeded, failed, cancelled or expired", value);
    } else if (name == "model") {
      query.model = value;
    } else if (name == "batch") {
      query.batch = Id::Parse(value);
      if (!query.batch) return WrongParameter(name, "the id of a batch", value);
    } else if (name == "limit") {
      const auto [end, error] = std::from_chars(value.data(), value.data() + value.size(), query.limit);
      const bool whole = error == std::errc() && end == value.data() + value.size();
      if (!whole || query.limit < 1 || query.limit > 1000) return WrongParameter(name, "from 1 to 1000", value);
    } else if (name == "cursor") {
      query.cursor = value;
    } else {
      return Refuse("invalid_request",
                    fmt::format("there is no parameter '{}'; the parameters are state, model, batch, limit, cursor",
                                CleanText(name, 80)),
                    {{"parameter", CleanText(name, 80)}});
    }
  }
  return query;
}

Task<JobsApi::Answer> JobsApi::List(http::Request& request) {
  auto query = ParseJobQuery(request);
  if (!query) co_return Refuse(std::move(query.error()));
  auto page = co_await deps_.jobs.List(std::move(*query));
  if (!page) co_return Refuse(page.error());
  json::object body{{"jobs", JobsJson(page->jobs)}};
  body["next_cursor"] = page->next.empty() ? json::value(nullptr) : json::value(page->next);
  co_return JsonAnswer(200, body);
}

Task<JobsApi::Answer> JobsApi::Cancel(http::Request& request) {
  const auto id = Id::Parse(request.params["id"]);
  if (!id) co_return Refuse(NoSuch("job"));
  const Time now = deps_.clock.Now();
  auto job = co_await deps_.jobs.Cancel(*id, now);
  if (!job) co_return Refuse(job.error());
  if (!*job) co_return Refuse(NoSuch("job"));
  const Job& after = **job;
  if (after.state != JobState::kCancelled) {
    co_return Refuse("already_settled", fmt::format("the job has {} already", Name(after.state)),
                     {{"state", Name(after.state)}});
  }
  // Only the cancel that took effect is news; a second one finds the first one's time.
  if (after.timeline.settled == now) {
    std::vector<Job> news{after};
    deps_.news.Publish(news);
  }
  co_return JsonAnswer(200, web::ToJson(after));
}

Task<JobsApi::Answer> JobsApi::GetInput(http::Request& request) {
  auto job = co_await Find(request);
  if (!job) co_return Refuse(std::move(job.error()));
  const bool kept = !job->failure || job->failure->code != "bad_image" || job->attempt > 0;
  if (!kept) co_return Refuse("not_found", "the file was no picture that could be read, and was not kept");
  StoredFile file{InputKey(job->id), job->input.content_type, job->input.file_name};
  co_return co_await Serve(deps_.inputs, std::move(file), request);
}

Task<JobsApi::Answer> JobsApi::GetArtifact(http::Request& request) {
  auto job = co_await Find(request);
  if (!job) co_return Refuse(std::move(job.error()));
  const std::string& name = request.params["name"];
  if (name == kResultFile) {
    if (auto text = ResultFileOf(*job)) {
      StoredFile file{"", "application/json", name};
      co_return ServeText(std::move(*text), std::move(file), request);
    }
  }
  const auto artifact = std::ranges::find(job->artifacts, name, &Artifact::name);
  if (artifact == job->artifacts.end()) {
    co_return Refuse("not_found",
                     fmt::format("the job, {}, has no artifact '{}'", Name(job->state), CleanText(name, 80)),
                     {{"state", Name(job->state)}});
  }
  StoredFile file{OutputKey(job->id, job->run, name), artifact->content_type, name};
  co_return co_await Serve(deps_.outputs, std::move(file), request);
}

Task<JobsApi::Answer> JobsApi::GetBatch(http::Request& request) {
  const auto id = Id::Parse(request.params["id"]);
  if (!id) co_return Refuse(NoSuch("batch"));
  auto batch = co_await deps_.jobs.GetBatch(*id);
  if (!batch) co_return Refuse(batch.error());
  if (!*batch) co_return Refuse(NoSuch("batch"));
  co_return JsonAnswer(200, web::ToJson(**batch));
}

}  // namespace darkroom::web
