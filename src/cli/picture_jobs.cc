#include "cli/picture_jobs.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cctype>
#include <filesystem>
#include <fstream>
#include <unordered_map>

#include "base/crypto.h"
#include "base/time.h"

namespace darkroom::cli {
namespace {

constexpr std::size_t kFilesOfOneSubmission = 200;
constexpr std::size_t kBytesOfOneSubmission = 64'000'000;

bool LooksLikePicture(const std::filesystem::path& path) {
  std::string ending = path.extension().string();
  std::ranges::transform(ending, ending.begin(), [](unsigned char c) { return char(std::tolower(c)); });
  return ending == ".jpg" || ending == ".jpeg" || ending == ".png" || ending == ".webp";
}

Result<std::string> ReadFile(const std::string& path) {
  constexpr std::size_t kPiece = 1 << 20;
  std::ifstream file(path, std::ios::binary);
  std::string bytes;
  while (file) {  // a pipe does not tell its size
    const std::size_t done = bytes.size();
    bytes.resize(done + kPiece);
    file.read(bytes.data() + done, kPiece);
    bytes.resize(done + std::size_t(file.gcount()));
  }
  if (!file.eof()) return Fail(Code::kInvalid, fmt::format("{}: cannot be read", path));
  return bytes;
}

// Width on a terminal, taking each code point as one column.
std::size_t Columns(std::string_view text) {
  return std::size_t(
      std::ranges::count_if(text, [](char c) { return (static_cast<unsigned char>(c) & 0xC0) != 0x80; }));
}

// What a stranger's file name may not do to a terminal: move its cursor.
std::string Printable(std::string text) {
  std::ranges::replace_if(text, [](unsigned char c) { return c < 0x20 || c == 0x7F; }, '?');
  return text;
}

std::string FileName(const json::object& job) {
  const json::value* input = job.if_contains("input");
  return input != nullptr && input->is_object() ? JobText(input->get_object(), "file_name") : "";
}

std::string Took(const json::object& job) {
  const json::value* timeline = job.if_contains("timeline");
  if (timeline == nullptr || !timeline->is_object()) return "";
  const auto received = ParseTime(JobText(timeline->get_object(), "received"));
  const auto settled = ParseTime(JobText(timeline->get_object(), "settled"));
  if (!received || !settled) return "";
  return fmt::format("{:.0f} ms", Seconds(*settled - *received) * 1000);
}

}  // namespace

Result<std::vector<std::string>> ListPictures(const std::vector<std::string>& paths) {
  std::vector<std::string> files;
  for (const std::string& path : paths) {
    std::error_code error;
    if (!std::filesystem::exists(path, error))
      return Fail(Code::kNotFound, fmt::format("{}: there is no such file", path));
    if (!std::filesystem::is_directory(path, error)) {
      files.push_back(path);
      continue;
    }
    std::vector<std::string> inside;
    for (const auto& entry : std::filesystem::directory_iterator(path, error)) {
      if (entry.is_regular_file(error) && LooksLikePicture(entry.path())) inside.push_back(entry.path().string());
    }
    std::ranges::sort(inside);
    files.insert(files.end(), inside.begin(), inside.end());
  }
  if (files.empty()) return Fail(Code::kInvalid, "no pictures there (.jpg, .jpeg, .png, .webp)");
  return files;
}

ProgressLine::ProgressLine() : terminal_(isatty(STDERR_FILENO) == 1) {}

void ProgressLine::Show(std::string_view what, std::size_t done, std::size_t total) {
  if (!terminal_ || total == 0) return;
  constexpr std::size_t kWidth = 30;
  const std::size_t filled = std::min(kWidth, kWidth * done / total);
  std::string bar;
  for (std::size_t i = 0; i < kWidth; ++i) bar += i < filled ? "█" : "░";
  fmt::print(stderr, "\r{} {} {}/{}\x1b[K", what, bar, done, total);
  std::fflush(stderr);
}

void ProgressLine::Clear() {
  if (!terminal_) return;
  fmt::print(stderr, "\r\x1b[K");
  std::fflush(stderr);
}

Task<Result<Submitted>> SubmitPictures(ApiClient& api, std::vector<std::string> files, Fields fields,
                                       ProgressLine& progress) {
  Submitted submitted;
  for (std::size_t next = 0; next < files.size();) {
    SubmitRequest request;
    request.fields = fields;
    request.idempotency_key = RandomHex(16);
    for (std::size_t bytes = 0;
         next < files.size() && request.files.size() < kFilesOfOneSubmission && bytes < kBytesOfOneSubmission; ++next) {
      auto content = ReadFile(files[next]);
      if (!content) co_return Fail(content.error());
      bytes += content->size();
      request.files.push_back({std::filesystem::path(files[next]).filename().string(), std::move(*content)});
    }
    progress.Show("uploading", submitted.jobs.size(), files.size());
    const auto answer = co_await api.Submit(std::move(request));
    if (!answer) co_return Fail(answer.error());
    const auto batch = GetObject(*answer, "batch");
    const auto jobs = GetArray(*answer, "jobs");
    if (!batch || *batch == nullptr || !jobs || *jobs == nullptr) {
      co_return Fail(Code::kInternal, "the service's answer is not that of a Darkroom of this version");
    }
    submitted.batches.push_back(JobText(**batch, "id"));
    for (const json::value& job : **jobs) {
      if (job.is_object()) submitted.jobs.push_back(job.get_object());
    }
  }
  progress.Clear();
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
  auto take = [&](const json::object& job) {
    const auto found = open.find(JobText(job, "id"));
    if (found == open.end()) return;
    submitted.jobs[found->second] = job;
    if (!Ended(job)) return;
    open.erase(found);
    progress.Clear();
    on_end(job);
    progress.Show("developing", submitted.jobs.size() - open.size(), submitted.jobs.size());
  };
  progress.Show("developing", submitted.jobs.size() - open.size(), submitted.jobs.size());
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

bool Succeeded(const json::object& job) { return JobText(job, "state") == "succeeded"; }

bool Ended(const json::object& job) {
  const std::string state = JobText(job, "state");
  return !state.empty() && state != "queued" && state != "running";
}

std::string Answer(const json::object& job) {
  if (const json::value* error = job.if_contains("error"); error != nullptr && error->is_object()) {
    return JobText(error->get_object(), "message");
  }
  const json::value* result = job.if_contains("result");
  const json::value* labels =
      result != nullptr && result->is_object() ? result->get_object().if_contains("labels") : nullptr;
  if (labels == nullptr || !labels->is_array()) return "";
  std::string text;
  for (const json::value& value : labels->get_array()) {
    const auto* label = value.if_object();
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
    rows.push_back({Printable(FileName(job)), JobText(job, "state"), Printable(Answer(job)), Took(job)});
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
