// JobRunner: what a worker does with a picture once it holds it. The rest of the worker knows queues and objects only.
#pragma once

#include <optional>
#include <stop_token>
#include <string>
#include <vector>

#include "base/result.h"
#include "base/time.h"
#include "domain/message.h"

namespace darkroom::worker {

struct ProducedArtifact {
  std::string name;  // IsArtifactName
  std::string content_type;
  std::string bytes;
};

struct RunAnswer {
  ModelRef model;                           // what ran, digest included
  std::string result;                       // JSON object for whoever asks for the job
  std::vector<ProducedArtifact> artifacts;  // besides result.json
  std::optional<Time> decoded;
  std::optional<Time> inferred;
};

class JobRunner {
 public:
  virtual ~JobRunner() = default;

  // Runs one job on the calling thread, which it may block for as long as the model takes, or until `stop` is
  // requested: then it ends as soon as it can, with kCancelled. Called from several threads at once. Errors: kInvalid
  // and kTooLarge are the picture's fault, kNotFound the model's absence; a retryable code gives the job back to the
  // queue, any other settles it as failed.
  virtual Result<RunAnswer> Run(const JobRequest& request, std::string_view picture, std::stop_token stop) = 0;
};

}  // namespace darkroom::worker
