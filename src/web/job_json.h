// Jobs and batches as the API shows them (docs/api.md), as JSON text: a client's metadata and a model's result stand in
// it byte for byte as they are stored.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "domain/job.h"
#include "ports/job_store.h"

namespace darkroom::web {

std::string JsonOf(const Job& job, std::optional<QueuePosition> position = std::nullopt);
std::string JsonOf(const Batch& batch);
std::string JsonOf(const std::vector<Job>& jobs);  // an array

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
