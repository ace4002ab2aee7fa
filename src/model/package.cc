#include "model/package.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <fstream>
#include <iterator>
#include <limits>

#include "base/crypto.h"
#include "model/labels.h"
#include "model/toml_reader.h"

namespace darkroom::model {
namespace {

namespace fs = std::filesystem;
using std::string_view_literals::operator""sv;

template <class T>
using Words = std::span<const std::pair<std::string_view, T>>;

constexpr std::pair<std::string_view, Task> kTasks[] = {{"classification", Task::kClassification},
                                                        {"noop", Task::kNoop}};
constexpr std::pair<std::string_view, Layout> kLayouts[] = {{"NCHW", Layout::kNchw}, {"NHWC", Layout::kNhwc}};
constexpr std::pair<std::string_view, ElementType> kTypes[] = {{"float32", ElementType::kFloat32},
                                                               {"uint8", ElementType::kUint8}};
constexpr std::pair<std::string_view, Resize> kResizes[] = {
    {"shorter", Resize::kShorter}, {"stretch", Resize::kStretch}, {"fit", Resize::kFit}};
constexpr std::pair<std::string_view, imaging::Filter> kFilters[] = {{"bilinear", imaging::Filter::kBilinear},
                                                                     {"bicubic", imaging::Filter::kBicubic},
                                                                     {"nearest", imaging::Filter::kNearest}};
constexpr std::pair<std::string_view, Color> kColors[] = {
    {"RGB", Color::kRgb}, {"BGR", Color::kBgr}, {"GRAY", Color::kGray}};

constexpr std::string_view kModelKeys[] = {"name", "version", "task", "description", "license", "file", "labels"};
constexpr std::string_view kInputKeys[] = {"name", "layout", "type", "width", "height"};
constexpr std::string_view kPreprocessKeys[] = {"resize", "resize_to", "filter", "color", "pad_color", "mean", "scale"};
constexpr std::string_view kOutputKeys[] = {"name", "softmax", "top_k"};
constexpr std::string_view kLimitsKeys[] = {"max_pixels"};
constexpr KnownSection kSections[] = {{"model", kModelKeys},
                                      {"input", kInputKeys},
                                      {"preprocess", kPreprocessKeys},
                                      {"output", kOutputKeys},
                                      {"limits", kLimitsKeys}};
constexpr std::string_view kNoopKeys[] = {"name", "version", "task", "description", "license"};
constexpr KnownSection kNoopSections[] = {{"model", kNoopKeys}};

constexpr int kMaxInputSide = 4096;
constexpr int kMaxTopK = 100'000;
constexpr std::int64_t kMaxTomlBytes = 64 << 10;
constexpr std::int64_t kMaxLabelBytes = 16 << 20;

// A package's name stands in URLs, metrics and object keys.
bool IsName(std::string_view text, std::size_t longest) {
  auto plain = [](char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0 || "._-"sv.contains(c); };
  return !text.empty() && text.size() <= longest && text[0] != '.' && std::ranges::all_of(text, plain);
}

Result<std::string> ReadFile(const fs::path& path, std::int64_t limit) {
  std::ifstream in(path, std::ios::binary);
  if (!in) return Fail(Code::kNotFound, fmt::format("{}: cannot be opened", path.string()));
  std::error_code error;
  if (!fs::is_regular_file(path, error)) return Fail(Code::kInvalid, fmt::format("{}: not a file", path.string()));
  const std::uintmax_t size = fs::file_size(path, error);
  if (error || size > static_cast<std::uintmax_t>(limit)) {
    return Fail(Code::kInvalid, fmt::format("{}: expected at most {} bytes, found {}", path.string(), limit, size));
  }
  std::string text(size, '\0');
  in.read(text.data(), static_cast<std::streamsize>(size));
  if (in.gcount() != static_cast<std::streamsize>(size)) {
    return Fail(Code::kUnavailable, fmt::format("{}: cannot be read to its end", path.string()));
  }
  return text;
}

// A file of the package: a relative path that stays within its folder.
fs::path FileOf(TomlReader& reader, const Package& package, std::string_view key, std::string fallback) {
  const fs::path file = reader.Text("model", key, std::move(fallback));
  if (file.empty() || file.is_absolute() || std::ranges::find(file, "..") != file.end()) {
    reader.Expect("model", key, "the name of a file in the package's folder");
  }
  return package.toml_path.parent_path() / file;
}

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

// What makes a classifier silently worse when it is left out has no default: how to resize, mean, scale.
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
  if (input.type == ElementType::kUint8) {
    for (std::string_view key : {"mean"sv, "scale"sv}) {
      if (reader.Has(kSection, key))
        reader.Expect(kSection, key, "nothing, since [input] type = \"uint8\" takes raw bytes");
    }
    return;
  }
  preprocess->mean = reader.Numbers(kSection, "mean", preprocess->channels());
  preprocess->scale = reader.Numbers(kSection, "scale", preprocess->channels());
  for (int c = 0; c < preprocess->channels(); ++c) {
    if (preprocess->scale[c] == 0) reader.Expect(kSection, "scale", "numbers other than 0");
  }
}

void ReadOutput(TomlReader& reader, OutputSpec* output) {
  output->name = reader.Text("output", "name", "");
  output->softmax = reader.Flag("output", "softmax");
  output->top_k = static_cast<int>(reader.Integer("output", "top_k", 1, kMaxTopK, output->top_k));
}

template <class T>
std::string_view NameOf(Words<T> words, T value) {
  for (const auto& [name, of] : words) {
    if (of == value) return name;
  }
  return "unknown";
}

}  // namespace

std::string_view Name(Task task) { return NameOf<Task>(kTasks, task); }
std::string_view Name(Layout layout) { return NameOf<Layout>(kLayouts, layout); }
std::string_view Name(ElementType type) { return NameOf<ElementType>(kTypes, type); }
std::string_view Name(Color color) { return NameOf<Color>(kColors, color); }

std::string Package::Where(std::string_view section, std::string_view key) const {
  const auto line = lines.find(fmt::format("{}.{}", section, key));
  const std::string at = line == lines.end() ? "" : fmt::format(":{}", line->second);
  return fmt::format("{}{}: [{}] {}", toml_path.string(), at, section, key);
}

Result<Package> ParseModelToml(std::string text, const fs::path& toml_path) {
  Result<TomlReader> reader = TomlReader::Parse(text, toml_path);
  if (!reader) return Fail(reader.error());
  Package package;
  package.toml_path = toml_path;
  package.toml = std::move(text);
  package.lines = reader->Lines();

  // The task says which keys there are, but a mistyped "task" is told by its key.
  const bool noop = reader->Has("model", "task") && reader->Text("model", "task", "") == "noop";
  reader->AllowOnly(noop ? std::span<const KnownSection>(kNoopSections) : kSections);
  package.task = reader->Word<Task>("model", "task", kTasks, std::nullopt);
  ReadModel(*reader, &package);
  if (package.task == Task::kClassification) {
    package.weights_path = FileOf(*reader, package, "file", "model.onnx");
    package.labels_path = FileOf(*reader, package, "labels", "labels.txt");
    ReadInput(*reader, &package.input);
    ReadPreprocess(*reader, package.input, &package.preprocess);
    ReadOutput(*reader, &package.output);
    package.max_pixels =
        reader->Integer("limits", "max_pixels", 1, std::numeric_limits<std::int32_t>::max(), package.max_pixels);
  }
  if (!reader->status()) return Fail(reader->status().error());
  return package;
}

Result<Package> LoadPackage(const fs::path& folder) {
  Result<std::string> text = ReadFile(folder / "model.toml", kMaxTomlBytes);
  if (!text) return Fail(text.error());
  Result<Package> package = ParseModelToml(std::move(*text), folder / "model.toml");
  if (!package || package->task == Task::kNoop) return package;

  std::error_code error;
  if (!fs::is_regular_file(package->weights_path, error)) {
    return Fail(Code::kInvalid, fmt::format("{}: expected the weights in {}, found no such file",
                                            package->Where("model", "file"), package->weights_path.string()));
  }
  Result<std::string> labels = ReadFile(package->labels_path, kMaxLabelBytes);
  if (!labels) return Fail(Code::kInvalid, labels.error().During(package->Where("model", "labels")).message());
  Result<std::vector<std::string>> parsed = ParseLabels(*labels);
  if (!parsed) {
    return Fail(Code::kInvalid, fmt::format("{}:{}", package->labels_path.string(), parsed.error().message()));
  }
  package->labels = std::move(*parsed);
  const int classes = static_cast<int>(package->labels.size());
  if (package->output.top_k > classes && package->lines.contains("output.top_k")) {
    return Fail(Code::kInvalid, fmt::format("{}: expected at most {}, the number of labels, found {}",
                                            package->Where("output", "top_k"), classes, package->output.top_k));
  }
  package->output.top_k = std::min(package->output.top_k, classes);
  return package;
}

Package NoopPackage() {
  Package package;
  package.name = "noop";
  package.version = "1";
  package.task = Task::kNoop;
  package.description = "Answers an empty result without looking at the picture; measures the service itself.";
  package.toml = "[model]\nname = \"noop\"\nversion = \"1\"\ntask = \"noop\"\n";
  return package;
}

FoundPackages FindPackages(const fs::path& folder) {
  FoundPackages found;
  std::error_code error;
  fs::directory_iterator entries(folder, error);
  if (error) {
    found.errors.emplace_back(Code::kNotFound, fmt::format("{}: {}", folder.string(), error.message()));
    return found;
  }
  for (; entries != fs::directory_iterator(); entries.increment(error)) {
    std::error_code ignored;
    if (!fs::exists(entries->path() / "model.toml", ignored)) continue;
    Result<Package> package = LoadPackage(entries->path());
    if (package) {
      found.packages.push_back(std::move(*package));
    } else {
      found.errors.push_back(package.error());
    }
    if (error) break;
  }
  if (error) found.errors.emplace_back(Code::kUnavailable, fmt::format("{}: {}", folder.string(), error.message()));
  std::ranges::sort(found.packages, [](const Package& a, const Package& b) {
    return a.name != b.name ? a.name < b.name : CompareVersions(a.version, b.version) > 0;
  });
  std::ranges::sort(found.errors, {}, &Error::message);
  return found;
}

Result<std::string> Digest(const Package& package) {
  Sha256Stream digest;
  digest.Update(package.toml);
  for (const fs::path& path : {package.weights_path, package.labels_path}) {
    if (path.empty()) continue;
    std::ifstream in(path, std::ios::binary);
    std::vector<char> block(std::size_t{256} << 10);
    while (in) {
      in.read(block.data(), static_cast<std::streamsize>(block.size()));
      digest.Update({block.data(), static_cast<std::size_t>(in.gcount())});
    }
    if (!in.eof()) return Fail(Code::kUnavailable, fmt::format("{}: cannot be read to its end", path.string()));
  }
  return "sha256:" + Hex(AsView(digest.Finish()));
}

int CompareVersions(std::string_view a, std::string_view b) {
  auto is_digit = [](char c) { return std::isdigit(static_cast<unsigned char>(c)) != 0; };
  // Takes what is before the next dot; leading zeros of a number do not count.
  auto take = [&](std::string_view* rest) {
    const std::string_view part = rest->substr(0, rest->find('.'));
    rest->remove_prefix(std::min(part.size() + 1, rest->size()));
    const bool number = !part.empty() && std::ranges::all_of(part, is_digit);
    return std::pair(number, number ? part.substr(std::min(part.find_first_not_of('0'), part.size())) : part);
  };
  while (!a.empty() || !b.empty()) {
    if (a.empty()) return -1;  // "1" is older than "1.1"
    if (b.empty()) return 1;
    const auto [a_number, a_part] = take(&a);
    const auto [b_number, b_part] = take(&b);
    if (a_number != b_number) return a_number ? 1 : -1;  // "1.0" is newer than "1.beta"
    if (a_number && a_part.size() != b_part.size()) return a_part.size() < b_part.size() ? -1 : 1;
    if (const int order = a_part.compare(b_part); order != 0) return order;
  }
  return 0;
}

}  // namespace darkroom::model
