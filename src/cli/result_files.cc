#include "cli/result_files.h"

#include <fmt/format.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <set>

#include "cli/picture_jobs.h"

namespace darkroom::cli {

Status PrepareDirectory(const std::string& directory) {
  std::error_code error;
  std::filesystem::create_directories(directory, error);
  if (error) return Fail(Code::kInvalid, fmt::format("--out: {}: {}", directory, error.message()));
  if (access(directory.c_str(), W_OK | X_OK) != 0) {
    return Fail(Code::kInvalid, fmt::format("--out: {}: {}", directory, strerror(errno)));
  }
  return {};
}

std::vector<std::string> DifferentNames(std::vector<std::string> names) {
  std::set<std::string> taken;
  for (std::string& name : names) {
    const std::string wanted = name;
    for (int number = 1; !taken.insert(name).second; ++number) name = fmt::format("{}.{}", wanted, number);
  }
  return names;
}

Task<Status> WriteResults(ApiClient& api, const std::vector<json::object>& jobs, std::string directory) {
  std::vector<std::string> stems;
  for (const json::object& job : jobs) stems.push_back(std::filesystem::path(FileName(job)).filename().string());
  stems = DifferentNames(std::move(stems));
  for (std::size_t i = 0; i < jobs.size(); ++i) {
    const auto artifacts = GetArray(jobs[i], "artifacts");
    if (!artifacts || *artifacts == nullptr) continue;
    for (const json::value& artifact : **artifacts) {
      if (!artifact.is_object()) continue;
      std::string href = JobText(artifact.get_object(), "href");
      const auto bytes = co_await api.Download(std::move(href));
      if (!bytes) co_return Fail(bytes.error());
      const auto path = std::filesystem::path(directory) / (stems[i] + "." + JobText(artifact.get_object(), "name"));
      std::ofstream file(path, std::ios::binary);
      file << *bytes;
      file.close();
      if (!file) co_return Fail(Code::kUnavailable, fmt::format("{}: cannot be written", path.string()));
    }
  }
  co_return Status();
}

}  // namespace darkroom::cli
