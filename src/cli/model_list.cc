// `darkroom model list`: the packages that a service would find, and those that it would leave out.
#include <fmt/format.h>

#include <algorithm>
#include <filesystem>

#include "base/json_writer.h"
#include "base/log.h"
#include "cli/commands.h"
#include "cli/model_commands.h"
#include "cli/output.h"
#include "cli/packages.h"

namespace darkroom::cli {
namespace {

constexpr std::size_t kShortDigest = 12;  // hex digits

struct ListFlags {
  SettingFlags settings;
  bool json = false;
};

struct ListedPackage {
  model::Package package;
  std::uint64_t bytes = 0;  // of model.toml, networks and labels
  std::string digest;       // empty where it cannot be read
  bool shipped = false;
  bool newest = true;  // what a job gets that names no version
};

std::string InputText(const model::Package& package) {
  if (package.task == model::Task::kNoop) return "";
  const std::int64_t channels = package.preprocess.channels(), width = package.input.width,
                     height = package.input.height;
  const bool nchw = package.input.layout == model::Layout::kNchw;
  return Describe(package.input.type,
                  nchw ? model::Shape{1, channels, height, width} : model::Shape{1, height, width, channels});
}

std::vector<ListedPackage> Look(std::vector<model::Package> packages, const std::string& shipped) {
  std::ranges::sort(packages, [](const model::Package& a, const model::Package& b) {
    return a.name != b.name ? a.name < b.name : model::CompareVersions(a.version, b.version) > 0;
  });
  std::vector<ListedPackage> listed;
  for (model::Package& package : packages) {
    ListedPackage entry;
    entry.bytes = package.toml.size();
    for (const auto& file : package.files()) {
      std::error_code error;
      const std::uintmax_t size = std::filesystem::file_size(file, error);
      entry.bytes += error ? 0 : size;
    }
    const auto digests = model::Digest(package);
    if (digests) entry.digest = digests->package;
    const std::string folder = package.toml_path.parent_path().string();
    entry.shipped = folder.empty() || (!shipped.empty() && folder.starts_with(shipped + "/"));
    entry.newest = listed.empty() || listed.back().package.name != package.name;
    entry.package = std::move(package);
    listed.push_back(std::move(entry));
  }
  return listed;
}

json::object ToJson(const ListedPackage& listed) {
  const model::Package& package = listed.package;
  return {{"name", package.name},
          {"version", package.version},
          {"task", Name(package.task)},
          {"input", InputText(package)},
          {"bytes", listed.bytes},
          {"digest", listed.digest},
          {"folder", package.toml_path.parent_path().string()},
          {"shipped", listed.shipped},
          {"newest", listed.newest}};
}

void PrintTable(const std::vector<ListedPackage>& listed) {
  std::size_t name = 4, version = 7, task = 4, input = 5;  // as wide as the widest
  auto width = [](std::string_view text) {                 // of UTF-8
    return std::size_t(
        std::ranges::count_if(text, [](char c) { return (static_cast<unsigned char>(c) & 0xC0) != 0x80; }));
  };
  for (const ListedPackage& entry : listed) {
    name = std::max(name, entry.package.name.size());
    version = std::max(version, entry.package.version.size());
    task = std::max(task, Name(entry.package.task).size());
    input = std::max(input, width(InputText(entry.package)));
  }
  Print("{:<{}}  {:<{}}  {:<{}}  {:<{}}  {:>9}  {:<{}}  {}\n", "name", name, "version", version, "task", task, "input",
        input, "size", "digest", kShortDigest, "where");
  for (const ListedPackage& entry : listed) {
    const model::Package& package = entry.package;
    const auto colon = entry.digest.find(':');
    const std::string digest = colon == entry.digest.npos ? "" : entry.digest.substr(colon + 1, kShortDigest);
    const std::string folder = package.toml_path.parent_path().string();
    Print("{:<{}}  {:<{}}  {:<{}}  {:<{}}  {:>9}  {:<{}}  {}\n", package.name, name, package.version, version,
          Name(package.task), task, InputText(package), input, SizeText(entry.bytes), digest, kShortDigest,
          folder.empty() ? "built in" : folder);
  }
}

int RunList(const ListFlags& flags) {
  const auto loaded = flags.settings.Load();
  if (!loaded) return PrintError(loaded.error()), kUsage;
  const std::string shipped = ShippedModels();
  model::FoundPackages found = FindAllPackages(PackageDirectories(shipped, loaded->settings.models));
  const auto listed = Look(std::move(found.packages), shipped);
  if (flags.json) {
    json::array packages, broken;
    for (const ListedPackage& entry : listed) packages.push_back(ToJson(entry));
    for (const Error& error : found.errors) broken.push_back(json::string(error.message()));
    Print("{}\n", WriteJson(json::object{{"packages", std::move(packages)}, {"broken", std::move(broken)}}));
    return kOk;
  }
  PrintTable(listed);
  for (const Error& error : found.errors) PrintWarning("left out: " + error.message());
  return kOk;
}

}  // namespace

void AddModelList(CLI::App& model, int& exit) {
  auto flags = std::make_shared<ListFlags>();
  CLI::App* command = model.add_subcommand("list", "the packages that a service would find, and the broken ones");
  command->add_flag("--json", flags->json, "print JSON");
  flags->settings.AddTo(*command, kModelFolderSettings);
  command->callback([flags, &exit] {
    InitLog("model", "warn");
    exit = RunList(*flags);
  });
}

}  // namespace darkroom::cli
