// Picture: one uploaded file, judged by its headers alone: no pixel is decoded in the web tier.
#pragma once

#include <cstdint>
#include <optional>

#include "base/crypto.h"
#include "domain/job.h"
#include "web/problem.h"
#include "web/submission_form.h"

namespace darkroom::web {

struct Picture {
  Id job;
  InputInfo input;
  Time received;
  std::string digest;              // ContentHash of the bytes; empty unless asked for
  std::optional<Problem> problem;  // why it cannot become a job's input
};

struct PictureLimits {
  std::int64_t bytes = 0;
  std::int64_t pixels = 0;
};

// `index` is the file's place in its submission, for the words of the problem.
Picture JudgePicture(const UploadedFile& file, int index, PictureLimits limits);

// The problem of a picture with more pixels than `limit`, if it has; also for a model's own limit, known later.
std::optional<Problem> CheckPixels(const InputInfo& input, int index, std::int64_t limit);

}  // namespace darkroom::web
