#include "web/jobs_api.h"

#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include <algorithm>
#include <charconv>

#include "base/crypto.h"
#include "base/json.h"
#include "domain/message.h"
#include "web/client_text.h"
#include "web/job_json.h"
#include "web/label.h"
#include "web/routes.h"
#include "web/stored_file.h"

namespace darkroom::web {
namespace {

http::Response SubmissionAnswer(int status, const Submission& submission) {
  std::string body = "{\"batch\":" + JsonOf(submission.batch) + ",\"jobs\":" + JsonOf(submission.jobs) + "}";
  auto response = JsonTextAnswer(status, std::move(body));
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

constexpr std::size_t kCancelLanes = 32;  // under way at a time; the store commits them together

// The store's cursor and a check of it and of the query it belongs to: what is none of ours, or of another list, would
// otherwise be some place or other.
std::string ToCursor(const JobQuery& query, std::string_view of_store) {
  const std::string owner = fmt::format("{}|{}|{}|{}", query.batch ? query.batch->ToString() : "",
                                        query.state ? Name(*query.state) : "", query.model, of_store);
  return fmt::format("{}-{:08x}", of_store, Crc32(owner));
}

// What was refused at the door was never stored. A worker finds pictures that are none, too, later: those are.
bool IsInputKept(const Job& job) {
  const bool refused = job.failure && (job.failure->code == "bad_image" || job.failure->code == "too_large");
  return !refused || job.attempt > 0;
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
  if (job->state != JobState::kQueued) co_return JsonTextAnswer(200, JsonOf(*job));
  Job asked = *job;
  auto position = co_await deps_.jobs.Position(std::move(asked));
  if (!position) co_return Refuse(position.error());
  co_return JsonTextAnswer(200, JsonOf(*job, *position));
}

OrProblem<JobQuery> ParseJobQuery(const http::Request& request) {
  JobQuery query;
  std::optional<std::string> cursor;
  for (auto at = request.query.begin(); at != request.query.end(); ++at) {
    const auto& [name, value] = *at;
    const auto same_name = [&name](const auto& earlier) { return earlier.first == name; };
    if (std::any_of(request.query.begin(), at, same_name)) {
      return Refuse("invalid_request", fmt::format("parameter '{}' was given twice", CleanText(name, 80)),
                    {{"parameter", CleanText(name, 80)}});
    }
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
      cursor = value;
    } else {
      return Refuse("invalid_request",
                    fmt::format("there is no parameter '{}'; the parameters are state, model, batch, limit, cursor",
                                CleanText(name, 80)),
                    {{"parameter", CleanText(name, 80)}});
    }
  }
  if (!cursor) return query;
  query.cursor = cursor->substr(0, cursor->find('-'));
  if (query.cursor.empty() || ToCursor(query, query.cursor) != *cursor) {
    return WrongParameter("cursor", "the next_cursor of the page before, of a list with the same parameters", *cursor);
  }
  return query;
}

Task<JobsApi::Answer> JobsApi::List(http::Request& request) {
  auto query = ParseJobQuery(request);
  if (!query) co_return Refuse(std::move(query.error()));
  JobQuery asked = *query;
  auto page = co_await deps_.jobs.List(std::move(asked));
  if (!page) co_return Refuse(page.error());
  const std::string next = page->next.empty() ? "null" : json::serialize(json::string(ToCursor(*query, page->next)));
  co_return JsonTextAnswer(200, "{\"jobs\":" + JsonOf(page->jobs) + ",\"next_cursor\":" + next + "}");
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
  co_await FinishCancel(after, now);
  co_return JsonTextAnswer(200, JsonOf(after));
}

// The cancel that took effect is news; a second one finds the first one's time. The worker that runs the job is told;
// of one whose start is not known yet the ledger will hear. A message that waits stays in its queue, for a queue has no
// way to take back one of many; with its picture gone it costs the worker that meets it nothing.
Task<void> JobsApi::FinishCancel(const Job& job, Time now) const {
  if (job.state != JobState::kCancelled) co_return;
  if (job.timeline.settled == now) {
    const std::vector<Job> news{job};
    deps_.news.Publish(news);
  }
  if (deps_.notices != nullptr && !job.worker.empty()) {
    std::string worker = job.worker;
    co_await deps_.notices->Stop(std::move(worker), job.id);
  }
  std::string key = InputKey(job.id);
  const auto removed = co_await deps_.inputs.Remove(std::move(key));
  if (!removed) {
    spdlog::warn("job {} is cancelled, but its picture could not be removed: {}", job.id.ToString(),
                 removed.error().message());
  }
}

// From the end: the workers come from the beginning.
Task<void> JobsApi::CancelFrom(const JobsApi* self, std::vector<Id>* open, Time now, Status* status) {
  while (!open->empty()) {
    const Id id = open->back();
    open->pop_back();
    auto job = co_await self->deps_.jobs.Cancel(id, now);
    if (!job) {
      *status = Fail(job.error());
      open->clear();
    } else if (*job) {
      co_await self->FinishCancel(**job, now);
    }
  }
}

Task<JobsApi::Answer> JobsApi::CancelBatch(http::Request& request) {
  auto batch = co_await FindBatch(request);
  if (!batch) co_return Refuse(std::move(batch.error()));
  const Id id = batch->id;
  auto jobs = co_await ListBatch(deps_.jobs, id);
  if (!jobs) co_return Refuse(jobs.error());
  std::vector<Id> open;
  for (const Job& job : *jobs) {
    if (!IsTerminal(job.state)) open.push_back(job.id);
  }
  Status status;
  TaskGroup lanes(deps_.io, deps_.clock);
  const Time now = deps_.clock.Now();
  for (std::size_t i = 0; i < std::min(open.size(), kCancelLanes); ++i) {
    lanes.Spawn(CancelFrom(this, &open, now, &status));
  }
  co_await lanes.Join();
  if (!status) co_return Refuse(status.error());
  co_return co_await GetBatch(request);
}

Task<JobsApi::Answer> JobsApi::GetInput(http::Request& request) {
  auto job = co_await Find(request);
  if (!job) co_return Refuse(std::move(job.error()));
  if (!IsInputKept(*job)) co_return Refuse("not_found", "the file was refused when it came in, and was not kept");
  if (job->state == JobState::kCancelled) {
    co_return Refuse("not_found", "the picture was removed when the job was cancelled", {{"state", Name(job->state)}});
  }
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

Task<OrProblem<Batch>> JobsApi::FindBatch(http::Request& request) {
  const auto id = Id::Parse(request.params["id"]);
  if (!id) co_return Refuse(NoSuch("batch"));
  auto batch = co_await deps_.jobs.GetBatch(*id);
  if (!batch) co_return Refuse(batch.error());
  if (!*batch) co_return Refuse(NoSuch("batch"));
  co_return std::move(**batch);
}

Task<JobsApi::Answer> JobsApi::GetBatch(http::Request& request) {
  auto batch = co_await FindBatch(request);
  if (!batch) co_return Refuse(std::move(batch.error()));
  co_return JsonTextAnswer(200, JsonOf(*batch));
}

}  // namespace darkroom::web
