#include "web/problem.h"

#include <spdlog/spdlog.h>

#include <algorithm>

#include "web/client_text.h"

namespace darkroom::web {
namespace {

constexpr ProblemKind kKinds[] = {
    {"invalid_request", 400, "The request is not right", "The detail names the field and what was expected."},
    {"forbidden_origin", 403, "Pages of another site may not do this",
     "A browser sent this request for a page of another site. Allow that site with allow_origins."},
    {"denied", 403, "Not allowed", "The service lacks a permission or a credential."},
    {"not_found", 404, "There is no such thing", "The path, the job, the batch or the file does not exist (any more)."},
    {"method_not_allowed", 405, "This method does not work here", "The Allow header lists the methods that do."},
    {"request_timeout", 408, "The request came too slowly",
     "Its header or its body stopped on the way, or trickled in. Send it again; an Idempotency-Key makes that safe."},
    {"conflict", 409, "The request contradicts what is there", "Read the thing again before another try."},
    {"already_settled", 409, "The job has ended already", "A job that has ended stays as it is; `state` says how."},
    {"idempotency_key_reused", 409, "This Idempotency-Key belongs to another request",
     "A key stands for one request with all its fields and files. Take a new key for a new request."},
    {"model_quarantined", 409, "The model crashes its workers and is not run any more",
     "Waiting does not help: it is taken up again when its package changes or the service is started anew. Choose "
     "another model or version."},
    {"too_large", 413, "Too large", "`limit` is the bound, in bytes unless the detail says otherwise."},
    {"too_many_files", 413, "Too many files in one request", "Split the files over several requests."},
    {"unsupported_body", 415, "This kind of body is not understood",
     "Send multipart/form-data with files, one image as the body, or application/json with base64 data."},
    {"not_an_image", 415, "Not an image", "JPEG, PNG and WebP are read; the file's bytes decide, not its name."},
    {"range_not_satisfiable", 416, "The range has no byte of the file", "Content-Range says how large the file is."},
    {"misdirected", 421, "This service does not go by that name",
     "The Host header names another machine. Use localhost, or add the name to allow_hosts."},
    {"image_truncated", 422, "The image breaks off", "The file ends before the picture does; send it again whole."},
    {"too_many_pixels", 422, "The image has too many pixels",
     "`limit` is the bound in pixels; scale the picture down."},
    {"unknown_model", 422, "There is no such model", "`models` lists those there are; see also GET /v1/models."},
    {"job_failed", 422, "The job failed", "The detail says why."},
    {"queue_full", 429, "Too many jobs are waiting", "Try again after the seconds that Retry-After says."},
    {"header_too_large", 431, "The request's header is too large", "Request line and fields may have 16 KiB together."},
    {"internal", 500, "The service failed", "This should not happen; the service's log says more."},
    {"not_implemented", 501, "This is not done here", "The detail names what of HTTP this service does without."},
    {"unavailable", 503, "Not available right now", "Try again; an Idempotency-Key makes a retry safe."},
    {"busy", 503, "Too much is being uploaded at the moment",
     "Try again after the seconds that Retry-After says; an Idempotency-Key makes a retry safe."},
    {"not_sent", 503, "Stored, but not yet handed to the workers",
     "The jobs exist and will run; do not send them again without an Idempotency-Key."},
    {"timed_out", 504, "The result did not come in time", "The job goes on; ask for it under its link."},
    {"http_version", 505, "This version of HTTP is not spoken here", "Use HTTP/1.1."},
};

constexpr std::size_t kMaxInstance = 200;  // bytes of a path that are repeated to its sender

// What each code of an Error means to an HTTP client.
std::string_view CodeOf(Code code) {
  switch (code) {
    case Code::kInvalid:
      return "invalid_request";
    case Code::kNotFound:
      return "not_found";
    case Code::kConflict:
      return "conflict";
    case Code::kTooLarge:
      return "too_large";
    case Code::kDenied:
      return "denied";
    case Code::kBusy:
      return "queue_full";
    case Code::kUnavailable:
    case Code::kCancelled:
      return "unavailable";
    case Code::kInternal:
      return "internal";
  }
  return "internal";
}

}  // namespace

std::span<const ProblemKind> ProblemKinds() { return kKinds; }

const ProblemKind* FindProblemKind(std::string_view code) {
  const auto* found = std::ranges::find(kKinds, code, &ProblemKind::code);
  return found == std::end(kKinds) ? nullptr : found;
}

Problem::Problem(std::string_view code, std::string words, json::object more)
    : kind(FindProblemKind(code)), detail(std::move(words)), members(std::move(more)) {
  DR_CHECK(kind != nullptr);
}

Problem::Problem(const Error& error) : Problem(CodeOf(error.code()), error.message()) {
  if (error.code() == Code::kInternal) {
    // The cause may name files of this machine: for the log, not for strangers.
    spdlog::error("request failed: {}", error.message());
    detail = "An internal error; the service's log says more.";
  }
  if (Retryable(error.code())) headers.Set("Retry-After", "1");
}

Problem NoSuch(std::string_view thing) {
  return {"not_found",
          "there is no " + std::string(thing) + " of this id; it may have been removed after its retention"};
}

http::Response ToResponse(const Problem& problem, std::string_view instance) {
  json::object body{{"type", "/problems/" + std::string(problem.kind->code)},
                    {"title", problem.kind->title},
                    {"status", problem.kind->status},
                    {"detail", CleanText(problem.detail)},
                    {"code", problem.kind->code}};
  if (!instance.empty()) body["instance"] = CleanText(instance, kMaxInstance);
  for (const auto& [key, value] : problem.members) body.insert_or_assign(key, value);
  auto response = http::Response::Json(problem.kind->status, json::serialize(body) + "\n", "application/problem+json");
  for (const auto& [name, value] : problem.headers) response.headers.Set(name, value);
  response.headers.Set("X-Content-Type-Options", "nosniff");
  return response;
}

http::Response Refusal(int status, std::string_view reason) {
  const auto* kind = std::ranges::find(kKinds, status, &ProblemKind::status);
  if (kind == std::end(kKinds)) kind = FindProblemKind("internal");
  return ToResponse(Problem(kind->code, std::string(reason)), "");
}

}  // namespace darkroom::web
