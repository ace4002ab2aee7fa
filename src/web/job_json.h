// Jobs and batches as the API shows them (docs/api.md).
#pragma once

#include <optional>

#include "base/json.h"
#include "domain/job.h"
#include "ports/job_store.h"

namespace darkroom::web {

json::object ToJson(const Job& job, std::optional<QueuePosition> position = std::nullopt);
json::object ToJson(const Batch& batch);

// "/v1/jobs/<id>" and "/v1/batches/<id>".
std::string JobPath(Id job);
std::string BatchPath(Id batch);

// What the counts of a batch are when these are all its jobs.
void CountStates(Batch& batch, const std::vector<Job>& jobs);

}  // namespace darkroom::web
