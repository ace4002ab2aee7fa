// What travels in the queues, as JSON text (docs/formats/messages.md). A reader accepts unknown members, so that tiers
// of two versions can run side by side, and refuses what it cannot act on.
#pragma once

#include <string>
#include <string_view>
#include <variant>

#include "base/json.h"
#include "base/result.h"
#include "domain/job.h"

namespace darkroom {

// Request queue: everything that a worker must know of a job. The picture itself is at InputKey(job), and for workers
// on the store's machine in `picture_file` (ObjectInfo::file), when it has one.
struct JobRequest {
  Id job;
  ModelRef model;
  int top_k = 0;
  std::optional<Time> deadline;
  std::string file_name = {};
  std::string picture_file = {};
  std::int64_t picture_size = 0;  // bytes; told with the file
  std::string transforms = {};    // Job::transforms
  std::int64_t seed = 0;
  // A job that a worker died of, perhaps, is sent again as a new message (worker/aftermath.h), which tells what was.
  int attempts = 0;  // before this message was sent, those of its own being the queue's to count
  int crashes = 0;   // of them, those in which the worker crashed while it ran the job
  int kills = 0;     // and those in which somebody killed the worker meanwhile

  bool suspect() const { return crashes + kills > 0; }
};
std::string ToMessage(const JobRequest& request);
Result<JobRequest> ParseJobRequest(std::string_view message);

// Results queue: a worker's news.
using WorkerReport = std::variant<JobStart, Outcome>;
std::string ToMessage(const JobStart& start);
std::string ToMessage(const Outcome& outcome);
Result<WorkerReport> ParseWorkerReport(std::string_view message);

// A worker's own queue: the job has ended, by a cancel above all; to run it on is waste.
struct StopNotice {
  Id job;
};
std::string ToMessage(const StopNotice& notice);
Result<StopNotice> ParseStopNotice(std::string_view message);

// Pieces that the HTTP API and the store share with the messages.
json::object ToJson(const Timeline& timeline);  // {"received": "2026-…Z", …}: only what is set
Result<Timeline> ParseTimeline(const json::object& object);
json::array ToJson(const std::vector<Artifact>& artifacts);
Result<std::vector<Artifact>> ParseArtifacts(const json::array& array);

// The artifact that every job that succeeded has (docs/formats/result.md): `result`, a JSON object as text, and by what
// it was made. A result of moderate size stands in the job's record, and this file is made of it when it is asked for;
// only a large one is stored as an object, and then the record has none.
inline constexpr std::string_view kResultFile = "result.json";
std::string ResultFile(std::string_view result, Id job, const ModelRef& model);

}  // namespace darkroom
