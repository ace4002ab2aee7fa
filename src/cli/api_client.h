// ApiClient: Darkroom's HTTP API (docs/api.md) as the commands use it.
//
// Threads: the loop's alone. Errors: kUnavailable (no service there), kCancelled (after Stop), else what the service
// said, its problem's title and detail as the message, its code by status: 404 kNotFound, 409 kConflict, 413 kTooLarge,
// 429 and 503 kBusy, other 4xx kInvalid.
#pragma once

#include <expected>
#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "base/async.h"
#include "base/json.h"
#include "base/result.h"
#include "http/client.h"

namespace darkroom::cli {

struct Upload {
  std::string file_name;
  http::SharedBytes bytes;
};

struct SubmitRequest {
  std::vector<Upload> files;
  std::vector<std::pair<std::string, std::string>> fields;  // "model", "top_k", …
  std::string idempotency_key;                              // makes a retry after a lost answer safe
};

// An error that may be the service's own answer.
struct ApiError : Error {
  std::string problem;         // its word: "queue_full" (docs/api.md); empty when it gave none
  bool about_picture = false;  // one picture is at fault, not the request
};

class ApiClient {
 public:
  ApiClient(Clock& clock, std::string server);  // "http://127.0.0.1:8080"

  // Tries a few times while the service cannot be reached. `on_sent` is told how many bytes of the body have gone out,
  // of how many, on another thread; a new attempt begins at 0 again. Pictures that cannot be read are failed jobs of
  // the answer; only when none can be read is the submission refused, with an error about the first.
  Task<std::expected<json::object, ApiError>> Submit(SubmitRequest request,
                                                     std::function<void(std::uint64_t, std::uint64_t)> on_sent = {});

  // Follows a batch until all its jobs are done; `on_job` sees each job as it changes. Takes up again where it broke
  // off.
  Task<Status> Follow(std::string batch, std::function<void(const json::object&)> on_job);

  Task<Result<json::object>> Get(std::string path);
  Task<Result<json::object>> Delete(std::string path);
  Task<Result<std::string>> Download(std::string path);

  // Ends all calls, and those made from now on, with kCancelled.
  void Stop();

 private:
  Task<std::expected<http::ClientResponse, ApiError>> Exchange(http::ClientRequest request);
  Task<void> Pause(Duration pause);  // or until Stop

  Clock& clock_;
  const std::string server_;
  bool stopped_ = false;
  Signal stop_;
  http::Client http_;
};

// The exit code of a client command that this ended.
int ExitCode(const Error& error);

}  // namespace darkroom::cli
