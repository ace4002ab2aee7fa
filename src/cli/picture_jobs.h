// What `submit`, `run` and `up --demo` share: pictures from the command line to the service, and their jobs back to the
// terminal.
#pragma once

#include <functional>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "cli/api_client.h"

namespace darkroom::cli {

// Files as they were named; of a directory its JPEG, PNG and WebP files, sorted. kNotFound naming the first that is not
// there; kInvalid when nothing is left.
Result<std::vector<std::string>> ListPictures(const std::vector<std::string>& paths);

// A line on standard error that is drawn anew, on a terminal; silent elsewhere.
class ProgressLine {
 public:
  ProgressLine();
  void Show(std::string_view what, std::size_t done, std::size_t total);  // any thread
  void Clear();

 private:
  const bool terminal_;
};

using Fields = std::vector<std::pair<std::string, std::string>>;

struct Submitted {
  std::vector<std::string> batches;
  std::vector<json::object> jobs;  // in the order of the files, as the service last told them
};

// Hands the files in, in several submissions when they are many or large. On an error what was accepted before it stays
// accepted.
Task<Result<Submitted>> SubmitPictures(ApiClient& api, std::vector<std::string> files, Fields fields,
                                       ProgressLine& progress);

// Waits until all jobs have ended and brings `submitted.jobs` up to date. `on_end` sees each job once, when it has.
Task<Status> AwaitJobs(ApiClient& api, Submitted& submitted, ProgressLine& progress,
                       std::function<void(const json::object&)> on_end);

std::string JobText(const json::object& job, std::string_view key);  // a string member, else empty
bool Succeeded(const json::object& job);
bool Ended(const json::object& job);

// "chair 98.1 %, stool 1.2 %", or the error of a job that has none.
std::string Answer(const json::object& job);
// File, state, answer, time from upload to result; one line a job, columns aligned.
std::string JobTable(const std::vector<json::object>& jobs);

}  // namespace darkroom::cli
