#include "cli/package_add.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <fstream>
#include <iterator>

#include "cli/draft_task.h"
#include "cli/network_facts.h"
#include "cli/staged_package.h"
#include "model/labels.h"
#include "model/model.h"

namespace darkroom::cli {
namespace {

namespace fs = std::filesystem;

constexpr std::uintmax_t kLargestLabels = 16 << 20;
constexpr int kMostFiles = 10'000;  // of a folder; what has more is no package

// The packages of that name that are there, newest first.
std::vector<model::Package> Versions(const fs::path& models, const std::string& name) {
  std::error_code error;
  if (!fs::is_directory(models, error)) return {};
  auto found = model::FindPackages(models).packages;
  std::erase_if(found, [&](const model::Package& package) { return package.name != name; });
  return found;
}

std::string NextAmong(const std::vector<model::Package>& packages) {
  std::vector<std::string> versions;
  for (const model::Package& package : packages) versions.push_back(package.version);
  return NextVersion(versions);
}

struct NamedLabels {
  std::string text;
  int count = 0;
};
Result<NamedLabels> ReadLabels(const fs::path& path) {
  if (path.empty()) return NamedLabels();
  std::error_code error;
  const std::uintmax_t size = fs::file_size(path, error);
  if (error || size > kLargestLabels) {
    return Fail(Code::kInvalid,
                fmt::format("--labels: {}: {}", path.string(), error ? error.message() : "is too large"));
  }
  NamedLabels labels{.text = std::string(size, '\0'), .count = 0};
  std::ifstream in(path, std::ios::binary);
  in.read(labels.text.data(), static_cast<std::streamsize>(size));
  const auto parsed = model::ParseLabels(labels.text);
  if (!parsed) return Fail(Code::kInvalid, fmt::format("--labels: {}:{}", path.string(), parsed.error().message()));
  labels.count = static_cast<int>(parsed->size());
  return labels;
}

// Loads what is staged as a worker would, and lets it appear.
Result<AddedPackage> LoadAndInstall(StagedPackage& staged, model::Runtime& runtime) {
  auto package = model::LoadPackage(staged.path());
  if (!package) return Fail(package.error());
  const fs::path home = staged.Home(*package);
  const auto model = model::Model::Load(*package, runtime);
  if (!model) return Fail(model.error());
  if (Status installed = staged.Install(*package); !installed) return Fail(installed.error());
  auto there = model::LoadPackage(home);
  if (!there) return Fail(there.error());
  return AddedPackage{.package = std::move(*there), .there_before = false, .guesses = {}};
}

// Errors speak of the file that was handed in, not of the hidden folder that is gone by then.
Error AboutSource(const Error& error, const fs::path& staged, const fs::path& source) {
  std::string message = error.message();
  const std::string hidden = staged.string();
  for (auto at = message.find(hidden); at != message.npos; at = message.find(hidden, at + source.string().size())) {
    message.replace(at, hidden.size(), source.string());
  }
  return {error.code(), message + "; nothing was added"};
}

Result<AddedPackage> AddNetwork(const AddOptions& options, model::Runtime& runtime) {
  const std::string file = options.from.string();
  const auto labels = ReadLabels(options.labels);
  if (!labels) return Fail(labels.error());
  const auto session = model::Session::Load(options.from, runtime);
  if (!session) return Fail(session.error());
  const auto facts = LearnNetwork(file, **session);
  if (!facts) return Fail(facts.error());

  DraftOptions draft_options{.name = options.name.empty() ? NameFrom(options.from) : options.name,
                             .version = "1",
                             .task = options.task,
                             .labels = labels->count};
  const auto versions = Versions(options.models, draft_options.name);
  draft_options.version = NextAmong(versions);
  auto draft = DraftPackage(*facts, draft_options);
  if (!draft) return Fail(draft.error().During(file));

  auto staged = StagedPackage::Make(options.models);
  if (!staged) return Fail(staged.error());
  if (Status copied = staged->Copy(options.from, "model.onnx"); !copied) return Fail(copied.error());
  for (const LabelsFile& labels_file : draft->labels) {
    std::string text = labels->text;
    if (!labels_file.named) {
      text.clear();
      for (int i = 0; i < labels_file.count; ++i) text += fmt::format("class {}\n", i);
    }
    if (Status written = staged->Write(labels_file.name, text); !written) return Fail(written.error());
  }
  if (Status written = staged->Write("model.toml", draft->toml); !written) return Fail(written.error());
  const auto package = model::LoadPackage(staged->path());
  if (!package) return Fail(AboutSource(package.error(), staged->path(), options.from));
  for (const model::Package& there : versions) {
    if (SameFiles(there, *package)) return AddedPackage{.package = there, .there_before = true, .guesses = {}};
  }
  const fs::path hidden = staged->path();
  auto added = LoadAndInstall(*staged, runtime);
  if (!added) return Fail(AboutSource(added.error(), hidden, options.from));
  added->guesses = std::move(draft->guesses);
  return added;
}

// All files but hidden ones and other packages inside, wherever links lead.
Status CopyFolder(const fs::path& from, const StagedPackage& staged) {
  std::error_code error;
  int files = 0;
  fs::recursive_directory_iterator entry(from, error);
  for (; !error && entry != fs::recursive_directory_iterator(); entry.increment(error)) {
    std::error_code ignored;
    const bool hidden = entry->path().filename().string().starts_with('.');
    if (entry->is_directory(ignored) && (hidden || fs::exists(entry->path() / "model.toml", ignored))) {
      entry.disable_recursion_pending();
    } else if (!hidden && entry->is_regular_file(ignored)) {
      if (++files > kMostFiles) {
        return Fail(Code::kTooLarge,
                    fmt::format("{}: has more than {} files; name a package's folder", from.string(), kMostFiles));
      }
      const Status copied = staged.Copy(entry->path(), entry->path().lexically_relative(from));
      if (!copied) return copied;
    }
  }
  if (error) return Fail(Code::kUnavailable, fmt::format("{}: {}", from.string(), error.message()));
  return {};
}

Result<AddedPackage> AddFolder(const AddOptions& options, model::Runtime& runtime) {
  if (options.task || !options.labels.empty()) {
    return Fail(Code::kInvalid, fmt::format("{}: is a package, whose model.toml says task and labels; leave --task and "
                                            "--labels out",
                                            options.from.string()));
  }
  auto package = model::LoadPackage(options.from);
  if (!package) return Fail(package.error());
  auto set = [&](std::string_view key, std::string_view value) -> Status {
    auto toml = WithModelKey(*package, key, value);
    if (!toml) return Fail(toml.error());
    auto changed = model::ParseModelToml(std::move(*toml), package->toml_path);
    if (!changed) return Fail(changed.error());
    package->toml = changed->toml;
    package->lines = changed->lines;
    package->name = changed->name;
    package->version = changed->version;
    return {};
  };
  if (!options.name.empty() && options.name != package->name) {
    if (Status renamed = set("name", options.name); !renamed) return Fail(renamed.error());
  }
  const auto versions = Versions(options.models, package->name);
  for (const model::Package& there : versions) {
    const bool same = there.toml == package->toml && SameFiles(there, *package);
    if (same) return AddedPackage{.package = there, .there_before = true, .guesses = {}};
  }
  if (std::ranges::find(versions, package->version, &model::Package::version) != versions.end()) {
    if (Status moved = set("version", NextAmong(versions)); !moved) return Fail(moved.error());
  }
  auto staged = StagedPackage::Make(options.models);
  if (!staged) return Fail(staged.error());
  if (Status copied = CopyFolder(options.from, *staged); !copied) return Fail(copied.error());
  if (Status written = staged->Write("model.toml", package->toml); !written) return Fail(written.error());
  const fs::path hidden = staged->path();
  auto added = LoadAndInstall(*staged, runtime);
  if (!added) return Fail(AboutSource(added.error(), hidden, options.from));
  return added;
}

}  // namespace

std::string NameFrom(const fs::path& file) {
  std::string name = file.stem().string();
  if (name == "model") {
    std::error_code error;
    name = fs::absolute(file, error).lexically_normal().parent_path().filename().string();
  }
  auto plain = [](char c) {
    return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '.' || c == '_' || c == '-';
  };
  for (char& c : name) c = plain(c) ? c : '-';
  name.resize(std::min<std::size_t>(name.size(), 64));
  return name.empty() || name[0] == '.' ? "model" : name;
}

Result<std::string> WithModelKey(const model::Package& package, std::string_view key, std::string_view value) {
  const auto line = package.lines.find(fmt::format("model.{}", key));
  std::size_t begin = 0;
  for (int i = 1; line != package.lines.end() && i < line->second && begin != package.toml.npos; ++i) {
    begin = package.toml.find('\n', begin);
    if (begin != package.toml.npos) ++begin;
  }
  const std::size_t end =
      begin == package.toml.npos ? begin : std::min(package.toml.find('\n', begin), package.toml.size());
  const std::string_view old =
      begin == package.toml.npos ? "" : std::string_view(package.toml).substr(begin, end - begin);
  const std::size_t first = old.find_first_not_of(" \t");
  const std::size_t open = old.find('"'), close = open == old.npos ? open : old.find('"', open + 1);
  if (first == old.npos || !old.substr(first).starts_with(key) || close == old.npos) {
    return Fail(Code::kInvalid,
                fmt::format("{}: expected a line of its own, as {} = \"…\"; write {} = \"{}\" there yourself",
                            package.Where("model", key), key, key, value));
  }
  std::string toml = package.toml;
  return toml.replace(begin + open, close - open + 1, TomlText(value));
}

Result<AddedPackage> AddPackage(const AddOptions& options, model::Runtime& runtime) {
  std::error_code error;
  if (fs::is_directory(options.from, error)) {
    if (fs::exists(options.from / "model.toml", error)) return AddFolder(options, runtime);
    return Fail(Code::kInvalid, fmt::format("{}: has no model.toml; name the network itself, as in {}",
                                            options.from.string(), (options.from / "model.onnx").string()));
  }
  if (!fs::exists(options.from, error)) {
    return Fail(Code::kNotFound, fmt::format("{}: there is no such file", options.from.string()));
  }
  return AddNetwork(options, runtime);
}

}  // namespace darkroom::cli
