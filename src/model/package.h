// Package: what a model's folder says: model.toml read and checked, and its labels. Knows nothing of ONNX Runtime, so
// the hub can list models without loading it; that the weights fit this description is checked when they are loaded
// (session.h). The format is described in docs/models.md.
#pragma once

#include <array>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "imaging/resample.h"

namespace darkroom::model {

enum class Task {
  kClassification,
  kNoop,  // no weights; answers an empty result without looking at the picture. Measures the service around a model.
};
enum class Layout { kNchw, kNhwc };
enum class ElementType { kFloat32, kUint8 };
enum class Resize { kShorter, kStretch, kFit };
enum class Color { kRgb, kBgr, kGray };

// The words of model.toml. Static storage.
std::string_view Name(Task task);
std::string_view Name(Layout layout);
std::string_view Name(ElementType type);
std::string_view Name(Color color);

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

  int channels() const { return color == Color::kGray ? 1 : 3; }
};

struct OutputSpec {
  std::string name;  // the tensor's; empty: the only one the model has
  bool softmax = false;
  int top_k = 5;
};

struct Package {
  std::filesystem::path toml_path;     // empty for the built-in package
  std::filesystem::path weights_path;  // empty for kNoop
  std::filesystem::path labels_path;   // empty for kNoop
  std::string toml;                    // model.toml as read

  std::string name;
  std::string version;  // see CompareVersions
  Task task = Task::kClassification;
  std::string description;
  std::string license;
  InputSpec input;
  PreprocessSpec preprocess;
  OutputSpec output;
  std::int64_t max_pixels = 50'000'000;
  std::vector<std::string> labels;  // by class index

  std::map<std::string, int, std::less<>> lines;  // "input.width" → line of model.toml, for errors found later

  // "FOLDER/model.toml:12: [input] width", the line only when the key was written there: how an error names its place.
  std::string Where(std::string_view section, std::string_view key) const;
};

// Reads the package in `folder`. Errors: kNotFound without a model.toml; kInvalid for everything wrong in it, naming
// file, line, key, what was expected and what was found; a missing weights file too. Weights are not opened.
Result<Package> LoadPackage(const std::filesystem::path& folder);

// The part of LoadPackage that needs no other file: everything but the labels, and whether the weights are there.
// `toml_path` is where the text came from.
Result<Package> ParseModelToml(std::string text, const std::filesystem::path& toml_path);

// The package "noop", which is always there.
Package NoopPackage();

struct FoundPackages {
  std::vector<Package> packages;  // by name, then newest version first
  std::vector<Error> errors;      // one for each folder with a broken model.toml, or for `folder` itself
};
// Loads every FOLDER/<any>/model.toml; folders without that file are passed over.
FoundPackages FindPackages(const std::filesystem::path& folder);

// "sha256:" and 64 hex digits over the bytes of model.toml, the weights and the labels, in this order: what
// `cat model.toml model.onnx labels.txt | sha256sum` prints. Reads the weights, some milliseconds for each MB, so
// it is not part of LoadPackage.
Result<std::string> Digest(const Package& package);

// Versions are dotted numbers or words: "1.10" is newer than "1.9". Negative, 0 or positive as a is older or newer.
int CompareVersions(std::string_view a, std::string_view b);

}  // namespace darkroom::model
