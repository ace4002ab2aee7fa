// Submitter: POST /v1/jobs up to its 202. The order of the writes is the promise: pictures, then the batch with its
// jobs, then their messages. A crash between them leaves pictures that no job names, or jobs without a message; the
// sweeper mends both. It tells a picture that no job will name from one whose upload goes on by its age alone, so the
// time of an upload is bounded (WebOptions::max_upload).
#pragma once

#include <memory>
#include <optional>
#include <vector>

#include "base/async.h"
#include "http/message.h"
#include "ports/job_news.h"
#include "web/backlog.h"
#include "web/input_writer.h"
#include "web/options.h"
#include "web/picture.h"
#include "web/problem.h"
#include "web/sent_marks.h"
#include "web/submission_form.h"
#include "web/upload_budget.h"

namespace darkroom::web {

struct Submission {
  Batch batch;
  std::vector<Job> jobs;  // all of the batch, by index
  std::string field;      // the form field of the first file; empty: the body had none
  bool replayed = false;  // an earlier submission, found by its Idempotency-Key
  // News of the batch since before its messages were sent.
  std::unique_ptr<JobNews::Subscription> news;
};

class Submitter {
 public:
  using OnSubmitted = std::function<void(const Job&)>;

  // `on_submitted` is told of every new job, for the metrics.
  Submitter(const WebDeps& deps, const WebOptions& options, Backlog& backlog, OnSubmitted on_submitted);

  // At most `max_files` files.
  Task<OrProblem<Submission>> Submit(http::Request& request, int max_files);
  // Until the marks of what was sent are written.
  Task<void> Finish() { return marks_.Finish(); }

 private:
  struct Intake;
  Task<OrProblem<void>> Receive(http::Request& request, Intake& intake);
  Task<OrProblem<void>> ReadPictures(SubmissionForm& form, Intake& intake);
  OrProblem<void> CheckTime(const Intake& intake) const;
  Task<OrProblem<void>> Judge(const RawFields& fields, Intake& intake);
  NewBatch MakeBatch(const Intake& intake) const;
  Task<OrProblem<Submission>> Store(Intake& intake);
  Task<OrProblem<void>> Send(const Submission& submission, const InputWriter& pictures);
  Task<OrProblem<Submission>> Load(Id batch);

  const WebDeps& deps_;
  const WebOptions& options_;
  Backlog& backlog_;
  const OnSubmitted on_submitted_;
  UploadBudget uploads_;
  SentMarks marks_;
};

// Idempotency-Key: 1 to 255 printable ASCII characters; nullopt when there is none.
OrProblem<std::optional<std::string>> ParseIdempotencyKey(const http::Headers& headers);

// The same for the same request, whatever its boundary or the order of its fields.
std::string Fingerprint(const SubmissionFields& fields, const std::vector<Picture>& pictures);

// All jobs of a batch, by index.
Task<Result<std::vector<Job>>> ListBatch(JobStore& jobs, Id batch);

}  // namespace darkroom::web
