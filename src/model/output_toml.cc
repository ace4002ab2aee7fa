// [output] and [[head]] of model.toml, by task.
#include <fmt/format.h>

#include <algorithm>
#include <cctype>

#include "model/package_toml.h"

namespace darkroom::model {
namespace {

using Keys = std::span<const std::string_view>;

constexpr std::string_view kAllKeys[] = {"name",      "softmax",     "sigmoid",   "multi_label", "threshold", "top_k",
                                         "format",    "boxes",       "scores",    "classes",     "corners",   "units",
                                         "min_score", "max_overlap", "max_boxes", "near",        "range",     "color",
                                         "normalise", "side",        "depth",     "axes"};
constexpr std::string_view kOfHead[] = {"name",    "tensor",      "labels",    "softmax",
                                        "sigmoid", "multi_label", "threshold", "top_k"};

constexpr int kMaxTopK = 100'000;
constexpr int kMaxHeads = 64;
constexpr float kFar = 1e30f;

constexpr std::pair<std::string_view, BoxFormat> kBoxFormats[] = {{"separate", BoxFormat::kSeparate},
                                                                  {"classed", BoxFormat::kClassed},
                                                                  {"yolov5", BoxFormat::kYolov5},
                                                                  {"yolov8", BoxFormat::kYolov8},
                                                                  {"final", BoxFormat::kFinal}};
constexpr std::pair<std::string_view, bool> kCorners[] = {{"xyxy", false}, {"cxcywh", true}};
constexpr std::pair<std::string_view, bool> kUnits[] = {{"pixels", false}, {"relative", true}};
constexpr std::pair<std::string_view, bool> kNear[] = {{"small", false}, {"large", true}};
constexpr std::pair<std::string_view, Color> kColors[] = {
    {"RGB", Color::kRgb}, {"BGR", Color::kBgr}, {"GRAY", Color::kGray}};

Labels ReadLabels(TomlReader& reader, const Package& package, std::string_view section) {
  return {FileOf(reader, package, section, "labels", "labels.txt"), {}};
}

// Wrong probabilities look right: whether they still have to be made has no default.
void ReadScores(TomlReader& reader, std::string_view section, ClassificationSpec::Head* head) {
  head->multi_label = reader.Flag(section, "multi_label", false);
  if (head->multi_label) {
    if (reader.Has(section, "softmax")) reader.Expect(section, "softmax", "nothing, since multi_label has \"sigmoid\"");
    head->activation = reader.Flag(section, "sigmoid") ? Activation::kSigmoid : Activation::kNone;
    head->threshold = reader.Real(section, "threshold", -kFar, kFar, 0.5f);
  } else {
    for (const std::string_view key : {"sigmoid", "threshold"}) {
      if (reader.Has(section, key)) reader.Expect(section, key, "nothing unless multi_label = true");
    }
    head->activation = reader.Flag(section, "softmax") ? Activation::kSoftmax : Activation::kNone;
  }
  head->top_k = static_cast<int>(reader.Integer(section, "top_k", 1, kMaxTopK, head->multi_label ? kMaxTopK : 5));
}

TaskSpec ReadClassification(TomlReader& reader, const Package& package) {
  ClassificationSpec spec;
  const int heads = reader.Count("head");
  if (heads == 0) {
    constexpr std::string_view kKeys[] = {"name", "softmax", "sigmoid", "multi_label", "threshold", "top_k"};
    reader.AllowKeys("output", kKeys, "classification");
    ClassificationSpec::Head head;
    head.tensor = reader.Text("output", "name", "");
    head.labels = ReadLabels(reader, package, "model");
    ReadScores(reader, "output", &head);
    spec.heads.push_back(std::move(head));
    return spec;
  }
  reader.AllowKeys("output", {}, "a model with [[head]]");
  if (reader.Has("model", "labels")) reader.Expect("model", "labels", "nothing, since each [[head]] names its labels");
  for (int i = 0; i < std::min(heads, kMaxHeads); ++i) {
    const std::string section = fmt::format("head.{}", i);
    ClassificationSpec::Head head;
    head.name = reader.Text(section, "name", std::nullopt);
    const bool taken = std::ranges::any_of(spec.heads, [&](const auto& other) { return other.name == head.name; });
    if (!IsName(head.name, 64) || taken) reader.Expect(section, "name", "a name of its own");
    head.tensor = reader.Text(section, "tensor", std::nullopt);
    head.labels = ReadLabels(reader, package, section);
    ReadScores(reader, section, &head);
    spec.heads.push_back(std::move(head));
  }
  if (heads > kMaxHeads) reader.Expect("head.0", "name", fmt::format("at most {} heads", kMaxHeads));
  return spec;
}

TaskSpec ReadDetection(TomlReader& reader, const Package& package) {
  constexpr std::string_view kSection = "output";
  constexpr std::string_view kKeys[] = {"format", "name",    "boxes",     "scores",      "classes",  "corners",
                                        "units",  "sigmoid", "min_score", "max_overlap", "max_boxes"};
  reader.AllowKeys(kSection, kKeys, "detection");
  DetectionSpec spec;
  spec.format = reader.Word<BoxFormat>(kSection, "format", kBoxFormats, std::nullopt);
  const bool several = spec.format == BoxFormat::kSeparate || spec.format == BoxFormat::kClassed;
  if (several) {
    spec.boxes = reader.Text(kSection, "boxes", "boxes");
    spec.scores = reader.Text(kSection, "scores", "scores");
    if (spec.format == BoxFormat::kClassed) spec.classes = reader.Text(kSection, "classes", "labels");
  } else {
    spec.tensor = reader.Text(kSection, "name", "");
  }
  const bool yolo = spec.format == BoxFormat::kYolov5 || spec.format == BoxFormat::kYolov8;
  spec.centres = reader.Word<bool>(kSection, "corners", kCorners, yolo);
  spec.relative = reader.Word<bool>(kSection, "units", kUnits, false);
  spec.sigmoid = reader.Flag(kSection, "sigmoid", false);
  spec.min_score = reader.Real(kSection, "min_score", 0, 1, spec.min_score);
  spec.max_overlap = reader.Real(kSection, "max_overlap", 0, 1, spec.max_overlap);
  spec.max_boxes = static_cast<int>(reader.Integer(kSection, "max_boxes", 1, 10'000, spec.max_boxes));
  spec.labels = ReadLabels(reader, package, "model");
  return spec;
}

TaskSpec ReadSegmentation(TomlReader& reader, const Package& package) {
  constexpr std::string_view kKeys[] = {"name"};
  reader.AllowKeys("output", kKeys, "segmentation");
  return SegmentationSpec{reader.Text("output", "name", ""), ReadLabels(reader, package, "model")};
}

TaskSpec ReadDepth(TomlReader& reader, const Package&) {
  constexpr std::string_view kKeys[] = {"name", "near"};
  reader.AllowKeys("output", kKeys, "depth");
  return DepthSpec{reader.Text("output", "name", ""), reader.Word<bool>("output", "near", kNear, std::nullopt)};
}

TaskSpec ReadImage(TomlReader& reader, const Package&) {
  constexpr std::string_view kKeys[] = {"name", "range", "color"};
  reader.AllowKeys("output", kKeys, "image-to-image");
  ImageSpec spec;
  spec.tensor = reader.Text("output", "name", "");
  spec.range = reader.Range("output", "range");
  spec.color = reader.Word<Color>("output", "color", kColors, Color::kRgb);
  return spec;
}

TaskSpec ReadEmbedding(TomlReader& reader, const Package&) {
  constexpr std::string_view kKeys[] = {"name", "normalise"};
  reader.AllowKeys("output", kKeys, "embedding");
  return EmbeddingSpec{reader.Text("output", "name", ""), reader.Flag("output", "normalise", false)};
}

// A permutation of x, y and z, capitals for those that run the other way.
bool IsOrderOfAxes(std::string axes) {
  std::ranges::transform(axes, axes.begin(), [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  std::ranges::sort(axes);
  return axes == "xyz";
}

TaskSpec ReadVoxels(TomlReader& reader, const Package&) {
  constexpr std::string_view kKeys[] = {"name", "axes", "threshold", "side", "depth"};
  reader.AllowKeys("output", kKeys, "image-to-voxels");
  VoxelSpec spec;
  spec.tensor = reader.Text("output", "name", "");
  spec.axes = reader.Text("output", "axes", spec.axes);
  if (!IsOrderOfAxes(spec.axes)) reader.Expect("output", "axes", "an order of x, y and z, as \"zyx\"");
  spec.threshold = reader.Real("output", "threshold", 0.01f, 0.99f, spec.threshold);
  spec.side = reader.Real("output", "side", 0.001f, 1e6f, spec.side);
  spec.depth = reader.Text("output", "depth", "");
  return spec;
}

TaskSpec ReadRaw(TomlReader& reader, const Package&) {
  reader.AllowKeys("output", {}, "raw");
  return RawSpec{};
}

TaskSpec ReadNothing(TomlReader&, const Package&) { return NoopSpec{}; }

struct Reading {
  Task task;
  TaskSpec (*read)(TomlReader& reader, const Package& package);
  bool labels;  // whether [model] labels means anything
};
constexpr Reading kReadings[] = {{Task::kClassification, ReadClassification, true},
                                 {Task::kDetection, ReadDetection, true},
                                 {Task::kSegmentation, ReadSegmentation, true},
                                 {Task::kDepth, ReadDepth, false},
                                 {Task::kImageToImage, ReadImage, false},
                                 {Task::kEmbedding, ReadEmbedding, false},
                                 {Task::kImageToVoxels, ReadVoxels, false},
                                 {Task::kRaw, ReadRaw, false},
                                 {Task::kTransform, ReadNothing, false},
                                 {Task::kNoop, ReadNothing, false}};

}  // namespace

const std::span<const std::string_view> kOutputKeys = kAllKeys;
const std::span<const std::string_view> kHeadKeys = kOfHead;

void ReadOutput(TomlReader& reader, Package* package) {
  const Reading& reading = *std::ranges::find(kReadings, package->task, &Reading::task);
  package->output = reading.read(reader, *package);
  if (!reading.labels && reader.Has("model", "labels")) {
    reader.Expect("model", "labels", fmt::format("nothing, since task \"{}\" has no classes", Name(package->task)));
  }
  if (package->task != Task::kClassification && reader.Count("head") > 0) {
    reader.Expect("head.0", "name", "no [[head]] but for classification");
  }
}

}  // namespace darkroom::model
