#include "embedded/job_row.h"

#include "domain/message.h"

namespace darkroom::embedded {

Job ReadJob(const Query& row) {
  Job job;
  job.id = row.Id(2);
  job.batch = row.Id(3);
  job.index = int(row.Int(4));
  job.state = JobState(row.Int(5));
  job.change = row.Int(6);
  job.priority = Priority(row.Int(7));
  job.attempt = int(row.Int(8));
  Timeline& t = job.timeline;
  int column = 9;
  for (auto* step :
       {&t.received, &t.queued, &t.started, &t.fetched, &t.decoded, &t.inferred, &t.stored, &t.settled, &job.deadline})
    *step = row.MaybeAt(column++);
  for (auto* text :
       {&job.model.name, &job.model.version, &job.model.digest, &job.input.file_name, &job.input.content_type})
    *text = row.Text(column++);
  job.input.size = row.Int(23);
  job.input.width = int(row.Int(24));
  job.input.height = int(row.Int(25));
  job.top_k = int(row.Int(26));
  job.metadata = row.Text(27);
  job.worker = row.Text(28);
  job.run = row.Text(29);
  job.result = row.Text(30);
  if (const auto text = row.View(31); !text.empty()) {
    // Written by ArtifactsToText; a row that a person has changed shows no artifacts.
    const auto value = ParseJson(text);
    if (value && value->is_array())
      job.artifacts = ParseArtifacts(value->get_array()).value_or(std::vector<Artifact>());
  }
  if (!row.IsNull(32)) job.failure = darkroom::Failure{row.Text(32), row.Text(33)};
  job.transforms = row.Text(34);
  job.seed = row.Int(35);
  return job;
}

std::string ArtifactsToText(const std::vector<Artifact>& artifacts) {
  return artifacts.empty() ? std::string() : json::serialize(ToJson(artifacts));
}

}  // namespace darkroom::embedded
