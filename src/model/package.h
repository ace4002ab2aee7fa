// Package: what a model's folder says: model.toml read and checked, and its labels. Knows nothing of ONNX Runtime, so
// the hub can list models without loading it; that the weights fit this description is checked when they are loaded
// (session.h). The format is described in docs/models.md.
#pragma once

#include <array>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "imaging/resample.h"
#include "imaging/transform.h"
#include "model/operation.h"
#include "model/task_spec.h"
#include "model/tensor.h"

namespace darkroom::model {

enum class Layout { kNchw, kNhwc };
enum class Resize { kShorter, kStretch, kFit };

// The words of model.toml. Static storage.
std::string_view Name(Layout layout);

struct InputSpec {
  std::string name;  // the tensor's; empty: the only one the model has
  Layout layout = Layout::kNchw;
  ElementType type = ElementType::kFloat32;
  int width = 0;
  int height = 0;
};

struct PreprocessSpec {
  Resize resize = Resize::kShorter;
  int resize_to = 0;  // pixels of the shorter side before the centre crop; for kShorter
  imaging::Filter filter = imaging::Filter::kBilinear;
  Color color = Color::kRgb;
  std::array<std::uint8_t, 3> pad_color = {0, 0, 0};  // R, G, B; for kFit
  // (pixel - mean) * scale with pixels 0 to 255, per channel in the order of `color`; float32 inputs only.
  std::array<float, 3> mean = {0, 0, 0};
  std::array<float, 3> scale = {1, 1, 1};

  // Done to every picture first, after those that its job asks for; what they leave to chance is drawn from the job's
  // seed.
  imaging::TransformList transforms = {};
  bool reduced_decode = true;  // JPEGs that are shrunk by more than half may be decoded at reduced scale

  int channels() const { return color == Color::kGray ? 1 : color == Color::kRgba ? 4 : 3; }
};

// One step from the picture's tensor to the task's: a network or an operation.
struct StageSpec {
  std::string name;               // 1 to 64 letters, digits, ".", "_", "-"; unlike those of the other stages
  std::string section;            // "stage.0": what Package::Where takes; "model" for the only, unwritten stage
  std::filesystem::path network;  // empty for an operation
  std::optional<Operation> operation;
  // Which tensor is which input, theirs → ours; the key "" stands for the only input there is. What is not said: the
  // tensor of the input's name, or the last one made when there is but one input.
  std::map<std::string, std::string, std::less<>> inputs;
  // New names for what comes out, theirs → ours. What is not said: a network's own, the stage's for an operation.
  std::map<std::string, std::string, std::less<>> outputs;
};

struct Package {
  std::filesystem::path toml_path;  // empty for the built-in package
  std::string toml;                 // model.toml as read

  std::string name;
  std::string version;  // see CompareVersions
  Task task = Task::kClassification;
  std::string description;
  std::string license;
  InputSpec input;
  PreprocessSpec preprocess;
  std::vector<StageSpec> stages;  // one at least, but none for kNoop and kTransform
  TaskSpec output;
  std::int64_t max_pixels = 50'000'000;

  std::map<std::string, int, std::less<>> lines;  // "input.width" → line of model.toml, for errors found later

  // "FOLDER/model.toml:12: [input] width", the line only when the key was written there: how an error names its place.
  std::string Where(std::string_view section, std::string_view key) const;
  // The classes that a job's answer speaks of, of all heads; empty for tasks without.
  std::vector<std::string> labels() const;
  // The networks, in their order, then the files of labels.
  std::vector<std::filesystem::path> files() const;
};

// What the picture's tensor is called among the stages.
inline constexpr std::string_view kPicture = "picture";

// Reads the package in `folder`. Errors: kNotFound without a model.toml; kInvalid for everything wrong in it, naming
// file, line, key, what was expected and what was found; a missing network too. Networks are not opened.
Result<Package> LoadPackage(const std::filesystem::path& folder);

// The part of LoadPackage that needs no other file: everything but the labels, and whether the networks are there.
// `toml_path` is where the text came from.
Result<Package> ParseModelToml(std::string text, const std::filesystem::path& toml_path);

// The packages that are always there: "noop", and "none", which does a job's transforms and nothing else.
Package NoopPackage();
Package TransformPackage();

struct FoundPackages {
  std::vector<Package> packages;  // by name, then newest version first
  std::vector<Error> errors;      // one for each folder with a broken model.toml, or for `folder` itself
};
// Loads every FOLDER/<any>/model.toml and FOLDER/<any>/<version>/model.toml. Passes over other folders and hidden ones.
FoundPackages FindPackages(const std::filesystem::path& folder);

// Each "sha256:" and 64 hex digits.
struct Digests {
  // Over the digests of model.toml, the networks and the labels, in this order: what
  // `sha256sum model.toml model.onnx labels.txt | sha256sum` prints.
  std::string package;
  // Each of these files, by its path in the package.
  std::vector<std::pair<std::string, std::string>> files;
};
// Reads the networks, some milliseconds for each MB, so it is not part of LoadPackage. kUnavailable: one cannot be
// read.
Result<Digests> Digest(const Package& package);

// Versions are dotted numbers or words: "1.10" is newer than "1.9". Negative, 0 or positive as a is older or newer.
int CompareVersions(std::string_view a, std::string_view b);

}  // namespace darkroom::model
