#include "web/label.h"

#include <fmt/format.h>

#include "base/json.h"
#include "web/client_text.h"

namespace darkroom::web {

std::string TopLabel(const Job& job) {
  const auto result = ParseJsonObject(job.result);
  if (!result) return "";
  const auto labels = GetArray(*result, "labels");
  if (!labels || *labels == nullptr || (*labels)->empty() || !(**labels)[0].is_object()) return "";
  return GetString((**labels)[0].get_object(), "label").value_or("").value_or("");
}

std::string LabelLine(const Job& job, std::string_view form_field) {
  const std::string label = TopLabel(job);
  if (form_field != "inputFile") return label;
  return fmt::format("{}:{}", WithoutEnding(job.input.file_name), label);
}

Problem WhyNoLabel(const Job& job) {
  if (!IsTerminal(job.state)) {
    return {"timed_out",
            fmt::format("job {} is still {}; see /v1/jobs/{}", job.id.ToString(), Name(job.state), job.id.ToString())};
  }
  if (job.failure) return {"job_failed", fmt::format("{}: {}", job.failure->code, job.failure->message)};
  return {"job_failed", fmt::format("job {} was {}", job.id.ToString(), Name(job.state))};
}

http::Response ToTextResponse(const Problem& problem) {
  auto response = http::Response::Text(problem.kind->status, CleanText(problem.detail) + "\n");
  for (const auto& [name, value] : problem.headers) response.headers.Set(name, value);
  return response;
}

}  // namespace darkroom::web
