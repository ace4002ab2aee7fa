#include "cli/picture_jobs.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <filesystem>
#include <limits>
#include <span>
#include <unordered_map>

#include "base/crypto.h"
#include "base/time.h"
#include "web/client_text.h"

namespace darkroom::cli {
namespace {

constexpr std::size_t kFilesOfOneSubmission = 200;
constexpr std::size_t kBytesOfOneSubmission = 64'000'000;

// Width on a terminal, taking each code point as one column.
std::size_t Columns(std::string_view text) {
  return std::size_t(
      std::ranges::count_if(text, [](char c) { return (static_cast<unsigned char>(c) & 0xC0) != 0x80; }));
}

std::string Took(const json::object& job) {
  const json::value* timeline = job.if_contains("timeline");
  if (timeline == nullptr || !timeline->is_object()) return "";
  const auto received = ParseTime(JobText(timeline->get_object(), "received"));
  const auto settled = ParseTime(JobText(timeline->get_object(), "settled"));
  if (!received || !settled) return "";
  return fmt::format("{:.0f} ms", Seconds(*settled - *received) * 1000);
}

// What is handed in with one request.
struct Part {
  std::vector<Upload> files;
  std::uint64_t bytes = 0;
};

// Reads files from the first on, as many as fit into one request of at most `most`.
Result<Part> ReadPart(std::span<const std::string> files, std::size_t most) {
  Part part;
  for (const std::string& path : files) {
    if (part.files.size() == most || part.bytes >= kBytesOfOneSubmission) break;
    auto content = ReadPicture(path);
    if (!content) return Fail(content.error());
    part.bytes += content->size();
    part.files.push_back({std::filesystem::path(path).filename().string(), std::move(*content)});
  }
  return part;
}

// How many files a request may have. A service that does not say so will say what is wrong when it gets them.
Task<std::size_t> AskMostFiles(ApiClient& api) {
  std::string path = "/v1/status";
  const auto status = co_await api.Get(std::move(path));
  if (!status) co_return kFilesOfOneSubmission;
  const auto limits = GetObject(*status, "limits");
  if (!limits || *limits == nullptr) co_return kFilesOfOneSubmission;
  const auto files = GetInt(**limits, "files", 1, std::numeric_limits<std::int64_t>::max());
  if (!files || !*files) co_return kFilesOfOneSubmission;
  co_return std::min(std::size_t(**files), kFilesOfOneSubmission);
}

Status Add(const json::object& answer, Submitted& submitted) {
  const auto batch = GetObject(answer, "batch");
  const auto jobs = GetArray(answer, "jobs");
  if (!batch || *batch == nullptr || !jobs || *jobs == nullptr) {
    return Fail(Code::kInternal, "the service's answer is not that of a Darkroom of this version");
  }
  submitted.batches.push_back(JobText(**batch, "id"));
  for (const json::value& job : **jobs) {
    if (job.is_object()) submitted.jobs.push_back(job.get_object());
  }
  return {};
}

json::object RefusedJob(const Upload& file, const ApiError& error) {
  return {{"state", "failed"},
          {"input", {{"file_name", web::CleanFileName(file.file_name)}, {"size", file.bytes.size()}}},
          {"error", {{"code", error.problem}, {"message", error.message()}}}};
}

using OnSent = std::function<void(std::uint64_t, std::uint64_t)>;

// One request. The service refuses it as a whole when it can read none of its pictures: then each is handed in alone,
// to hear why of each.
Task<std::optional<ApiError>> HandIn(ApiClient& api, std::vector<Upload> files, const Fields& fields, OnSent on_sent,
                                     Submitted& submitted) {
  SubmitRequest request{files, fields, RandomHex(16)};
  const auto answer = co_await api.Submit(std::move(request), std::move(on_sent));
  if (answer) {
    const Status added = Add(*answer, submitted);
    if (!added) co_return ApiError{added.error(), "", false};
    co_return std::nullopt;
  }
  if (!answer.error().about_picture) co_return answer.error();
  if (files.size() == 1) {
    submitted.jobs.push_back(RefusedJob(files[0], answer.error()));
    co_return std::nullopt;
  }
  for (Upload& file : files) {
    std::vector<Upload> alone{std::move(file)};
    OnSent unseen;
    auto error = co_await HandIn(api, std::move(alone), fields, std::move(unseen), submitted);
    if (error) co_return error;
  }
  co_return std::nullopt;
}

}  // namespace

Task<Submitted> SubmitPictures(ApiClient& api, std::vector<std::string> files, Fields fields, ProgressLine& progress) {
  std::uint64_t total = 0;  // bytes, as far as they are known; a pipe's are not
  for (const std::string& file : files) {
    std::error_code error;
    const std::uint64_t size = std::filesystem::file_size(file, error);
    if (!error) total += size;
  }
  Submitted submitted;
  const std::size_t most = co_await AskMostFiles(api);
  WorkThread disk("pictures");
  std::uint64_t before = 0;  // bytes of the requests that are done
  for (std::size_t next = 0; next < files.size() && !submitted.error;) {
    auto read = [rest = std::span<const std::string>(files).subspan(next), most] { return ReadPart(rest, most); };
    auto part = co_await RunOn(disk, std::move(read));
    if (!part) {
      submitted.error = ApiError{part.error(), "", false};
      break;
    }
    next += part->files.size();
    OnSent on_sent = [&progress, before, total, bytes = part->bytes](std::uint64_t sent, std::uint64_t) {
      const std::uint64_t done = before + std::min(sent, bytes);
      const std::uint64_t all = std::max(total, before + bytes);
      progress.Show("uploading", all == 0 ? 1 : double(done) / double(all),
                    fmt::format("{:.1f} of {:.1f} MB", double(done) / 1e6, double(all) / 1e6));
    };
    on_sent(0, 0);
    auto error = co_await HandIn(api, std::move(part->files), fields, std::move(on_sent), submitted);
    submitted.error = std::move(error);
    before += part->bytes;
  }
  progress.Clear();
  co_return submitted;
}

Task<Submitted> SubmitUpload(ApiClient& api, Upload picture, Fields fields) {
  Submitted submitted;
  std::vector<Upload> alone;
  alone.push_back(std::move(picture));
  OnSent unseen;
  auto error = co_await HandIn(api, std::move(alone), fields, std::move(unseen), submitted);
  submitted.error = std::move(error);
  co_return submitted;
}

Task<Status> AwaitJobs(ApiClient& api, Submitted& submitted, ProgressLine& progress,
                       std::function<void(const json::object&)> on_end) {
  std::unordered_map<std::string, std::size_t> open;
  for (std::size_t i = 0; i < submitted.jobs.size(); ++i) {
    if (Ended(submitted.jobs[i]))
      on_end(submitted.jobs[i]);
    else
      open.emplace(JobText(submitted.jobs[i], "id"), i);
  }
  const auto show = [&] {
    const std::size_t all = submitted.jobs.size(), done = all - open.size();
    progress.Show("developing", double(done) / double(all), fmt::format("{} of {}", done, all));
  };
  auto take = [&](const json::object& job) {
    const auto found = open.find(JobText(job, "id"));
    if (found == open.end()) return;
    submitted.jobs[found->second] = job;
    if (!Ended(job)) return;
    open.erase(found);
    progress.Clear();
    on_end(job);
    show();
  };
  show();
  for (const std::string& batch : submitted.batches) {
    const auto followed = co_await api.Follow(batch, take);
    if (!followed) {
      progress.Clear();
      co_return Fail(followed.error());
    }
  }
  progress.Clear();
  co_return Status();
}

std::string JobText(const json::object& job, std::string_view key) {
  const json::value* value = job.if_contains(key);
  return value != nullptr && value->is_string() ? std::string(value->get_string()) : "";
}

std::string FileName(const json::object& job) {
  const json::value* input = job.if_contains("input");
  return input != nullptr && input->is_object() ? JobText(input->get_object(), "file_name") : "";
}

bool Succeeded(const json::object& job) { return JobText(job, "state") == "succeeded"; }

bool Ended(const json::object& job) {
  const std::string state = JobText(job, "state");
  return !state.empty() && state != "queued" && state != "running";
}

std::string Answer(const json::object& job) {
  if (const json::value* error = job.if_contains("error"); error != nullptr && error->is_object()) {
    return JobText(error->get_object(), "message");
  }
  const json::value* value = job.if_contains("result");
  const json::object* result = value != nullptr ? value->if_object() : nullptr;
  if (result == nullptr) return "";
  const json::value* labels = result->if_contains("labels");
  if (labels == nullptr || !labels->is_array()) return JobText(*result, "summary");
  std::string text;
  for (const json::value& each : labels->get_array()) {
    const auto* label = each.if_object();
    const json::value* score = label != nullptr ? label->if_contains("score") : nullptr;
    if (score == nullptr || !score->is_number()) continue;
    const double share = score->to_number<double>();
    if (!text.empty() && share < 0.01) break;
    text += fmt::format("{}{} {:.1f} %", text.empty() ? "" : ", ", JobText(*label, "label"), share * 100);
  }
  return text;
}

std::string JobTable(const std::vector<json::object>& jobs) {
  std::vector<std::array<std::string, 4>> rows{{"picture", "state", "answer", "took"}};
  for (const json::object& job : jobs) {
    rows.push_back({web::CleanText(FileName(job)), JobText(job, "state"), web::CleanText(Answer(job)), Took(job)});
  }
  std::array<std::size_t, 4> widths{};
  for (const auto& row : rows) {
    for (std::size_t c = 0; c < row.size(); ++c) widths[c] = std::max(widths[c], Columns(row[c]));
  }
  std::string table;
  for (const auto& row : rows) {
    for (std::size_t c = 0; c < row.size(); ++c) {
      table += row[c];
      if (c + 1 < row.size()) table.append(widths[c] - Columns(row[c]) + 2, ' ');
    }
    while (table.ends_with(' ')) table.pop_back();
    table += '\n';
  }
  return table;
}

}  // namespace darkroom::cli
