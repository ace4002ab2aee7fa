#include "cli/api_client.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/crypto.h"
#include "cli/commands.h"
#include "http/event_stream.h"

namespace darkroom::cli {
namespace {

constexpr int kAttempts = 4;
constexpr Duration kFirstPause = 250ms;

// A quoted parameter of Content-Disposition, as browsers write it (HTML, multipart/form-data encoding).
std::string Quoted(std::string_view text) {
  std::string quoted = "\"";
  for (const char c : text) {
    if (c == '"')
      quoted += "%22";
    else if (c == '\r')
      quoted += "%0D";
    else if (c == '\n')
      quoted += "%0A";
    else
      quoted += c;
  }
  return quoted + "\"";
}

// The files themselves are not copied.
std::vector<http::SharedBytes> MultipartBody(const SubmitRequest& request, const std::string& boundary) {
  std::vector<http::SharedBytes> body;
  std::string text;
  for (const auto& [name, value] : request.fields) {
    text += fmt::format("--{}\r\nContent-Disposition: form-data; name={}\r\n\r\n{}\r\n", boundary, Quoted(name), value);
  }
  for (const Upload& file : request.files) {
    text += fmt::format("--{}\r\nContent-Disposition: form-data; name=\"file\"; filename={}\r\n\r\n", boundary,
                        Quoted(file.file_name));
    body.push_back(std::exchange(text, "\r\n"));
    body.push_back(file.bytes);
  }
  body.push_back(text + fmt::format("--{}--\r\n", boundary));
  return body;
}

ApiError ProblemOf(const http::ClientResponse& response) {
  std::string word;
  bool about_picture = false;
  std::string message = fmt::format("the service answered {} {}", response.status, http::ReasonPhrase(response.status));
  const auto problem = ParseJsonObject(response.body);
  if (problem) {
    const auto title = GetString(*problem, "title");
    const auto detail = GetString(*problem, "detail");
    if (detail && *detail)
      message = **detail;
    else if (title && *title)
      message = **title;
    const auto code = GetString(*problem, "code");
    if (code && *code) word = **code;
    about_picture = problem->contains("index");
  }
  Code code = Code::kInvalid;
  if (response.status == 404)
    code = Code::kNotFound;
  else if (response.status == 409)
    code = Code::kConflict;
  else if (response.status == 413)
    code = Code::kTooLarge;
  else if (response.status == 429 || response.status == 503)
    code = Code::kBusy;
  else if (response.status >= 500)
    code = Code::kInternal;
  return {Error(code, std::move(message)), std::move(word), about_picture};
}

std::unexpected<ApiError> FailApi(Error error) { return std::unexpected(ApiError{std::move(error), "", false}); }

}  // namespace

int ExitCode(const Error& error) {
  if (error.code() == Code::kUnavailable || error.code() == Code::kCancelled) return kUnreachable;
  return error.code() == Code::kInternal ? kFailed : kRefused;
}

ApiClient::ApiClient(Clock& clock, std::string server) : clock_(clock), server_(std::move(server)), stop_(clock) {}

void ApiClient::Stop() {
  stopped_ = true;
  stop_.NotifyAll();
  http_.CancelAll();
}

Task<void> ApiClient::Pause(Duration pause) {
  if (!stopped_) co_await stop_.Wait(clock_.Now() + pause);
}

Task<std::expected<http::ClientResponse, ApiError>> ApiClient::Exchange(http::ClientRequest request) {
  if (stopped_) co_return FailApi(Error(Code::kCancelled, "stopped"));
  request.url = server_ + request.url;
  auto response = co_await http_.Send(std::move(request));
  if (!response) {
    co_return FailApi(response.error().During(fmt::format("no service at {} (start one with `darkroom up`)", server_)));
  }
  if (response->status >= 400) co_return std::unexpected(ProblemOf(*response));
  co_return std::move(*response);
}

Task<Result<json::object>> ApiClient::Get(std::string path) {
  http::ClientRequest request;
  request.url = std::move(path);
  const auto response = co_await Exchange(std::move(request));
  if (!response) co_return Fail(response.error());
  co_return ParseJsonObject(response->body);
}

Task<Result<std::string>> ApiClient::Download(std::string path) {
  http::ClientRequest request;
  request.url = std::move(path);
  auto response = co_await Exchange(std::move(request));
  if (!response) co_return Fail(response.error());
  co_return std::move(response->body);
}

Task<Result<json::object>> ApiClient::Delete(std::string path) {
  http::ClientRequest request;
  request.method = "DELETE";
  request.url = std::move(path);
  const auto response = co_await Exchange(std::move(request));
  if (!response) co_return Fail(response.error());
  co_return ParseJsonObject(response->body);
}

Task<std::expected<json::object, ApiError>> ApiClient::Submit(
    SubmitRequest submit, std::function<void(std::uint64_t, std::uint64_t)> on_sent) {
  const std::string boundary = "darkroom-" + RandomHex(16);
  http::ClientRequest request;
  request.method = "POST";
  request.url = "/v1/jobs";
  request.headers.Set("Content-Type", "multipart/form-data; boundary=" + boundary);
  request.headers.Set("Idempotency-Key", submit.idempotency_key);
  request.timeout = 600s;
  request.body = MultipartBody(submit, boundary);
  request.on_sent = std::move(on_sent);
  submit.files.clear();
  Duration pause = kFirstPause;
  for (int attempt = 1;; ++attempt) {
    const auto response = co_await Exchange(request);
    if (response) {
      auto answer = ParseJsonObject(response->body);
      if (!answer) co_return FailApi(answer.error());
      co_return std::move(*answer);
    }
    if (attempt == kAttempts || !Retryable(response.error().code())) co_return std::unexpected(response.error());
    co_await Pause(pause);
    pause *= 2;
  }
}

Task<Status> ApiClient::Follow(std::string batch, std::function<void(const json::object&)> on_job) {
  std::string last_id;
  bool done = false;
  http::EventParser parser([&](http::Event event) {
    if (!event.id.empty()) last_id = event.id;
    if (event.type == "done") done = true;
    if (event.type != "job") return;
    const auto job = ParseJsonObject(event.data);
    if (job) on_job(*job);
  });
  int failures = 0;
  while (!stopped_) {
    http::ClientRequest request;
    request.url = server_ + "/v1/batches/" + batch + "/events";
    request.timeout = 24h;
    if (!last_id.empty()) request.headers.Set("Last-Event-ID", last_id);
    auto take = [&](std::string_view bytes) {
      parser.Feed(bytes);
      failures = 0;
      return !done;
    };
    const auto response = co_await http_.Stream(std::move(request), take);
    if (done) co_return Status();
    if (response && response->status >= 400) co_return Fail(ProblemOf(*response));
    if (++failures == 10) {
      co_return Fail(
          Code::kUnavailable,
          fmt::format("lost the service at {}; its jobs go on: see `darkroom status --batch {}`", server_, batch));
    }
    co_await Pause(kFirstPause * failures);
  }
  co_return Fail(Code::kCancelled, "stopped");
}

}  // namespace darkroom::cli
