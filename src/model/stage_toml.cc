// [[stage]] of model.toml.
#include <fmt/format.h>

#include <algorithm>
#include <limits>

#include "model/package_toml.h"

namespace darkroom::model {
namespace {

// Of all operations; each takes its own.
constexpr std::string_view kKeys[] = {"name",      "network",     "operation",  "input",         "inputs",
                                      "output",    "outputs",     "width",      "height",        "x",
                                      "y",         "mean",        "scale",      "above",         "axis",
                                      "min_score", "max_overlap", "max_boxes",  "field_of_view", "resolution",
                                      "cube",      "far",         "truncation", "distance"};

constexpr int kMaxSide = 16'384;
constexpr int kMaxStages = 32;
constexpr float kFar = 1e30f;

// What every stage may say, before what its operation may.
std::vector<std::string_view> With(std::initializer_list<std::string_view> own) {
  std::vector<std::string_view> keys = {"name", "operation", "input", "inputs", "output"};
  keys.insert(keys.end(), own);
  return keys;
}

// How to read each operation's keys, by the word of model.toml.
struct Reading {
  std::string_view word;
  std::vector<std::string_view> keys;
  Operation (*read)(TomlReader& reader, std::string_view section);
};

int Side(TomlReader& reader, std::string_view section, std::string_view key) {
  return static_cast<int>(reader.Integer(section, key, 1, kMaxSide, std::nullopt));
}

const std::vector<Reading>& Readings() {
  static const std::vector<Reading> readings = {
      {"resize", With({"width", "height"}),
       [](TomlReader& reader, std::string_view section) -> Operation {
         return ResizeOperation{Side(reader, section, "width"), Side(reader, section, "height")};
       }},
      {"crop", With({"width", "height", "x", "y"}),
       [](TomlReader& reader, std::string_view section) -> Operation {
         CropOperation crop{Side(reader, section, "width"), Side(reader, section, "height")};
         if (!reader.Has(section, "x") && !reader.Has(section, "y")) return crop;
         crop.x = static_cast<int>(reader.Integer(section, "x", 0, kMaxSide, std::nullopt));
         crop.y = static_cast<int>(reader.Integer(section, "y", 0, kMaxSide, std::nullopt));
         return crop;
       }},
      {"normalise", With({"mean", "scale"}),
       [](TomlReader& reader, std::string_view section) -> Operation {
         return NormaliseOperation{reader.Numbers(section, "mean", 3), reader.Numbers(section, "scale", 3)};
       }},
      {"alpha-to-mask", With({"above"}),
       [](TomlReader& reader, std::string_view section) -> Operation {
         return AlphaToMaskOperation{reader.Real(section, "above", 0, 1, 0.5f)};
       }},
      {"threshold", With({"above"}),
       [](TomlReader& reader, std::string_view section) -> Operation {
         return ThresholdOperation{reader.Real(section, "above", -kFar, kFar, std::nullopt)};
       }},
      {"argmax", With({"axis"}),
       [](TomlReader& reader, std::string_view section) -> Operation {
         return ArgmaxOperation{static_cast<int>(reader.Integer(section, "axis", 0, 7, 1))};
       }},
      {"softmax", With({"axis"}),
       [](TomlReader& reader, std::string_view section) -> Operation {
         return SoftmaxOperation{static_cast<int>(reader.Integer(section, "axis", 0, 7, 1))};
       }},
      {"sigmoid", With({}), [](TomlReader&, std::string_view) -> Operation { return SigmoidOperation{}; }},
      {"nms", With({"min_score", "max_overlap", "max_boxes"}),
       [](TomlReader& reader, std::string_view section) -> Operation {
         NmsOperation nms;
         nms.min_score = reader.Real(section, "min_score", 0, 1, nms.min_score);
         nms.max_overlap = reader.Real(section, "max_overlap", 0, 1, nms.max_overlap);
         nms.max_boxes = static_cast<int>(reader.Integer(section, "max_boxes", 1, 10'000, nms.max_boxes));
         return nms;
       }},
      {"depth-to-occupancy", With({"field_of_view", "resolution", "cube", "far", "truncation", "distance"}),
       [](TomlReader& reader, std::string_view section) -> Operation {
         DepthToOccupancyOperation occupancy;
         CubeView& view = occupancy.view;
         view.field_of_view = reader.Real(section, "field_of_view", 1, 170, std::nullopt);
         view.resolution = static_cast<int>(reader.Integer(section, "resolution", 1, 256, std::nullopt));
         view.cube = reader.Real(section, "cube", 1e-6f, kFar, std::nullopt);
         view.far = reader.Real(section, "far", 0, kFar, std::nullopt);
         view.truncation = reader.Real(section, "truncation", 0.1f, 256, 3.f);
         if (reader.Has(section, "distance")) occupancy.distance = reader.Real(section, "distance", 0, kFar, 0.f);
         return occupancy;
       }},
  };
  return readings;
}

std::optional<Operation> ReadOperation(TomlReader& reader, std::string_view section) {
  std::vector<std::pair<std::string_view, const Reading*>> words;
  for (const Reading& reading : Readings()) words.emplace_back(reading.word, &reading);
  const Reading* reading = reader.Word<const Reading*>(section, "operation", words, std::nullopt);
  if (reading == nullptr) return std::nullopt;
  reader.AllowKeys(section, reading->keys, fmt::format("the operation \"{}\"", reading->word));
  return reading->read(reader, section);
}

StageSpec ReadStage(TomlReader& reader, const Package& package, int index) {
  StageSpec stage;
  stage.section = fmt::format("stage.{}", index);
  stage.name = reader.Text(stage.section, "name", std::nullopt);
  const bool taken = std::ranges::any_of(package.stages, [&](const StageSpec& s) { return s.name == stage.name; });
  if (!IsName(stage.name, 64) || taken || stage.name == kPicture) {
    reader.Expect(stage.section, "name",
                  "a name of its own: 1 to 64 letters, digits, \".\", \"_\", \"-\", and not \"picture\"");
  }
  if (reader.Has(stage.section, "network") == reader.Has(stage.section, "operation")) {
    reader.Expect(stage.section, "network", "either a network's file or an operation");
  } else if (reader.Has(stage.section, "network")) {
    constexpr std::string_view kOfNetworks[] = {"name", "network", "input", "inputs", "outputs"};
    reader.AllowKeys(stage.section, kOfNetworks, "a network");
    stage.network = FileOf(reader, package, stage.section, "network", "");
    stage.outputs = reader.Names(stage.section, "outputs");
  } else {
    stage.operation = ReadOperation(reader, stage.section);
    stage.outputs[""] = reader.Text(stage.section, "output", stage.name);
  }
  stage.inputs = reader.Names(stage.section, "inputs");
  if (reader.Has(stage.section, "input")) stage.inputs[""] = reader.Text(stage.section, "input", "");
  return stage;
}

}  // namespace

const std::span<const std::string_view> kStageKeys = kKeys;

void ReadStages(TomlReader& reader, Package* package) {
  const int stages = reader.Count("stage");
  if (stages > kMaxStages) reader.Expect("stage.0", "name", fmt::format("at most {} stages", kMaxStages));
  if (stages == 0) {
    StageSpec only;
    only.name = "network";
    only.section = "model";
    only.network = FileOf(reader, *package, "model", "file", "model.onnx");
    if (!package->input.name.empty()) only.inputs[package->input.name] = kPicture;
    package->stages.push_back(std::move(only));
    return;
  }
  if (reader.Has("model", "file")) reader.Expect("model", "file", "nothing, since [[stage]] names the networks");
  if (reader.Has("input", "name")) {
    reader.Expect("input", "name", "nothing: among stages the picture is called \"picture\"");
  }
  for (int i = 0; i < std::min(stages, kMaxStages) && reader.status(); ++i) {
    package->stages.push_back(ReadStage(reader, *package, i));
  }
}

}  // namespace darkroom::model
