#include "model/package.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <fstream>
#include <iterator>

#include "base/crypto.h"
#include "model/labels.h"
#include "model/toml_reader.h"

namespace darkroom::model {
namespace {

namespace fs = std::filesystem;

constexpr std::int64_t kMaxTomlBytes = 64 << 10;
constexpr std::int64_t kMaxLabelBytes = 16 << 20;

Result<std::string> ReadFile(const fs::path& path, std::int64_t limit) {
  std::ifstream in(path, std::ios::binary);
  if (!in) return Fail(Code::kNotFound, fmt::format("{}: cannot be opened", path.string()));
  std::error_code error;
  if (!fs::is_regular_file(path, error)) return Fail(Code::kInvalid, fmt::format("{}: not a file", path.string()));
  const std::uintmax_t size = fs::file_size(path, error);
  if (error || size > static_cast<std::uintmax_t>(limit)) {
    return Fail(Code::kInvalid, fmt::format("{}: expected at most {} bytes, found {}", path.string(), limit, size));
  }
  std::string text(size, '\0');
  in.read(text.data(), static_cast<std::streamsize>(size));
  if (in.gcount() != static_cast<std::streamsize>(size)) {
    return Fail(Code::kUnavailable, fmt::format("{}: cannot be read to its end", path.string()));
  }
  return text;
}

// The labels that a task has, by the place they are named at.
template <class Output>  // TaskSpec or const TaskSpec
auto LabelsOf(Output& output) {
  std::vector<std::pair<std::string, decltype(&std::get_if<DetectionSpec>(&output)->labels)>> labels;
  if (auto* classification = std::get_if<ClassificationSpec>(&output)) {
    for (std::size_t i = 0; i < classification->heads.size(); ++i) {
      auto& head = classification->heads[i];
      labels.emplace_back(head.name.empty() ? "model" : fmt::format("head.{}", i), &head.labels);
    }
  } else if (auto* detection = std::get_if<DetectionSpec>(&output)) {
    labels.emplace_back("model", &detection->labels);
  } else if (auto* segmentation = std::get_if<SegmentationSpec>(&output)) {
    labels.emplace_back("model", &segmentation->labels);
  }
  return labels;
}

Status LoadLabels(const Package& package, const std::string& section, Labels* labels) {
  Result<std::string> text = ReadFile(labels->path, kMaxLabelBytes);
  if (!text) return Fail(Code::kInvalid, text.error().During(package.Where(section, "labels")).message());
  Result<std::vector<std::string>> parsed = ParseLabels(*text);
  if (!parsed) return Fail(Code::kInvalid, fmt::format("{}:{}", labels->path.string(), parsed.error().message()));
  labels->names = std::move(*parsed);
  return {};
}

// More labels than there are cannot be answered.
Status BoundTopK(const Package& package, ClassificationSpec& classification) {
  for (std::size_t i = 0; i < classification.heads.size(); ++i) {
    ClassificationSpec::Head& head = classification.heads[i];
    const int classes = static_cast<int>(head.labels.names.size());
    const std::string section = head.name.empty() ? "output" : fmt::format("head.{}", i);
    if (head.top_k > classes && package.lines.contains(section + ".top_k")) {
      return Fail(Code::kInvalid, fmt::format("{}: expected at most {}, the number of labels, found {}",
                                              package.Where(section, "top_k"), classes, head.top_k));
    }
    head.top_k = std::min(head.top_k, classes);
  }
  return {};
}

// Calls `visit` with each folder in `folder` that is not hidden. What cannot be read is an error of `found`.
template <class Visit>
void ForEachFolder(const fs::path& folder, FoundPackages* found, Visit visit) {
  std::error_code error;
  fs::directory_iterator entries(folder, error);
  if (error) {
    const Code code = error == std::errc::no_such_file_or_directory ? Code::kNotFound : Code::kUnavailable;
    found->errors.emplace_back(code, fmt::format("{}: {}", folder.string(), error.message()));
    return;
  }
  for (; !error && entries != fs::directory_iterator(); entries.increment(error)) {
    std::error_code ignored;
    if (!entries->path().filename().string().starts_with('.') && entries->is_directory(ignored)) visit(entries->path());
  }
  if (error) found->errors.emplace_back(Code::kUnavailable, fmt::format("{}: {}", folder.string(), error.message()));
}

void AddPackageAt(const fs::path& folder, FoundPackages* found) {
  std::error_code ignored;
  if (!fs::exists(folder / "model.toml", ignored)) return;
  Result<Package> package = LoadPackage(folder);
  if (package)
    found->packages.push_back(std::move(*package));
  else
    found->errors.push_back(package.error());
}

}  // namespace

std::string Package::Where(std::string_view section, std::string_view key) const {
  auto line = lines.find(fmt::format("{}.{}", section, key));
  if (line == lines.end() && section.contains('.')) line = lines.find(section);
  const std::string at = line == lines.end() ? "" : fmt::format(":{}", line->second);
  return fmt::format("{}{}: {} {}", toml_path.string(), at, Title(section), key);
}

std::vector<std::string> Package::labels() const {
  std::vector<std::string> all;
  for (const auto& [section, labels] : LabelsOf(output))
    all.insert(all.end(), labels->names.begin(), labels->names.end());
  return all;
}

std::vector<fs::path> Package::files() const {
  std::vector<fs::path> all;
  for (const StageSpec& stage : stages) {
    if (!stage.network.empty()) all.push_back(stage.network);
  }
  for (const auto& [section, labels] : LabelsOf(output)) all.push_back(labels->path);
  return all;
}

Result<Package> LoadPackage(const fs::path& folder) {
  Result<std::string> text = ReadFile(folder / "model.toml", kMaxTomlBytes);
  if (!text) return Fail(text.error());
  Result<Package> package = ParseModelToml(std::move(*text), folder / "model.toml");
  if (!package || package->stages.empty()) return package;

  for (const StageSpec& stage : package->stages) {
    std::error_code error;
    if (stage.network.empty() || fs::is_regular_file(stage.network, error)) continue;
    return Fail(Code::kInvalid,
                fmt::format("{}: expected the network in {}, found no such file",
                            package->Where(stage.section, stage.section == "model" ? "file" : "network"),
                            stage.network.string()));
  }
  for (const auto& [section, labels] : LabelsOf(package->output)) {
    if (Status loaded = LoadLabels(*package, section, labels); !loaded) return Fail(loaded.error());
  }
  if (auto* classification = std::get_if<ClassificationSpec>(&package->output)) {
    if (Status bounded = BoundTopK(*package, *classification); !bounded) return Fail(bounded.error());
  }
  return package;
}

Package NoopPackage() {
  Package package;
  package.name = "noop";
  package.version = "1";
  package.task = Task::kNoop;
  package.description = "Answers an empty result without looking at the picture; measures the service itself.";
  package.toml = "[model]\nname = \"noop\"\nversion = \"1\"\ntask = \"noop\"\n";
  return package;
}

Package TransformPackage() {
  Package package;
  package.name = "none";
  package.version = "1";
  package.task = Task::kTransform;
  package.description = "No model: answers the picture itself, after the transforms that the job asks for.";
  package.toml = "[model]\nname = \"none\"\nversion = \"1\"\ntask = \"transform\"\n";
  return package;
}

FoundPackages FindPackages(const fs::path& folder) {
  FoundPackages found;
  ForEachFolder(folder, &found, [&](const fs::path& inside) {
    AddPackageAt(inside, &found);
    ForEachFolder(inside, &found, [&](const fs::path& version) { AddPackageAt(version, &found); });
  });
  std::ranges::sort(found.packages, [](const Package& a, const Package& b) {
    return a.name != b.name ? a.name < b.name : CompareVersions(a.version, b.version) > 0;
  });
  std::ranges::sort(found.errors, {}, &Error::message);
  return found;
}

Result<Digests> Digest(const Package& package) {
  Digests digests;
  std::string list;
  auto add = [&](const fs::path& path, const std::string& digest) {
    const std::string file = path.lexically_relative(package.toml_path.parent_path()).string();
    list += digest + "  " + file + "\n";
    digests.files.emplace_back(file, "sha256:" + digest);
  };
  add(package.toml_path, Hex(AsView(Sha256(package.toml))));
  std::vector<char> block(std::size_t{256} << 10);
  for (const fs::path& path : package.files()) {
    std::ifstream in(path, std::ios::binary);
    Sha256Stream stream;
    while (in) {
      in.read(block.data(), static_cast<std::streamsize>(block.size()));
      stream.Update(std::string_view(block.data(), static_cast<std::size_t>(in.gcount())));
    }
    if (!in.eof()) return Fail(Code::kUnavailable, fmt::format("{}: cannot be read to its end", path.string()));
    add(path, Hex(AsView(stream.Finish())));
  }
  digests.package = "sha256:" + Hex(AsView(Sha256(list)));
  return digests;
}

int CompareVersions(std::string_view a, std::string_view b) {
  auto is_digit = [](char c) { return std::isdigit(static_cast<unsigned char>(c)) != 0; };
  // Takes what is before the next dot; leading zeros of a number do not count.
  auto take = [&](std::string_view* rest) {
    const std::string_view part = rest->substr(0, rest->find('.'));
    rest->remove_prefix(std::min(part.size() + 1, rest->size()));
    const bool number = !part.empty() && std::ranges::all_of(part, is_digit);
    return std::pair(number, number ? part.substr(std::min(part.find_first_not_of('0'), part.size())) : part);
  };
  while (!a.empty() || !b.empty()) {
    if (a.empty()) return -1;  // "1" is older than "1.1"
    if (b.empty()) return 1;
    const auto [a_number, a_part] = take(&a);
    const auto [b_number, b_part] = take(&b);
    if (a_number != b_number) return a_number ? 1 : -1;  // "1.0" is newer than "1.beta"
    if (a_number && a_part.size() != b_part.size()) return a_part.size() < b_part.size() ? -1 : 1;
    if (const int order = a_part.compare(b_part); order != 0) return order;
  }
  return 0;
}

}  // namespace darkroom::model
