#include "web/submit.h"

#include <fmt/format.h>

#include <algorithm>
#include <functional>

#include "base/crypto.h"
#include "base/json_writer.h"
#include "domain/message.h"
#include "web/client_text.h"
#include "web/job_json.h"

namespace darkroom::web {

// What has come in of a submission so far.
struct Submitter::Intake {
  Intake(const WebDeps& deps, std::int64_t max_bytes, UploadBudget& budget)
      : began(deps.clock.Now()),
        batch(Id::Make(began)),
        share(budget),
        writer(deps.io, deps.clock, deps.inputs, max_bytes, share) {}

  const Time began;
  const Id batch;
  std::optional<std::string> key;
  int max_files = 0;
  std::string field;  // of the first file
  std::vector<Picture> pictures;
  SubmissionFields fields;
  std::shared_ptr<const model::Package> model;
  UploadBudget::Share share;
  InputWriter writer;
};

namespace {

JobRequest RequestFor(const Job& job, std::string picture_file) {
  const std::int64_t picture_size = picture_file.empty() ? 0 : job.input.size;
  return {.job = job.id,
          .model = job.model,
          .top_k = job.top_k,
          .deadline = job.deadline,
          .file_name = job.input.file_name,
          .picture_file = std::move(picture_file),
          .picture_size = picture_size,
          .transforms = job.transforms,
          .seed = job.seed};
}

std::int64_t DrawSeed() {
  std::int64_t seed = 0;
  RandomBytes(&seed, sizeof seed);
  return seed & kMaxSeed;
}

Problem UnknownModel(const ModelCatalog& models, std::string_view name) {
  json::array names;
  for (const auto& package : models.packages()) {
    if (names.empty() || names.back() != json::value(package->name)) names.emplace_back(package->name);
  }
  const std::string asked =
      name.empty() ? "no model is installed" : fmt::format("there is no model '{}'", CleanText(name, 80));
  return {"unknown_model",
          fmt::format("{}; there are: {}", asked, models.Names()),
          {{"field", "model"}, {"models", std::move(names)}}};
}

OrProblem<void> CheckQuarantine(const Quarantine* quarantine, const model::Package& model) {
  const QuarantinedModel* judged = quarantine == nullptr ? nullptr : quarantine->Find(model.name, model.version);
  if (judged == nullptr) return {};
  return Refuse("model_quarantined",
                FailureOf(*judged).message + "; that ends when its package changes or the service is started anew",
                {{"field", "model"}, {"since", FormatTime(judged->since)}});
}

// The one upload that needs most must fit, whatever the settings: the body, what it is parsed to, and what is written.
std::int64_t MemoryFor(const WebOptions& options) {
  return std::max(options.max_upload_memory, 3 * std::max(options.max_file_bytes, options.max_json_bytes));
}

}  // namespace

Submitter::Submitter(const WebDeps& deps, const WebOptions& options, Backlog& backlog, OnSubmitted on_submitted)
    : deps_(deps),
      options_(options),
      backlog_(backlog),
      on_submitted_(std::move(on_submitted)),
      uploads_(MemoryFor(options)),
      marks_(deps.io, deps.clock, deps.jobs) {}

Task<OrProblem<Submission>> Submitter::Submit(http::Request& request, int max_files) {
  auto key = ParseIdempotencyKey(request.headers);
  if (!key) co_return Refuse(std::move(key.error()));
  auto room = co_await backlog_.CheckRoom();
  if (!room) co_return Refuse(std::move(room.error()));

  Intake intake(deps_, options_.max_file_bytes, uploads_);
  intake.key = std::move(*key);
  intake.max_files = max_files;
  auto received = co_await Receive(request, intake);
  auto finished = co_await intake.writer.Finish();
  if (!received || !finished) {
    co_await intake.writer.RemoveAll();
    if (!received) co_return Refuse(std::move(received.error()));
    co_return Refuse(finished.error());
  }
  auto submission = co_await Store(intake);
  if (!submission) co_return submission;
  submission->field = intake.field;
  if (submission->replayed) co_return submission;
  auto sent = co_await Send(*submission, intake.writer);
  if (!sent) co_return Refuse(std::move(sent.error()));
  const Time now = deps_.clock.Now();
  for (Job& job : submission->jobs) {
    if (job.state == JobState::kQueued) job.timeline.queued = now;
    on_submitted_(job);
  }
  co_return submission;
}

Task<OrProblem<void>> Submitter::Receive(http::Request& request, Intake& intake) {
  const FormLimits limits{options_.max_file_bytes, options_.max_json_bytes};
  auto form = co_await SubmissionForm::Open(request, limits, intake.share);
  if (!form) co_return Refuse(std::move(form.error()));
  auto read = co_await ReadPictures(**form, intake);
  if (!read) co_return read;
  const RawFields& fields = (*form)->fields();
  co_return co_await Judge(fields, intake);
}

Task<OrProblem<void>> Submitter::ReadPictures(SubmissionForm& form, Intake& intake) {
  const PictureLimits limits{options_.max_file_bytes, options_.max_pixels};
  while (true) {
    auto file = co_await form.NextFile();
    if (!file) co_return Refuse(std::move(file.error()));
    if (!*file) co_return OrProblem<void>();
    auto in_time = CheckTime(intake);
    if (!in_time) co_return in_time;
    const int index = int(intake.pictures.size());
    if (index == intake.max_files) {
      co_return Refuse(
          "too_many_files",
          fmt::format("this request may have at most {} files; send the others in another one", intake.max_files),
          {{"limit", intake.max_files}});
    }
    Picture picture = JudgePicture(**file, index, limits);
    if (index == 0) intake.field = (*file)->field;
    picture.received = deps_.clock.Now();
    picture.job = Id::Make(picture.received);
    if (intake.key) picture.digest = ContentHash((*file)->bytes);
    if (picture.problem) {
      intake.share.GiveBack(std::int64_t((*file)->bytes.size()));
    } else {
      std::string bytes = std::move((*file)->bytes);
      std::string type = picture.input.content_type;
      co_await intake.writer.Put(picture.job, std::move(bytes), std::move(type));
    }
    intake.pictures.push_back(std::move(picture));
  }
}

OrProblem<void> Submitter::CheckTime(const Intake& intake) const {
  if (deps_.clock.Now() <= intake.began + options_.max_upload) return {};
  return Refuse("request_timeout", fmt::format("a request may take {} to arrive", FormatDuration(options_.max_upload)),
                {{"limit", std::int64_t(Seconds(options_.max_upload))}});
}

Task<OrProblem<void>> Submitter::Judge(const RawFields& raw, Intake& intake) {
  auto fields = ParseFields(raw);
  if (!fields) co_return Refuse(std::move(fields.error()));
  intake.fields = std::move(*fields);
  intake.model = deps_.models.Find(intake.fields.model);
  if (intake.model == nullptr) co_return Refuse(UnknownModel(deps_.models, intake.fields.model));
  auto allowed = CheckQuarantine(deps_.quarantine, *intake.model);
  if (!allowed) co_return allowed;
  if (intake.pictures.empty()) {
    co_return Refuse("invalid_request", "the request has no file; send at least one image", {{"field", "image"}});
  }
  co_await intake.writer.Finish();
  std::vector<Id> too_many_pixels;
  for (int i = 0; i < int(intake.pictures.size()); ++i) {
    Picture& picture = intake.pictures[i];
    if (picture.problem) continue;
    picture.problem = CheckPixels(picture.input, i, intake.model->max_pixels);
    if (picture.problem) too_many_pixels.push_back(picture.job);
  }
  co_await intake.writer.Remove(std::move(too_many_pixels));
  const bool all_bad = std::ranges::all_of(intake.pictures, [](const Picture& p) { return p.problem.has_value(); });
  if (all_bad) co_return Refuse(*intake.pictures.front().problem);
  co_return OrProblem<void>();
}

NewBatch Submitter::MakeBatch(const Intake& intake) const {
  const SubmissionFields& fields = intake.fields;
  const Time now = deps_.clock.Now();
  NewBatch made;
  made.batch = {.id = intake.batch,
                .created = now,
                .size = int(intake.pictures.size()),
                .email = fields.email,
                .webhook = fields.webhook,
                .metadata = fields.metadata};
  const std::string transforms = fields.transforms.empty() ? "" : WriteJson(ToJson(fields.transforms));
  const std::int64_t seed = fields.seed.value_or(DrawSeed());
  for (const Picture& picture : intake.pictures) {
    Job job;
    job.id = picture.job;
    job.batch = intake.batch;
    job.index = int(made.jobs.size());
    job.priority = fields.priority;
    job.model = {intake.model->name, intake.model->version, ""};
    job.input = picture.input;
    job.top_k = fields.top_k;
    if (fields.deadline) job.deadline = now + *fields.deadline;
    job.metadata = fields.metadata;
    if (!transforms.empty()) {
      job.transforms = transforms;
      job.seed = (seed + job.index) & kMaxSeed;
    }
    job.timeline.received = picture.received;
    if (picture.problem) {
      job.state = JobState::kFailed;
      const bool too_large = picture.problem->kind->code == "too_large";
      job.failure = Failure{too_large ? "too_large" : "bad_image", picture.problem->detail};
      job.timeline.settled = now;
    }
    made.jobs.push_back(std::move(job));
  }
  if (intake.key) made.idempotency = IdempotencyKey{*intake.key, Fingerprint(fields, intake.pictures)};
  return made;
}

Task<OrProblem<Submission>> Submitter::Store(Intake& intake) {
  // The last moment: pictures that are older may be gone (ledger/sweeper.h), so no job may be made of them.
  auto in_time = CheckTime(intake);
  if (!in_time) {
    co_await intake.writer.RemoveAll();
    co_return Refuse(std::move(in_time.error()));
  }
  NewBatch made = MakeBatch(intake);
  Submission submission;
  submission.batch = made.batch;
  submission.jobs = made.jobs;
  CountStates(submission.batch, submission.jobs);
  submission.news = std::make_unique<JobNews::Subscription>(deps_.news, made.batch.id);

  auto created = co_await deps_.jobs.Create(std::move(made));
  if (!created && created.error().code() == Code::kConflict) {
    co_await intake.writer.RemoveAll();
    co_return Refuse(
        "idempotency_key_reused",
        fmt::format("Idempotency-Key '{}' was used for a request with other fields or files", intake.key.value_or("")));
  }
  // Any other error may hide a batch that was created: its pictures stay, and go by the sweeper if it was not.
  if (!created) co_return Refuse(created.error());
  if (!created->existed) co_return submission;
  co_await intake.writer.RemoveAll();
  co_return co_await Load(created->batch);
}

Task<OrProblem<void>> Submitter::Send(const Submission& submission, const InputWriter& pictures) {
  std::vector<SendRequest> messages;
  std::vector<Id> ids;
  for (const Job& job : submission.jobs) {
    if (job.state != JobState::kQueued) continue;
    messages.push_back({.body = ToMessage(RequestFor(job, pictures.FileOf(job.id))), .group = job.model.name});
    ids.push_back(job.id);
  }
  const auto count = std::int64_t(ids.size());
  Queue& queue = *deps_.requests[std::size_t(submission.jobs.front().priority)];
  auto sent = co_await queue.Send(std::move(messages));
  if (!sent) {
    Problem problem("not_sent",
                    fmt::format("batch {} is stored and its jobs will run, but handing them to the workers failed: {}; "
                                "without an Idempotency-Key another try would run them twice",
                                submission.batch.id.ToString(), sent.error().message()),
                    {{"batch", submission.batch.id.ToString()}});
    problem.headers.Set("Retry-After", "5");
    co_return Refuse(std::move(problem));
  }
  backlog_.Added(count);
  marks_.Add(std::move(ids), deps_.clock.Now());
  co_return OrProblem<void>();
}

Task<OrProblem<Submission>> Submitter::Load(Id id) {
  Submission submission;
  submission.replayed = true;
  submission.news = std::make_unique<JobNews::Subscription>(deps_.news, id);
  auto batch = co_await deps_.jobs.GetBatch(id);
  if (!batch) co_return Refuse(batch.error());
  if (!*batch) co_return Refuse("not_found", "the earlier request's batch was removed in this moment; try again");
  submission.batch = std::move(**batch);
  auto jobs = co_await ListBatch(deps_.jobs, id);
  if (!jobs) co_return Refuse(jobs.error());
  submission.jobs = std::move(*jobs);
  co_return submission;
}

OrProblem<std::optional<std::string>> ParseIdempotencyKey(const http::Headers& headers) {
  const auto key = headers.Find("Idempotency-Key");
  if (!key) return std::nullopt;
  const bool printable = std::ranges::all_of(*key, [](char c) { return c >= 0x20 && c < 0x7F; });
  if (key->empty() || key->size() > 255 || !printable) {
    return Refuse("invalid_request", "Idempotency-Key must be 1 to 255 printable ASCII characters",
                  {{"header", "Idempotency-Key"}});
  }
  return std::string(*key);
}

std::string Fingerprint(const SubmissionFields& fields, const std::vector<Picture>& pictures) {
  Sha256Stream stream;
  const auto add = [&stream](std::string_view text) {
    stream.Update(std::to_string(text.size()) + ":");
    stream.Update(text);
  };
  add(fields.model);
  add(fields.email);
  add(fields.webhook);
  add(std::to_string(fields.top_k));
  add(Name(fields.priority));
  add(std::to_string(fields.deadline.value_or(0us).count()));
  add(fields.metadata);
  if (!fields.transforms.empty()) add(WriteJson(ToJson(fields.transforms)));
  if (fields.seed) add(std::to_string(*fields.seed));
  for (const Picture& picture : pictures) {
    add(picture.input.file_name);
    add(picture.digest);
  }
  return Hex(AsView(stream.Finish()));
}

Task<Result<std::vector<Job>>> ListBatch(JobStore& store, Id batch) {
  std::vector<Job> jobs;
  JobQuery query;
  query.batch = batch;
  query.limit = 1000;
  while (true) {
    JobQuery page_query = query;
    auto page = co_await store.List(std::move(page_query));
    if (!page) co_return Fail(page.error());
    std::ranges::move(page->jobs, std::back_inserter(jobs));
    if (page->next.empty()) co_return jobs;
    query.cursor = std::move(page->next);
  }
}

}  // namespace darkroom::web
