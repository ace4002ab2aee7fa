// `darkroom model check PACKAGE…`: does with a package what a worker would, so that its author need not start a service
// to hear what is wrong: reads it, loads the network, runs it on the package's samples or on pictures that are named.
#include <fmt/format.h>

#include <filesystem>

#include "base/async.h"
#include "base/log.h"
#include "cli/commands.h"
#include "cli/output.h"
#include "cli/picture_files.h"
#include "model/model.h"

namespace darkroom::cli {
namespace {

struct CheckFlags {
  std::vector<std::string> packages;
  std::vector<std::string> images;
  std::string onnxruntime;
};

// `path` itself when it is a package, else those inside it.
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

// The pictures that were named, else the package's own.
Result<std::vector<std::string>> Samples(const CheckFlags& flags, const std::string& folder) {
  if (!flags.images.empty()) return ListPictures(flags.images);
  const std::string samples = folder + "/samples";
  std::error_code error;
  if (!std::filesystem::is_directory(samples, error)) return std::vector<std::string>();
  return ListPictures({samples});
}

Status RunSample(const model::Model& model, const Clock& clock, const std::string& path) {
  const auto picture = ReadPicture(path);
  if (!picture) return Fail(picture.error());
  const Time begin = clock.Now();
  const auto prediction = model.Run(*picture, clock);
  if (!prediction) return Fail(prediction.error().During(path));
  const double ms = Seconds(clock.Now() - begin) * 1000;
  const std::string name = std::filesystem::path(path).filename().string();
  Print("  {:<24} {}{}{:.0f} ms\n", name, prediction->summary, prediction->summary.empty() ? "" : ", ", ms);
  return {};
}

// False: something is wrong with it, and has been said.
bool CheckPackage(const CheckFlags& flags, model::Package package, model::Runtime& runtime, const Clock& clock) {
  const std::string folder = package.toml_path.parent_path().string();
  const auto model = model::Model::Load(std::move(package), runtime);
  if (!model) return PrintError(model.error()), false;
  const model::Package& loaded = (*model)->package();
  Print("{}: {} {}, {}, good\n", folder, loaded.name, loaded.version, Name(loaded.task));
  const auto samples = Samples(flags, folder);
  if (!samples) return PrintError(samples.error()), false;
  bool good = true;
  for (const std::string& sample : *samples) {
    const Status ran = RunSample(**model, clock, sample);
    if (!ran) PrintError(ran.error());
    good &= ran.has_value();
  }
  return good;
}

bool Check(const CheckFlags& flags) {
  IoContext io;
  const auto clock = MakeSystemClock(io);
  model::Runtime runtime({flags.onnxruntime});
  bool good = true;
  for (const std::string& path : flags.packages) {
    model::FoundPackages found = PackagesAt(path);
    for (const Error& error : found.errors) PrintError(error);
    good &= found.errors.empty();
    for (model::Package& package : found.packages) good &= CheckPackage(flags, std::move(package), runtime, *clock);
  }
  return good;
}

}  // namespace

void AddModel(CLI::App& app, int& exit) {
  CLI::App* model = app.add_subcommand("model", "work on model packages");
  model->require_subcommand(1);
  auto flags = std::make_shared<CheckFlags>();
  CLI::App* check = model->add_subcommand("check", "load packages as a worker would, and run them on pictures");
  check->add_option("packages", flags->packages, "folders of packages, or folders of such")
      ->required()
      ->type_name("DIR");
  check->add_option("--image", flags->images, "pictures, or directories of them, instead of the package's samples/")
      ->type_name("IMAGE");
  check->add_option("--onnxruntime", flags->onnxruntime, "libonnxruntime.so.1, where it is not found by itself")
      ->envname("DARKROOM_ONNXRUNTIME");
  check->callback([flags, &exit] {
    InitLog("model", "warn");
    exit = Check(*flags) ? kOk : kFailed;
  });
}

}  // namespace darkroom::cli
