#include "model/package_toml.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <limits>

namespace darkroom::model {
namespace {

namespace fs = std::filesystem;
using std::string_view_literals::operator""sv;

constexpr std::pair<std::string_view, Task> kTasks[] = {
    {"classification", Task::kClassification}, {"detection", Task::kDetection},
    {"segmentation", Task::kSegmentation},     {"depth", Task::kDepth},
    {"image-to-image", Task::kImageToImage},   {"embedding", Task::kEmbedding},
    {"image-to-voxels", Task::kImageToVoxels}, {"raw", Task::kRaw},
    {"transform", Task::kTransform},           {"noop", Task::kNoop}};
constexpr std::pair<std::string_view, Layout> kLayouts[] = {{"NCHW", Layout::kNchw}, {"NHWC", Layout::kNhwc}};
constexpr std::pair<std::string_view, ElementType> kTypes[] = {{"float32", ElementType::kFloat32},
                                                               {"uint8", ElementType::kUint8}};
constexpr std::pair<std::string_view, Resize> kResizes[] = {
    {"shorter", Resize::kShorter}, {"stretch", Resize::kStretch}, {"fit", Resize::kFit}};
constexpr std::pair<std::string_view, imaging::Filter> kFilters[] = {{"bilinear", imaging::Filter::kBilinear},
                                                                     {"bicubic", imaging::Filter::kBicubic},
                                                                     {"nearest", imaging::Filter::kNearest}};
constexpr std::pair<std::string_view, Color> kColors[] = {
    {"RGB", Color::kRgb}, {"BGR", Color::kBgr}, {"GRAY", Color::kGray}, {"RGBA", Color::kRgba}};

constexpr std::string_view kModelKeys[] = {"name", "version", "task", "description", "license", "file", "labels"};
constexpr std::string_view kInputKeys[] = {"name", "layout", "type", "width", "height"};
constexpr std::string_view kPreprocessKeys[] = {"resize", "resize_to", "filter",     "color",         "pad_color",
                                                "mean",   "scale",     "transforms", "reduced_decode"};
constexpr std::string_view kLimitsKeys[] = {"max_pixels"};
constexpr std::string_view kBareKeys[] = {"name", "version", "task", "description", "license"};
constexpr KnownSection kBareSections[] = {{"model", kBareKeys}};

constexpr int kMaxInputSide = 4096;

void ReadModel(TomlReader& reader, Package* package) {
  package->name = reader.Text("model", "name", std::nullopt);
  if (!IsName(package->name, 64)) reader.Expect("model", "name", "1 to 64 letters, digits, \".\", \"_\", \"-\"");
  package->version = reader.Text("model", "version", std::nullopt);
  if (!IsName(package->version, 32)) reader.Expect("model", "version", "1 to 32 letters, digits, \".\", \"_\", \"-\"");
  package->description = reader.Text("model", "description", "");
  package->license = reader.Text("model", "license", "");
}

void ReadInput(TomlReader& reader, InputSpec* input) {
  input->name = reader.Text("input", "name", "");
  input->layout = reader.Word<Layout>("input", "layout", kLayouts, Layout::kNchw);
  input->type = reader.Word<ElementType>("input", "type", kTypes, ElementType::kFloat32);
  input->width = static_cast<int>(reader.Integer("input", "width", 1, kMaxInputSide, std::nullopt));
  input->height = static_cast<int>(reader.Integer("input", "height", 1, kMaxInputSide, std::nullopt));
}

// What makes a network silently worse when it is left out has no default: how to resize, mean, scale.
void ReadPreprocess(TomlReader& reader, const InputSpec& input, PreprocessSpec* preprocess) {
  constexpr std::string_view kSection = "preprocess";
  preprocess->resize = reader.Word<Resize>(kSection, "resize", kResizes, std::nullopt);
  if (preprocess->resize == Resize::kShorter) {
    const int least = std::max(input.width, input.height);
    preprocess->resize_to =
        static_cast<int>(reader.Integer(kSection, "resize_to", least, 2 * kMaxInputSide, std::nullopt));
  } else if (reader.Has(kSection, "resize_to")) {
    reader.Expect(kSection, "resize_to", "nothing unless resize = \"shorter\"");
  }
  preprocess->filter = reader.Word<imaging::Filter>(kSection, "filter", kFilters, imaging::Filter::kBilinear);
  preprocess->color = reader.Word<Color>(kSection, "color", kColors, Color::kRgb);
  if (preprocess->resize != Resize::kFit && reader.Has(kSection, "pad_color")) {
    reader.Expect(kSection, "pad_color", "nothing unless resize = \"fit\"");
  }
  preprocess->pad_color = reader.ColorValue(kSection, "pad_color", preprocess->pad_color);
  preprocess->reduced_decode = reader.Flag(kSection, "reduced_decode", true);
  if (reader.Has(kSection, "transforms")) {
    auto transforms = imaging::ParseTransforms(reader.Text(kSection, "transforms", ""));
    if (!transforms) reader.Expect(kSection, "transforms", transforms.error().message());
    if (transforms) preprocess->transforms = std::move(*transforms);
    if (preprocess->color == Color::kRgba) reader.Expect(kSection, "transforms", "nothing, since they keep no alpha");
  }
  if (input.type == ElementType::kUint8) {
    for (const std::string_view key : {"mean"sv, "scale"sv}) {
      if (reader.Has(kSection, key))
        reader.Expect(kSection, key, "nothing, since [input] type = \"uint8\" takes raw bytes");
    }
    return;
  }
  const int colors = std::min(preprocess->channels(), 3);  // alpha is always from 0 to 1
  preprocess->mean = reader.Numbers(kSection, "mean", colors);
  preprocess->scale = reader.Numbers(kSection, "scale", colors);
  for (int c = 0; c < colors; ++c) {
    if (preprocess->scale[c] == 0) reader.Expect(kSection, "scale", "numbers other than 0");
  }
}

template <class T>
std::string_view NameOf(std::span<const std::pair<std::string_view, T>> words, T value) {
  for (const auto& [name, of] : words) {
    if (of == value) return name;
  }
  return "unknown";
}

}  // namespace

std::string_view Name(Task task) { return NameOf<Task>(kTasks, task); }
std::string_view Name(Layout layout) { return NameOf<Layout>(kLayouts, layout); }
std::string_view Name(Color color) { return NameOf<Color>(kColors, color); }

bool IsName(std::string_view text, std::size_t longest) {
  auto plain = [](char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0 || "._-"sv.contains(c); };
  return !text.empty() && text.size() <= longest && text[0] != '.' && std::ranges::all_of(text, plain);
}

fs::path FileOf(TomlReader& reader, const Package& package, std::string_view section, std::string_view key,
                std::string fallback) {
  const fs::path file = reader.Text(section, key, std::move(fallback));
  if (file.empty() || file.is_absolute() || std::ranges::find(file, "..") != file.end()) {
    reader.Expect(section, key, "the name of a file in the package's folder");
  }
  return package.toml_path.parent_path() / file;
}

Result<Package> ParseModelToml(std::string text, const fs::path& toml_path) {
  Result<TomlReader> reader = TomlReader::Parse(text, toml_path);
  if (!reader) return Fail(reader.error());
  Package package;
  package.toml_path = toml_path;
  package.toml = std::move(text);
  package.lines = reader->Lines();

  // The task says which keys there are, but a mistyped "task" is told by its key.
  const KnownSection sections[] = {
      {"model", kModelKeys},       {"input", kInputKeys},     {"preprocess", kPreprocessKeys}, {"output", kOutputKeys},
      {"stage", kStageKeys, true}, {"head", kHeadKeys, true}, {"limits", kLimitsKeys}};
  const std::string task = reader->Has("model", "task") ? reader->Text("model", "task", "") : "";
  const bool bare = task == "noop" || task == "transform";
  reader->AllowOnly(bare ? std::span<const KnownSection>(kBareSections) : sections);
  package.task = reader->Word<Task>("model", "task", kTasks, std::nullopt);
  ReadModel(*reader, &package);
  if (!bare && reader->status()) {
    ReadInput(*reader, &package.input);
    ReadPreprocess(*reader, package.input, &package.preprocess);
    ReadStages(*reader, &package);
    ReadOutput(*reader, &package);
    package.max_pixels =
        reader->Integer("limits", "max_pixels", 1, std::numeric_limits<std::int32_t>::max(), package.max_pixels);
  }
  if (!reader->status()) return Fail(reader->status().error());
  return package;
}

}  // namespace darkroom::model
