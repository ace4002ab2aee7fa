// `darkroom model check PACKAGE…`: does with a package what a worker would, so that its author need not start a service
// to hear what is wrong: reads it, loads the network, runs it on the package's samples or on pictures that are named,
// and holds the results against what the package expects of them.
#include <fmt/format.h>

#include <filesystem>
#include <fstream>
#include <set>

#include "base/async.h"
#include "base/log.h"
#include "cli/commands.h"
#include "cli/expectation.h"
#include "cli/model_commands.h"
#include "cli/output.h"
#include "cli/picture_files.h"
#include "model/model.h"

namespace darkroom::cli {
namespace {

struct CheckFlags {
  std::vector<std::string> packages;
  std::vector<std::string> images;
  std::string onnxruntime;
  bool write = false;  // expected.json, of what is seen
};

// One package, loaded. Members say what is wrong on standard error and answer false.
class PackageCheck {
 public:
  PackageCheck(const model::Model& model, const Clock& clock) : model_(model), clock_(clock) {}

  bool RunAll(const CheckFlags& flags) {
    const auto samples = SamplesOf(model_.package(), flags.images);
    if (!samples) return PrintError(samples.error()), false;
    // What the package expects is expected of its own samples alone, and not when it is written anew.
    const bool own = flags.images.empty();
    if (own && !flags.write) {
      auto expectation = ReadExpectation(folder_);
      if (!expectation) return PrintError(expectation.error()), false;
      expectation_ = std::move(*expectation);
    }
    bool good = true;
    for (const std::string& sample : *samples) good &= RunSample(sample);
    good &= AllWereThere();
    return flags.write && good ? Write() : good;
  }

 private:
  bool RunSample(const std::string& path) {
    const auto picture = ReadPicture(path);
    if (!picture) return PrintError(picture.error()), false;
    const Time begin = clock_.Now();
    auto prediction = model_.Run(*picture, clock_);
    if (!prediction) return PrintError(prediction.error().During(path)), false;
    const double ms = Seconds(clock_.Now() - begin) * 1000;
    const std::string name = std::filesystem::path(path).filename().string();
    const json::value* expected = expectation_ ? expectation_->samples.if_contains(name) : nullptr;
    std::vector<std::string> differences;
    if (expected != nullptr) differences = expectation_->Differences(expected->get_object(), prediction->result);
    const std::string_view verdict = expected == nullptr   ? ""
                                     : differences.empty() ? ", as expected"
                                                           : ", NOT as expected";
    Print("  {:<24} {}{}{:.0f} ms{}\n", name, prediction->summary, prediction->summary.empty() ? "" : ", ", ms,
          verdict);
    for (const std::string& difference : differences) {
      PrintError(Error(Code::kInvalid, fmt::format("{}/expected.json: {}: {}", folder_, name, difference)));
    }
    seen_[name] = WorthExpecting(prediction->result);
    return differences.empty();
  }

  bool AllWereThere() const {
    bool good = true;
    if (!expectation_) return good;
    for (const auto& [name, value] : expectation_->samples) {
      if (seen_.contains(std::string(name))) continue;
      PrintError(
          Error(Code::kNotFound, fmt::format("{0}/expected.json: {1}: there is no such picture that could be run in "
                                             "{0}/samples",
                                             folder_, std::string_view(name))));
      good = false;
    }
    return good;
  }

  bool Write() const {
    const std::string path = folder_ + "/expected.json";
    if (seen_.empty()) {
      PrintError(Error(Code::kInvalid, fmt::format("{}: put pictures into samples/ whose answers you have looked at; "
                                                   "--write remembers what becomes of them",
                                                   folder_)));
      return false;
    }
    std::ofstream out(path + ".new", std::ios::binary);
    out << WriteExpectation(seen_);
    out.close();
    std::error_code error;
    if (out) std::filesystem::rename(path + ".new", path, error);
    if (!out || error) return PrintError(Error(Code::kUnavailable, path + ": cannot be written")), false;
    Print("  {}: what {} samples became\n", path, seen_.size());
    return true;
  }

  const model::Model& model_;
  const Clock& clock_;
  const std::string folder_ = model_.package().toml_path.parent_path().string();
  std::optional<Expectation> expectation_;
  std::map<std::string, json::object> seen_;  // by the sample's file name
};

bool CheckPackage(const CheckFlags& flags, model::Package package, model::Runtime& runtime, const Clock& clock) {
  const std::string folder = package.toml_path.parent_path().string();
  const auto model = model::Model::Load(std::move(package), runtime);
  if (!model) return PrintError(model.error()), false;
  const model::Package& loaded = (*model)->package();
  Print("{}: {} {}, {}, loads and runs\n", folder, loaded.name, loaded.version, Name(loaded.task));
  return PackageCheck(**model, clock).RunAll(flags);
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

void AddModelCheck(CLI::App& model, int& exit) {
  auto flags = std::make_shared<CheckFlags>();
  CLI::App* check = model.add_subcommand("check", "load packages as a worker would, and run their samples");
  check->add_option("packages", flags->packages, "folders of packages, or folders of such")
      ->required()
      ->type_name("DIR");
  auto* image =
      check->add_option("--image", flags->images, "pictures, or directories of them, instead of the package's samples/")
          ->type_name("IMAGE");
  check->add_flag("--write", flags->write, "remember what the samples become, in expected.json")->excludes(image);
  check->add_option("--onnxruntime", flags->onnxruntime, "libonnxruntime.so.1, where it is not found by itself")
      ->envname("DARKROOM_ONNXRUNTIME");
  check->callback([flags, &exit] {
    InitLog("model", "warn");
    exit = Check(*flags) ? kOk : kFailed;
  });
}

}  // namespace darkroom::cli
