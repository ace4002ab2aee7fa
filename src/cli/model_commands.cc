#include "cli/model_commands.h"

#include <fmt/format.h>

#include <filesystem>

#include "cli/commands.h"
#include "cli/picture_files.h"

namespace darkroom::cli {

Result<std::string> OwnFolder(const SettingFlags& settings) {
  auto loaded = settings.Load();
  if (!loaded) return Fail(loaded.error());
  if (!loaded->settings.models.empty()) return loaded->settings.models.front();
  return Fail(Code::kInvalid,
              "--models: name the folder of your own packages, as in --models my-models, or set `models` in "
              "darkroom.toml; `darkroom up` takes the same");
}

model::FoundPackages PackagesAt(const std::string& path) {
  std::error_code error;
  if (!std::filesystem::exists(path + "/model.toml", error)) {
    auto found = model::FindPackages(path);
    if (found.packages.empty() && found.errors.empty()) {
      found.errors.push_back(Error(Code::kNotFound, path + ": is no model package: it has no model.toml"));
    }
    return found;
  }
  model::FoundPackages found;
  auto package = model::LoadPackage(path);
  if (package)
    found.packages.push_back(std::move(*package));
  else
    found.errors.push_back(package.error());
  return found;
}

Result<std::vector<std::string>> SamplesOf(const model::Package& package, const std::vector<std::string>& named) {
  if (!named.empty()) return ListPictures(named);
  const auto samples = package.toml_path.parent_path() / "samples";
  std::error_code error;
  if (!std::filesystem::is_directory(samples, error)) return std::vector<std::string>();
  return ListPictures({samples.string()});
}

std::string SizeText(std::uint64_t bytes) {
  if (bytes < 1'000) return fmt::format("{} B", bytes);
  if (bytes < 1'000'000) return fmt::format("{:.1f} kB", double(bytes) / 1e3);
  if (bytes < 1'000'000'000) return fmt::format("{:.1f} MB", double(bytes) / 1e6);
  return fmt::format("{:.1f} GB", double(bytes) / 1e9);
}

void AddModel(CLI::App& app, int& exit) {
  CLI::App* model = app.add_subcommand("model", "work on model packages");
  model->require_subcommand(1);
  for (const auto add : {AddModelAdd, AddModelList, AddModelCheck, AddModelBench, AddModelPull, AddModelRemove}) {
    add(*model, exit);
  }
}

}  // namespace darkroom::cli
