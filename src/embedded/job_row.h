// How a job stands in a row of table `job`.
#pragma once

#include "domain/job.h"
#include "embedded/sqlite.h"

// Begins a SELECT that ReadJob reads; a macro, as a statement is a literal.
#define DARKROOM_SELECT_JOB                                                                                      \
  "SELECT j.seq, j.batch, j.id, b.id, j.idx, j.state, j.change, j.priority, j.attempt, j.received, j.queued, "   \
  "j.started, j.fetched, j.decoded, j.inferred, j.stored, j.settled, j.deadline, j.model, j.version, j.digest, " \
  "j.file_name, j.content_type, j.size, j.width, j.height, j.top_k, j.metadata, j.worker, j.run, j.result, "     \
  "j.artifacts, j.failure_code, j.failure_message, j.transforms, j.seed FROM job j JOIN batch b ON b.seq = j.batch "

namespace darkroom::embedded {

Job ReadJob(const Query& row);
inline std::int64_t ReadSeq(const Query& row) { return row.Int(0); }
inline std::int64_t ReadBatchSeq(const Query& row) { return row.Int(1); }

std::string ArtifactsToText(const std::vector<Artifact>& artifacts);

}  // namespace darkroom::embedded
