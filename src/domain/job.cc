#include "domain/job.h"

#include <algorithm>

#include "base/result.h"

namespace darkroom {
namespace {

constexpr std::array<std::string_view, kJobStates.size()> kStateNames{"queued", "running",   "succeeded",
                                                                      "failed", "cancelled", "expired"};
constexpr std::array<std::string_view, kPriorities.size()> kPriorityNames{"high", "normal", "low"};

template <class Enum, std::size_t N>
std::optional<Enum> ParseName(const std::array<std::string_view, N>& names, std::string_view name) {
  const auto at = std::find(names.begin(), names.end(), name);
  if (at == names.end()) return std::nullopt;
  return Enum(at - names.begin());
}

}  // namespace

std::string_view Name(JobState state) { return kStateNames[std::size_t(state)]; }
std::optional<JobState> ParseJobState(std::string_view name) { return ParseName<JobState>(kStateNames, name); }
bool IsTerminal(JobState state) { return state >= JobState::kSucceeded; }

std::string_view Name(Priority priority) { return kPriorityNames[std::size_t(priority)]; }
std::optional<Priority> ParsePriority(std::string_view name) { return ParseName<Priority>(kPriorityNames, name); }

bool CanBecome(JobState from, JobState to) {
  if (IsTerminal(from) || to == JobState::kQueued) return false;
  // A second attempt may start while the first is still shown as running.
  return true;
}

std::string InputKey(Id job) { return "input/" + job.ToString(); }
std::string OutputPrefix(Id job) { return "output/" + job.ToString() + "/"; }

std::string OutputKey(Id job, std::string_view run, std::string_view artifact) {
  DR_CHECK(IsArtifactName(artifact));
  return OutputPrefix(job).append(run).append("/").append(artifact);
}

bool IsArtifactName(std::string_view name) {
  if (name.empty() || name.size() > 64 || name.front() == '.') return false;
  return std::all_of(name.begin(), name.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '.' || c == '_' || c == '-';
  });
}

}  // namespace darkroom
