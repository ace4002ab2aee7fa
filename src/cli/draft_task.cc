#include "cli/draft_task.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <cmath>
#include <iterator>
#include <span>

namespace darkroom::cli {
namespace {

using model::ElementType;
using model::Shape;
using model::Task;
using model::Tensor;

constexpr int kSmallestMap = 8;       // sides of what is looked at as a map or a picture
constexpr int kUnknownClasses = 256;  // of a map of whole numbers

struct Spread {
  float least = 0, most = 0;
};
Spread SpreadOf(std::span<const float> numbers) {
  if (numbers.empty()) return {};
  const auto [least, most] = std::ranges::minmax(numbers);
  return {least, most};
}

// Whether they are probabilities of classes that exclude each other.
bool IsDistribution(std::span<const float> numbers) {
  constexpr float kSlack = 1e-3f;
  float sum = 0;
  for (const float number : numbers) {
    if (!(number >= 0 && number <= 1 + kSlack)) return false;
    sum += number;
  }
  return std::abs(sum - 1) < kSlack && numbers.size() > 1;
}

// 1×C, 1×C×1×1 and the like.
bool IsVector(const SeenOutput& output) {
  if (!IsFloat(output) || output.tensor.rank() < 2) return false;
  const auto longest = static_cast<std::size_t>(std::ranges::max(output.tensor.shape()));
  return longest > 1 && output.tensor.elements() == longest;
}

// The name, fit to be a head's or a file's.
std::string PlainName(std::string_view name) {
  std::string plain(name.substr(0, 48));
  for (char& c : plain) c = std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_' || c == '-' ? c : '-';
  return plain.empty() || plain[0] == '-' ? "head" + plain : plain;
}

// How scores become probabilities: seen rather than guessed where they are probabilities already.
std::vector<DraftLine> ScoreLines(const SeenOutput& output) {
  const auto numbers = output.tensor.floats();
  if (IsDistribution(numbers)) return {{"softmax", "false", "on noise its scores sum to 1, so they are probabilities"}};
  const Spread spread = SpreadOf(numbers);
  if (spread.least >= 0 && spread.most <= 1) {
    return {{"multi_label", "true",
             "on noise its scores stay within 0 to 1 but do not sum to 1; for one label a "
             "picture, softmax = false in place of these two"},
            {"sigmoid", "false"}};
  }
  return {{"softmax", "true",
           fmt::format("on noise its scores run from {:.3g} to {:.3g}, so they are logits; where any "
                       "number of labels may hold at once, multi_label = true and sigmoid = true",
                       spread.least, spread.most)}};
}

int LikelihoodOfClasses(const SeenOutput& output, int labels) {
  const auto classes = static_cast<int>(output.tensor.elements());
  if (labels == classes) return 10;
  if (IsDistribution(output.tensor.floats())) return 9;
  if (NameHas(output, {"prob", "softmax", "logit", "score", "class"}) || classes == 1000 || classes == 1001) return 8;
  return NameHas(output, {"embed", "feat", "vector"}) ? 2 : 5;
}

std::optional<TaskReading> ReadClassification(const NetworkFacts& facts, int labels) {
  std::vector<const SeenOutput*> vectors;
  for (const SeenOutput& output : facts.outputs) {
    if (IsVector(output)) vectors.push_back(&output);
  }
  auto matches = [&](const SeenOutput* output) { return output->tensor.elements() == std::size_t(labels); };
  const auto named = std::ranges::find_if(vectors, matches);
  if (vectors.empty() || (labels > 0 && named == vectors.end())) return std::nullopt;
  TaskReading reading{
      .task = Task::kClassification, .likelihood = 0, .why = "", .output = {}, .heads = {}, .labels = {}};
  if (vectors.size() == 1 || vectors.size() < facts.outputs.size()) {
    const SeenOutput& output = labels > 0 ? **named : *vectors.front();
    reading.likelihood = LikelihoodOfClasses(output, labels);
    reading.why = fmt::format("\"{}\" is {}: a score for each class", output.name, Describe(output.tensor));
    reading.output = {{"name", TomlText(output.name)}};
    std::ranges::move(ScoreLines(output), std::back_inserter(reading.output));
    reading.labels = OneLabelsFile(static_cast<int>(output.tensor.elements()), labels);
    return reading;
  }
  reading.likelihood = 8;
  reading.why = fmt::format("{} outputs, each with a score for each class", vectors.size());
  for (const SeenOutput* output : vectors) {
    const std::string head = PlainName(output->name);
    const bool own = named != vectors.end() && output == *named;
    const std::string file = own ? "labels.txt" : fmt::format("labels-{}.txt", head);
    std::vector<DraftLine> lines = {
        {"name", TomlText(head)}, {"tensor", TomlText(output->name)}, {"labels", TomlText(file)}};
    std::ranges::move(ScoreLines(*output), std::back_inserter(lines));
    reading.heads.push_back(std::move(lines));
    reading.labels.push_back({file, static_cast<int>(output->tensor.elements()), own});
  }
  return reading;
}

std::optional<TaskReading> ReadEmbedding(const NetworkFacts& facts) {
  const auto output = std::ranges::find_if(facts.outputs, IsVector);
  if (output == facts.outputs.end()) return std::nullopt;
  const std::size_t length = output->tensor.elements();
  // What people give vectors and seldom numbers of classes.
  const bool round = length >= 64 && length % 64 == 0 && !IsDistribution(output->tensor.floats());
  return TaskReading{.task = Task::kEmbedding,
                     .likelihood = NameHas(*output, {"embed", "feat", "vector"}) ? 9
                                   : round                                       ? 6
                                                                                 : 1,
                     .why = fmt::format("\"{}\" is {}: a vector", output->name, Describe(output->tensor)),
                     .output = {{"name", TomlText(output->name)},
                                {"normalise", "true",
                                 "vectors of length 1 compare by their product; false keeps them "
                                 "as the network gives them"}},
                     .heads = {},
                     .labels = {}};
}

// 1×C×H×W, or 1×H×W×C of a network whose input is so.
struct Map {
  std::int64_t channels = 0, height = 0, width = 0;
};
std::optional<Map> MapOf(const SeenOutput& output, model::Layout layout) {
  const Shape& shape = output.tensor.shape();
  if (!output.foreign_type.empty() || shape.size() != 4 || shape[0] != 1) return std::nullopt;
  const bool nchw = layout == model::Layout::kNchw;
  const Map map = {shape[nchw ? 1 : 3], shape[nchw ? 2 : 1], shape[nchw ? 3 : 2]};
  if (map.height < kSmallestMap || map.width < kSmallestMap) return std::nullopt;
  return map;
}
// 1×H×W or 1×1×H×W.
bool IsFlatMap(const SeenOutput& output) {
  const Shape& shape = output.tensor.shape();
  if (!output.foreign_type.empty() || shape.size() < 3 || shape.size() > 4 || shape[0] != 1) return false;
  if (shape.size() == 4 && shape[1] != 1) return false;
  return shape[shape.size() - 1] >= kSmallestMap && shape[shape.size() - 2] >= kSmallestMap;
}

std::optional<TaskReading> ReadSegmentation(const NetworkFacts& facts, int labels) {
  std::optional<TaskReading> best;
  for (const SeenOutput& output : facts.outputs) {
    const auto map = IsFloat(output) ? MapOf(output, model::Layout::kNchw) : std::nullopt;
    const bool whole = !IsFloat(output) && IsFlatMap(output) && output.tensor.type() != ElementType::kBool;
    if (!whole && (!map || map->channels < 2 || map->channels > 256)) continue;
    if (map && labels > 0 && labels != map->channels) continue;
    const int classes = map ? static_cast<int>(map->channels) : kUnknownClasses;
    const int likelihood = labels > 0 ? 10 : whole ? 9 : classes > 4 ? 8 : classes == 2 ? 7 : 3;
    if (best && best->likelihood >= likelihood) continue;
    best = TaskReading{.task = Task::kSegmentation,
                       .likelihood = likelihood,
                       .why = fmt::format("\"{}\" is {}: {} for each pixel", output.name, Describe(output.tensor),
                                          whole ? "a class" : "a score of each class"),
                       .output = {{"name", TomlText(output.name)}},
                       .heads = {},
                       .labels = OneLabelsFile(whole && labels > 0 ? labels : classes, labels)};
  }
  return best;
}

std::string RangeOf(const SeenOutput& output, std::string* why) {
  if (!IsFloat(output)) return "[0, 255]";
  const Spread spread = SpreadOf(output.tensor.floats());
  const bool symmetric = spread.least < -0.2f && spread.most < 2 && spread.least > -2;
  *why = fmt::format("on noise its numbers run from {:.3g} to {:.3g}; these two become black and white", spread.least,
                     spread.most);
  return symmetric ? "[-1, 1]" : spread.most > 8 ? "[0, 255]" : "[0, 1]";
}

std::optional<TaskReading> ReadImage(const NetworkFacts& facts) {
  for (const SeenOutput& output : facts.outputs) {
    const auto map = MapOf(output, facts.input.layout);
    const bool type = IsFloat(output) || output.tensor.type() == ElementType::kUint8;
    if (!map || !type || (map->channels != 1 && map->channels != 3)) continue;
    const bool gray = map->channels == 1;
    TaskReading reading{.task = Task::kImageToImage,
                        .likelihood = gray ? (facts.input.channels == 1 ? 7 : 3) : 8,
                        .why = fmt::format("\"{}\" is {}: a picture", output.name, Describe(output.tensor)),
                        .output = {{"name", TomlText(output.name)}},
                        .heads = {},
                        .labels = {}};
    DraftLine range{"range", ""};
    range.value = RangeOf(output, &range.why);
    reading.output.push_back(std::move(range));
    if (gray)
      reading.output.push_back({"color", "\"GRAY\""});
    else
      reading.output.push_back({"color", "\"RGB\"", "\"BGR\" where blue comes first"});
    return reading;
  }
  return std::nullopt;
}

std::optional<TaskReading> ReadDepth(const NetworkFacts& facts) {
  for (const SeenOutput& output : facts.outputs) {
    if (!IsFloat(output) || !IsFlatMap(output)) continue;
    const bool metres = NameHas(output, {"metric", "meter", "metre"});
    return TaskReading{
        .task = Task::kDepth,
        .likelihood = NameHas(output, {"depth", "dispar"}) ? 9 : 6,
        .why = fmt::format("\"{}\" is {}: a number for each pixel", output.name, Describe(output.tensor)),
        .output = {{"name", TomlText(output.name)},
                   {"near", metres ? "\"small\"" : "\"large\"",
                    "nothing tells; \"small\" for distances, \"large\" for inverse depth (disparity)"}},
        .heads = {},
        .labels = {}};
  }
  return std::nullopt;
}

std::optional<TaskReading> ReadVoxels(const NetworkFacts& facts) {
  for (const SeenOutput& output : facts.outputs) {
    const Shape& shape = output.tensor.shape();
    if (!IsFloat(output) || shape.size() != 5 || shape[0] != 1 || shape[1] != 1) continue;
    if (shape[2] != shape[3] || shape[3] != shape[4] || shape[2] < 2 || shape[2] > 256) continue;
    return TaskReading{.task = Task::kImageToVoxels,
                       .likelihood = 10,
                       .why = fmt::format("\"{}\" is {}: a cube", output.name, Describe(output.tensor)),
                       .output = {{"name", TomlText(output.name)},
                                  {"axes", "\"zyx\"", "outermost first, capitals run backwards; look at mesh.glb"},
                                  {"threshold", "0.5", "the probability above which a voxel is solid"}},
                       .heads = {},
                       .labels = {}};
  }
  return std::nullopt;
}

std::optional<TaskReading> ReadRaw(const NetworkFacts& facts) {
  const auto foreign = [](const SeenOutput& output) { return !output.foreign_type.empty(); };
  if (std::ranges::any_of(facts.outputs, foreign) || facts.outputs.empty()) return std::nullopt;
  return TaskReading{
      .task = Task::kRaw, .likelihood = 0, .why = "any tensors", .output = {}, .heads = {}, .labels = {}};
}

}  // namespace

bool IsFloat(const SeenOutput& output) {
  return output.foreign_type.empty() && output.tensor.type() == ElementType::kFloat32;
}

bool NameHas(const SeenOutput& output, std::initializer_list<std::string_view> words) {
  std::string name = output.name;
  std::ranges::transform(name, name.begin(), [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return std::ranges::any_of(words, [&](std::string_view word) { return name.find(word) != name.npos; });
}

std::vector<LabelsFile> OneLabelsFile(int count, int labels) { return {{"labels.txt", count, labels > 0}}; }

std::string TomlText(std::string_view text) {
  std::string quoted = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\')
      quoted += {'\\', c};
    else if (static_cast<unsigned char>(c) < 0x20 || c == 0x7F)
      quoted += fmt::format("\\u{:04X}", static_cast<unsigned>(c));
    else
      quoted += c;
  }
  return quoted + '"';
}

std::vector<TaskReading> ReadTasks(const NetworkFacts& facts, int labels) {
  std::vector<TaskReading> readings;
  auto add = [&](std::optional<TaskReading> reading) {
    if (reading) readings.push_back(std::move(*reading));
  };
  add(ReadBoxes(facts, labels));
  add(ReadSegmentation(facts, labels));
  add(ReadClassification(facts, labels));
  if (labels == 0) {
    add(ReadVoxels(facts));
    add(ReadImage(facts));
    add(ReadDepth(facts));
    add(ReadEmbedding(facts));
    add(ReadRaw(facts));
  }
  std::ranges::stable_sort(readings, std::ranges::greater(), &TaskReading::likelihood);
  return readings;
}

}  // namespace darkroom::cli
