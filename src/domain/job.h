// The values that Darkroom is about: a job, a batch, an outcome, and how a job's state may change. No I/O, no clock.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/id.h"
#include "base/time.h"

namespace darkroom {

// queued -> running -> succeeded | failed | cancelled | expired. A terminal state never changes. `running` may go back
// to `queued` in truth (a worker died) but is shown as running until another attempt starts.
enum class JobState : std::uint8_t { kQueued, kRunning, kSucceeded, kFailed, kCancelled, kExpired };
inline constexpr std::array kJobStates{JobState::kQueued, JobState::kRunning,   JobState::kSucceeded,
                                       JobState::kFailed, JobState::kCancelled, JobState::kExpired};
std::string_view Name(JobState state);  // "queued"; static storage
std::optional<JobState> ParseJobState(std::string_view name);
bool IsTerminal(JobState state);

// Work of a higher class is handed out first. Each class is a request queue of its own.
enum class Priority : std::uint8_t { kHigh, kNormal, kLow };
inline constexpr std::array kPriorities{Priority::kHigh, Priority::kNormal, Priority::kLow};
std::string_view Name(Priority priority);  // "high"
std::optional<Priority> ParsePriority(std::string_view name);

// Which weights: what a job asked for (digest empty) or what ran it.
struct ModelRef {
  std::string name;
  std::string version;
  std::string digest;  // sha256 hex over weights and model.toml
  bool operator==(const ModelRef&) const = default;
};

// Why a job failed, in words for its owner. Codes: "bad_image", "model_error", "killed_worker", "gave_up",
// "internal", …
struct Failure {
  std::string code;
  std::string message;
  bool operator==(const Failure&) const = default;
};

// A file that a job produced, in the output bucket at OutputKey(job, run, name).
struct Artifact {
  std::string name;  // "result.json"; [a-z0-9._-]
  std::string content_type;
  std::int64_t size = 0;  // bytes
  std::string etag;
  bool operator==(const Artifact&) const = default;
};

// When each step of a job's way was done; nullopt: not (yet). All UTC, measured by the process that did the step.
struct Timeline {
  std::optional<Time> received;  // the upload was complete
  std::optional<Time> queued;    // its message was in the queue
  std::optional<Time> started;   // a worker took it up (the attempt that settled it)
  std::optional<Time> fetched;   // its picture was at the worker
  std::optional<Time> decoded;   // … and pixels, preprocessed
  std::optional<Time> inferred;
  std::optional<Time> stored;   // its artifacts were stored
  std::optional<Time> settled;  // its terminal state was
  bool operator==(const Timeline&) const = default;
};

// The picture a job was given, in the input bucket at InputKey(job). `file_name` is the client's word: shown, never
// used as a path.
struct InputInfo {
  std::string file_name;
  std::string content_type;  // "image/jpeg", from the bytes, not from the client
  std::int64_t size = 0;     // bytes
  int width = 0;             // pixels, as stored (before orientation); 0 when the header could not be read
  int height = 0;
};

struct Job {
  Id id;
  Id batch;
  int index = 0;  // position in its batch, from 0
  JobState state = JobState::kQueued;
  Priority priority = Priority::kNormal;
  ModelRef model;
  InputInfo input;
  int top_k = 0;                 // 0: the model's default
  std::optional<Time> deadline;  // not done by then: expired
  std::string metadata;          // the client's JSON object as text, or empty
  std::string transforms;        // of the picture before its model sees it: a JSON array as text (docs/transforms.md)
  std::int64_t seed = 0;         // what they leave to chance is drawn from it
  int attempt = 0;               // of the start last heard of; 1 is the first
  std::string worker;
  std::string run;     // names the attempt whose artifacts count; set with the outcome
  std::string result;  // JSON object as text: what result.json has, without provenance; empty until succeeded, and when
                       // it is so large that it is an artifact instead
  std::vector<Artifact> artifacts;
  std::optional<Failure> failure;
  Timeline timeline;
  // Place of this job's last change in the store's order of changes: grows with every change of any job.
  std::int64_t change = 0;
};

struct Batch {
  Id id;
  Time created;
  int size = 0;         // jobs
  std::string email;    // whom to tell when all are done; empty: nobody
  std::string webhook;  // likewise
  std::string metadata;
  std::array<std::int64_t, kJobStates.size()> counts{};  // jobs by state, indexed by JobState

  std::int64_t count(JobState state) const { return counts[std::size_t(state)]; }
  bool done() const { return count(JobState::kQueued) + count(JobState::kRunning) == 0; }
};

// What became of an attempt, as the worker says it and the ledger settles it.
struct Outcome {
  Id job;
  JobState state = JobState::kFailed;  // succeeded, failed or expired
  std::string run;                     // hex, drawn anew for each attempt: artifacts of two attempts never mix
  int attempt = 0;
  std::string worker;
  ModelRef model;
  std::string result;
  std::vector<Artifact> artifacts;
  std::optional<Failure> failure;
  Timeline timeline;  // started … stored
};

// A worker took a job up.
struct JobStart {
  Id job;
  int attempt = 0;
  std::string worker;
  Time at;
};

// Whether the first of two may become the second. Settling a settled job is not a change.
bool CanBecome(JobState from, JobState to);

// Object keys. Ids and run are ours, `artifact` must be IsArtifactName: nothing a client wrote is in a key.
std::string InputKey(Id job);                                                    // "input/<job>"
std::string OutputPrefix(Id job);                                                // "output/<job>/"
std::string OutputKey(Id job, std::string_view run, std::string_view artifact);  // "output/<job>/<run>/<name>"
bool IsArtifactName(std::string_view name);  // 1 to 64 of [a-z0-9._-], not starting with a dot

}  // namespace darkroom
