// What `submit`, `run` and `up --demo` share: pictures from the command line to the service, and their jobs back to the
// terminal.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "cli/api_client.h"
#include "cli/picture_files.h"
#include "cli/progress_line.h"

namespace darkroom::cli {

using Fields = std::vector<std::pair<std::string, std::string>>;

struct Submitted {
  std::vector<std::string> batches;
  // In the order of the files, as the service last told them. A picture that the service refused by itself stands there
  // as a failed job without an id.
  std::vector<json::object> jobs;
  // Why the other files were not handed in; what had been accepted before stays accepted.
  std::optional<ApiError> error;
};

// Hands the files in, in several submissions when they are many or large.
Task<Submitted> SubmitPictures(ApiClient& api, std::vector<std::string> files, Fields fields, ProgressLine& progress);

// Hands one picture in that is in memory.
Task<Submitted> SubmitUpload(ApiClient& api, Upload picture, Fields fields);

// Waits until all jobs have ended and brings `submitted.jobs` up to date. `on_end` sees each job once, when it has.
Task<Status> AwaitJobs(ApiClient& api, Submitted& submitted, ProgressLine& progress,
                       std::function<void(const json::object&)> on_end);

std::string JobText(const json::object& job, std::string_view key);  // a string member, else empty
bool Succeeded(const json::object& job);
bool Ended(const json::object& job);
std::string FileName(const json::object& job);  // of its picture

// "chair 98.1 %, stool 1.2 %", "2 objects, cat 0.947"; or the error of a job that has none.
std::string Answer(const json::object& job);
// File, state, answer, time from upload to result; one line a job, columns aligned.
std::string JobTable(const std::vector<json::object>& jobs);

}  // namespace darkroom::cli
