// ModelRunner: runs jobs through model packages.
#pragma once

#include <string>

#include "base/clock.h"
#include "worker/job_runner.h"
#include "worker/model_cache.h"

namespace darkroom::worker {

// Threads: any.
class ModelRunner : public JobRunner {
 public:
  // Of `models`, which must outlive it as `clock` must.
  ModelRunner(ModelCache& models, const Clock& clock) : models_(models), clock_(clock) {}

  // Loads a model ahead of its first job. Errors: ModelCache::Get's.
  Status Warm(const std::string& name);

  Result<RunAnswer> Run(const JobRequest& request, std::string_view picture, std::stop_token stop) override;

 private:
  ModelCache& models_;
  const Clock& clock_;
};

}  // namespace darkroom::worker
