#include "cli/result_difference.h"

#include <fmt/format.h>

#include <cmath>
#include <map>

#include "base/json_writer.h"
#include "cli/picture_jobs.h"

namespace darkroom::cli {
namespace {

constexpr std::size_t kMostLines = 20;

std::string Short(const json::value* value) {
  if (value == nullptr) return "nothing";
  std::string text = WriteJson(*value);
  if (text.size() > 60) text = text.substr(0, 57) + "...";
  return text;
}

// Appends a line for each place in which they differ.
void Compare(const std::string& path, const json::value* before, const json::value* after,
             std::vector<std::string>* lines) {
  if (before != nullptr && after != nullptr) {
    if (before->is_object() && after->is_object()) {
      for (const auto& [key, value] : before->get_object()) {
        Compare(path + (path.empty() ? "" : ".") + std::string(key), &value, after->get_object().if_contains(key),
                lines);
      }
      for (const auto& [key, value] : after->get_object()) {
        if (!before->get_object().contains(key)) Compare(path + "." + std::string(key), nullptr, &value, lines);
      }
      return;
    }
    if (before->is_array() && after->is_array() && before->get_array().size() == after->get_array().size()) {
      for (std::size_t i = 0; i < before->get_array().size(); ++i) {
        Compare(fmt::format("{}[{}]", path, i), &before->get_array()[i], &after->get_array()[i], lines);
      }
      return;
    }
    if (before->is_number() && after->is_number()) {
      const double a = before->to_number<double>(), b = after->to_number<double>();
      if (std::abs(a - b) <= kTolerance * std::max(1.0, std::abs(a))) return;
    } else if (*before == *after) {
      return;
    }
  }
  lines->push_back(fmt::format("{}: {} became {}", path, Short(before), Short(after)));
}

std::map<std::string, const json::object*> ArtifactsOf(const json::object& job) {
  std::map<std::string, const json::object*> artifacts;
  const auto array = GetArray(job, "artifacts");
  if (!array || *array == nullptr) return artifacts;
  for (const json::value& value : **array) {
    if (value.is_object()) artifacts.emplace(JobText(value.get_object(), "name"), &value.get_object());
  }
  artifacts.erase("result.json");  // has the job's id
  return artifacts;
}

}  // namespace

std::vector<std::string> Differences(const json::object& before, const json::object& after) {
  std::vector<std::string> lines;
  Compare("model", before.if_contains("model"), after.if_contains("model"), &lines);
  Compare("result", before.if_contains("result"), after.if_contains("result"), &lines);
  const auto old = ArtifactsOf(before), made = ArtifactsOf(after);
  for (const auto& [name, artifact] : old) {
    const auto again = made.find(name);
    if (again == made.end())
      lines.push_back(fmt::format("{}: was not made", name));
    else if (JobText(*artifact, "etag") != JobText(*again->second, "etag"))
      lines.push_back(fmt::format("{}: its bytes differ", name));
  }
  for (const auto& [name, artifact] : made) {
    if (!old.contains(name)) lines.push_back(fmt::format("{}: was not there before", name));
  }
  if (lines.size() > kMostLines) {
    const std::size_t more = lines.size() - kMostLines;
    lines.resize(kMostLines);
    lines.push_back(fmt::format("and {} more", more));
  }
  return lines;
}

}  // namespace darkroom::cli
