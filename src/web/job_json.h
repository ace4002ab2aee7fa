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

// The artifacts of a job: those that are stored, and result.json where its text is in the record.
std::vector<Artifact> ArtifactsOf(const Job& job);
// That text; nullopt where result.json is stored, or there is none.
std::optional<std::string> ResultFileOf(const Job& job);

// What the counts of a batch are when these are all its jobs.
void CountStates(Batch& batch, const std::vector<Job>& jobs);

}  // namespace darkroom::web
