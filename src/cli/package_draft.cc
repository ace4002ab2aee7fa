#include "cli/package_draft.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>
#include <utility>

#include "cli/draft_task.h"

namespace darkroom::cli {
namespace {

using model::Task;

// Writes sections and remembers the guesses.
class DraftWriter {
 public:
  explicit DraftWriter(std::string opening) : toml_(std::move(opening)) {}

  // "input" for [input], "[head]" for [[head]].
  void Section(std::string name) {
    toml_ += fmt::format("\n[{}]\n", name);
    section_ = std::move(name);
  }
  void Line(const DraftLine& line) {
    if (!line.why.empty()) {
      Comment("guess: " + line.why);
      guesses_.push_back({fmt::format("[{}] {}", section_, line.key), line.value, line.why});
    }
    toml_ += fmt::format("{} = {}\n", line.key, line.value);
  }
  void Lines(const std::vector<DraftLine>& lines) {
    for (const DraftLine& line : lines) Line(line);
  }

  std::string toml() const { return toml_; }
  std::vector<Guess> guesses() const { return guesses_; }

 private:
  // At most 100 columns, broken between words.
  void Comment(std::string_view text) {
    constexpr std::size_t kColumns = 98;
    while (text.size() > kColumns) {
      const std::size_t space = text.rfind(' ', kColumns);
      const std::size_t end = space == text.npos ? kColumns : space;
      toml_ += fmt::format("# {}\n", text.substr(0, end));
      text.remove_prefix(space == text.npos ? end : end + 1);
    }
    toml_ += fmt::format("# {}\n", text);
  }

  std::string toml_;
  std::string section_;
  std::vector<Guess> guesses_;
};

// The reading that was asked for, or the likeliest.
Result<TaskReading> ChooseTask(const NetworkFacts& facts, const DraftOptions& options, std::string* others) {
  std::vector<TaskReading> readings = ReadTasks(facts, options.labels);
  std::vector<std::string> outputs, names;
  for (const SeenOutput& output : facts.outputs) {
    outputs.push_back(fmt::format("\"{}\" ({})", output.name,
                                  output.foreign_type.empty() ? Describe(output.tensor) : output.foreign_type));
  }
  for (const TaskReading& reading : readings) names.emplace_back(Name(reading.task));
  const std::string fits = names.empty() ? "none" : fmt::format("{}", fmt::join(names, ", "));
  if (options.task) {
    const auto asked = std::ranges::find(readings, *options.task, &TaskReading::task);
    if (asked != readings.end()) return std::move(*asked);
    return Fail(Code::kInvalid,
                fmt::format("--task: \"{}\" does not fit outputs {}{}; tasks that do: {}", Name(*options.task),
                            fmt::join(outputs, ", "),
                            options.labels > 0 ? fmt::format(" and {} labels", options.labels) : "", fits));
  }
  if (readings.empty() && options.labels > 0) {
    return Fail(Code::kInvalid,
                fmt::format("--labels: has {} labels, but no output of the network has as many classes: {}; leave "
                            "--labels out to see what it could be",
                            options.labels, fmt::join(outputs, ", ")));
  }
  if (readings.empty()) {
    return Fail(Code::kInvalid,
                fmt::format("none of its outputs can be read: {}; export them as float32, uint8, int32, "
                            "int64 or bool",
                            fmt::join(outputs, ", ")));
  }
  names.erase(names.begin());
  if (!names.empty()) *others = fmt::format("{}", fmt::join(names, ", "));
  return std::move(readings.front());
}

void WriteInput(const PictureInput& input, DraftWriter& out) {
  auto open = [](bool chosen, std::string_view what) {
    return chosen ? fmt::format("the network takes any {}; take what it was trained with", what) : "";
  };
  out.Section("input");
  out.Line({"name", TomlText(input.name)});
  const bool nchw = input.layout == model::Layout::kNchw;
  out.Line({"layout", TomlText(Name(input.layout)),
            input.layout_chosen ? fmt::format("its shape would allow \"{}\" too", nchw ? "NHWC" : "NCHW") : ""});
  out.Line({"type", TomlText(Name(input.type))});
  out.Line({"width", std::to_string(input.width), open(input.width_chosen, "width")});
  out.Line({"height", std::to_string(input.height), open(input.height_chosen, "height")});
}

DraftLine ResizeLine(Task task, bool square) {
  if (task == Task::kDetection) return {"resize", "\"fit\"", "as YOLO is trained; \"stretch\" is common too"};
  if (task == Task::kImageToImage)
    return {"resize", "\"fit\"", "keeps all of the picture; or \"stretch\", \"shorter\""};
  const bool middle = task == Task::kClassification || task == Task::kEmbedding;
  if (middle && square) return {"resize", "\"shorter\"", "as torchvision prepares ImageNet; or \"stretch\", \"fit\""};
  return {"resize", "\"stretch\"", "keeps all of the picture, not its proportions; or \"shorter\", \"fit\""};
}

// mean and scale of most networks of that task. The three habits there are: ImageNet's, 0 to 1, -1 to 1.
void WriteNumbers(Task task, int channels, DraftWriter& out) {
  const bool imagenet = channels == 3 && (task == Task::kClassification || task == Task::kEmbedding ||
                                          task == Task::kSegmentation || task == Task::kDepth);
  const std::string others = "-1 to 1 is mean = 127.5, scale = 0.00784314; bytes as they are mean = 0, scale = 1";
  if (imagenet) {
    out.Line({"mean", "[123.675, 116.28, 103.53]",
              "ImageNet's, as torchvision's models are trained; 0 to 1 is mean = 0, scale = 0.00392157; " + others});
    out.Line({"scale", "[0.0171248, 0.0175070, 0.0174292]", "goes with mean"});
    return;
  }
  const std::string imagenet_is = "ImageNet's is mean = [123.675, 116.28, 103.53], scale = [0.0171, 0.0175, 0.0174]; ";
  out.Line({"mean", "0", "pixels from 0 to 1, with scale; " + (channels == 3 ? imagenet_is : "") + others});
  out.Line({"scale", "0.00392157", "goes with mean"});
}

void WritePreprocess(const PictureInput& input, Task task, DraftWriter& out) {
  out.Section("preprocess");
  const DraftLine resize = ResizeLine(task, input.width == input.height);
  out.Line(resize);
  if (resize.value == "\"shorter\"") {
    // 256 for 224, as most recipes have it.
    out.Line({"resize_to", std::to_string(std::lround(input.width * 256.0 / 224)),
              "what is cut away at the edges is an eighth, as 256 for 224"});
  }
  if (task == Task::kDetection) out.Line({"pad_color", "[114, 114, 114]", "YOLO's gray"});
  const std::string_view color = input.channels == 1 ? "GRAY" : input.channels == 4 ? "RGBA" : "RGB";
  std::string why;
  if (input.channels_chosen)
    why = "the network takes any number of channels; \"GRAY\" has one, \"BGR\" is RGB reversed";
  if (!input.channels_chosen && input.channels == 3) why = "\"BGR\" for networks trained with OpenCV or Caffe";
  out.Line({"color", TomlText(color), why});
  if (input.type == model::ElementType::kFloat32) WriteNumbers(task, input.channels, out);
}

}  // namespace

Result<Draft> DraftPackage(const NetworkFacts& facts, const DraftOptions& options) {
  std::string others;
  auto chosen = ChooseTask(facts, options, &others);
  if (!chosen) return Fail(chosen.error());
  const TaskReading& reading = *chosen;

  DraftWriter out("# A draft: what says \"guess\" was guessed and wants a look. docs/models.md explains every key.\n");
  out.Section("model");
  out.Line({"name", TomlText(options.name)});
  out.Line({"version", TomlText(options.version)});
  std::string why = options.task ? "" : reading.why;
  if (!why.empty() && !others.empty()) why += "; could also be " + others;
  out.Line({"task", TomlText(Name(reading.task)), why});
  if (reading.labels.size() == 1) out.Line({"labels", TomlText(reading.labels[0].name)});
  WriteInput(facts.input, out);
  WritePreprocess(facts.input, reading.task, out);
  if (!reading.output.empty()) out.Section("output");
  out.Lines(reading.output);
  for (const auto& head : reading.heads) {
    out.Section("[head]");
    out.Lines(head);
  }

  Draft draft{.task = reading.task, .toml = out.toml(), .labels = reading.labels, .guesses = out.guesses()};
  for (const LabelsFile& file : draft.labels) {
    if (file.named) continue;
    draft.guesses.push_back({file.name, fmt::format("{} labels", file.count),
                             "made up (\"class 0\", …): put the real ones there, or hand them in with --labels"});
  }
  return draft;
}

}  // namespace darkroom::cli
