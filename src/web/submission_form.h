// SubmissionForm: the body of POST /v1/jobs read file by file as it arrives: multipart/form-data, one picture as the
// body, or JSON with base64 data. Memory: one file (JSON: the whole body), counted against a budget.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "base/async.h"
#include "http/message.h"
#include "web/problem.h"
#include "web/submission_fields.h"
#include "web/upload_budget.h"

namespace darkroom::web {

struct FormLimits {
  std::int64_t file_bytes = 0;
  std::int64_t json_bytes = 0;
};

struct UploadedFile {
  std::string field;      // of the form; empty where the body has none
  std::string file_name;  // clean; may be empty
  std::string bytes;
  std::int64_t size = 0;   // bytes; of one that is too large as many as are known of
  bool too_large = false;  // over the limit: `bytes` is empty, the rest was passed over
};

class SubmissionForm {
 public:
  virtual ~SubmissionForm() = default;

  // By Content-Type: invalid_request or unsupported_body. `request` and `share` must outlive the form.
  static Task<OrProblem<std::unique_ptr<SubmissionForm>>> Open(http::Request& request, FormLimits limits,
                                                               UploadBudget::Share& share);

  // The next file; nullopt after the last. Its bytes are taken of the share, to be given back by whoever lets go of
  // them; `busy` when it has not so many.
  virtual Task<OrProblem<std::optional<UploadedFile>>> NextFile() = 0;

  // The fields that came so far, those of the query first: complete when NextFile gave nullopt.
  const RawFields& fields() const { return fields_; }

 protected:
  RawFields fields_;
};

}  // namespace darkroom::web
