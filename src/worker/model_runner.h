// ModelRunner: runs jobs through model packages. A model is loaded when its first job comes (or by Warm), once, and
// stays.
#pragma once

#include <future>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "base/clock.h"
#include "model/model.h"
#include "worker/job_runner.h"

namespace darkroom::worker {

// Threads: any.
class ModelRunner : public JobRunner {
 public:
  // `clock` and `runtime` must outlive it. Of several packages of one name a job without a version gets the newest.
  ModelRunner(std::vector<model::Package> packages, model::Runtime& runtime, const Clock& clock);
  ~ModelRunner() override;

  // Loads a model ahead of its first job. kNotFound: there is no such package. kInternal: it could not be loaded; the
  // message says why.
  Status Warm(const std::string& name);

  Result<RunAnswer> Run(const JobRequest& request, std::string_view picture) override;

 private:
  struct Loaded;
  // kNotFound: no such package here. kInternal: it could not be loaded; the message says why.
  Result<const Loaded*> Load(const ModelRef& wanted);
  Result<std::unique_ptr<Loaded>> LoadPackage(const model::Package& package);

  const std::vector<model::Package> packages_;
  model::Runtime& runtime_;
  const Clock& clock_;
  std::mutex mutex_;
  std::map<const model::Package*, std::unique_ptr<Loaded>> loaded_;  // guarded by mutex_; entries never go
};

}  // namespace darkroom::worker
