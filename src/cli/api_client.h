// ApiClient: Darkroom's HTTP API (docs/api.md) as the commands use it.
//
// Threads: the loop's alone. Errors: kUnavailable (no service there), else what the service said, its problem's title
// and detail as the message, its code by status: 404 kNotFound, 409 kConflict, 413 kTooLarge, 429 and 503 kBusy, other
// 4xx kInvalid.
#pragma once

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

class ApiClient {
 public:
  ApiClient(IoContext& io, Clock& clock, std::string server);  // "http://127.0.0.1:8080"

  // Tries a few times while the service cannot be reached. `on_sent` is told the bytes that went out, on another
  // thread.
  Task<Result<json::object>> Submit(SubmitRequest request,
                                    std::function<void(std::uint64_t, std::uint64_t)> on_sent = {});

  // Follows a batch until all its jobs are done; `on_job` sees each job as it changes. Takes up again where it broke
  // off.
  Task<Status> Follow(std::string batch, std::function<void(const json::object&)> on_job);

  Task<Result<json::object>> Get(std::string path);
  Task<Result<json::object>> Cancel(std::string job);
  Task<Result<std::string>> Download(std::string path);

 private:
  Task<Result<http::ClientResponse>> Exchange(http::ClientRequest request);

  Clock& clock_;
  const std::string server_;
  http::Client http_;
};

// What every client command shares: --server, and how an error becomes an exit code.
inline constexpr const char* kDefaultServer = "http://127.0.0.1:8080";
int ExitCode(const Error& error);

}  // namespace darkroom::cli
