// Drafts of networks of every kind: each is held against the parser of model.toml, which is stricter than any list of
// what should stand there.
#include "cli/package_draft.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

namespace darkroom::cli {
namespace {

using model::ElementType;
using model::Layout;
using model::Shape;
using model::Task;
using testing::HasSubstr;

// An output whose numbers are `number` of their places.
template <class F>
SeenOutput Output(std::string name, Shape shape, F number) {
  model::Tensor tensor(ElementType::kFloat32, std::move(shape));
  for (std::size_t i = 0; i < tensor.elements(); ++i) tensor.floats()[i] = static_cast<float>(number(i));
  return {.name = std::move(name), .foreign_type = {}, .tensor = std::move(tensor)};
}
SeenOutput Logits(std::string name, Shape shape) {
  return Output(std::move(name), std::move(shape), [](std::size_t i) { return 3 * std::sin(double(i)); });
}
SeenOutput Whole(std::string name, Shape shape, ElementType type) {
  model::Tensor tensor(type, std::move(shape));
  std::ranges::fill(tensor.bytes(), std::byte(0));
  return {.name = std::move(name), .foreign_type = {}, .tensor = std::move(tensor)};
}

PictureInput Input(int side) { return {.name = "image", .width = side, .height = side}; }

// The draft, read as the service would read it.
struct Drafted {
  model::Package package;
  std::string toml;
  std::vector<LabelsFile> labels;
  std::vector<std::string> guesses;  // keys
  std::string error;
};
Drafted DraftOf(std::vector<SeenOutput> outputs, PictureInput input = Input(224), DraftOptions options = {}) {
  if (options.name.empty()) options.name = "drafted";
  const auto draft = DraftPackage({.input = std::move(input), .outputs = std::move(outputs)}, options);
  Drafted drafted;
  if (!draft) return drafted.error = draft.error().message(), drafted;
  drafted.toml = draft->toml;
  drafted.labels = draft->labels;
  for (const Guess& guess : draft->guesses) drafted.guesses.push_back(guess.key);
  auto package = model::ParseModelToml(draft->toml, "model.toml");
  if (!package) return drafted.error = package.error().message() + "\n" + draft->toml, drafted;
  drafted.package = std::move(*package);
  return drafted;
}
Task TaskOf(std::vector<SeenOutput> outputs, int side = 224) {
  return DraftOf(std::move(outputs), Input(side)).package.task;
}

const model::DetectionSpec& Detection(const Drafted& drafted) {
  return std::get<model::DetectionSpec>(drafted.package.output);
}
const model::ClassificationSpec::Head& Head(const Drafted& drafted, std::size_t i = 0) {
  return std::get<model::ClassificationSpec>(drafted.package.output).heads.at(i);
}

TEST(PackageDraft, SaysWhatTheNetworkSaysAndMarksWhatItDoesNot) {
  const Drafted drafted = DraftOf({Logits("scores", {1, 1000})});
  ASSERT_EQ(drafted.error, "");
  EXPECT_EQ(drafted.package.name, "drafted");
  EXPECT_EQ(drafted.package.version, "1");
  EXPECT_EQ(drafted.package.task, Task::kClassification);
  EXPECT_EQ(drafted.package.input.width, 224);
  EXPECT_EQ(drafted.package.preprocess.resize_to, 256);
  EXPECT_EQ(Head(drafted).activation, model::Activation::kSoftmax);
  EXPECT_THAT(drafted.guesses, testing::ElementsAre("[model] task", "[preprocess] resize", "[preprocess] resize_to",
                                                    "[preprocess] color", "[preprocess] mean", "[preprocess] scale",
                                                    "[output] softmax", "labels.txt"));
  EXPECT_THAT(drafted.toml, HasSubstr("# guess: ImageNet's"));
  ASSERT_EQ(drafted.labels.size(), 1u);
  EXPECT_EQ(drafted.labels[0].count, 1000);
  EXPECT_FALSE(drafted.labels[0].named);
  std::size_t longest = 0;
  for (std::size_t at = 0, end = 0; end != drafted.toml.npos; at = end + 1) {
    end = drafted.toml.find('\n', at);
    longest = std::max(longest, std::min(end, drafted.toml.size()) - at);
  }
  EXPECT_LE(longest, 100u) << drafted.toml;
}

TEST(PackageDraft, SeesProbabilitiesAndDoesNotMakeThemAgain) {
  const Drafted one = DraftOf({Output("p", {1, 4}, [](std::size_t) { return 0.25; })});
  EXPECT_EQ(Head(one).activation, model::Activation::kNone);
  EXPECT_FALSE(Head(one).multi_label);
  const Drafted several = DraftOf({Output("scores", {1, 4}, [](std::size_t) { return 0.5; })});
  EXPECT_TRUE(Head(several).multi_label);
  EXPECT_EQ(Head(several).activation, model::Activation::kNone);
}

TEST(PackageDraft, TellsTasksByShapesNamesAndNumbers) {
  EXPECT_EQ(TaskOf({Logits("logits", {1, 10})}), Task::kClassification);
  EXPECT_EQ(TaskOf({Logits("y", {1, 1000, 1, 1})}), Task::kClassification);
  EXPECT_EQ(TaskOf({Logits("y", {1, 512})}), Task::kEmbedding);
  EXPECT_EQ(TaskOf({Logits("embedding", {1, 10})}), Task::kEmbedding);
  EXPECT_EQ(TaskOf({Logits("y", {1, 21, 64, 64})}), Task::kSegmentation);
  EXPECT_EQ(TaskOf({Whole("y", {1, 64, 64}, ElementType::kInt64)}), Task::kSegmentation);
  EXPECT_EQ(TaskOf({Logits("y", {1, 3, 64, 64})}), Task::kImageToImage);
  EXPECT_EQ(TaskOf({Whole("y", {1, 3, 64, 64}, ElementType::kUint8)}), Task::kImageToImage);
  EXPECT_EQ(TaskOf({Logits("y", {1, 64, 64})}), Task::kDepth);
  EXPECT_EQ(TaskOf({Logits("y", {1, 1, 64, 64})}), Task::kDepth);
  EXPECT_EQ(TaskOf({Logits("y", {1, 1, 32, 32, 32})}), Task::kImageToVoxels);
  EXPECT_EQ(TaskOf({Logits("y", {1, 7, 5})}), Task::kRaw);
  EXPECT_EQ(TaskOf({Logits("y", {})}), Task::kRaw);
}

TEST(PackageDraft, TellsTheFormatsOfDetection) {
  const auto corners = [](std::size_t i) { return i % 4 < 2 ? 10.0 : 50.0; };
  const auto scores = [](std::size_t) { return 0.5; };
  Drafted drafted = DraftOf({Output("boxes", {1, 100, 4}, corners), Output("scores", {1, 100, 3}, scores)});
  EXPECT_EQ(Detection(drafted).format, model::BoxFormat::kSeparate);
  EXPECT_FALSE(Detection(drafted).centres);
  EXPECT_FALSE(Detection(drafted).relative);
  EXPECT_EQ(drafted.labels[0].count, 3);

  drafted =
      DraftOf({Output("b", {1, 9, 4}, [](std::size_t i) { return i % 4 < 2 ? 0.5 : 0.1; }), Logits("s", {1, 9, 2})});
  EXPECT_TRUE(Detection(drafted).centres && Detection(drafted).relative && Detection(drafted).sigmoid);

  drafted = DraftOf({Whole("boxes", {0, 4}, ElementType::kFloat32), Whole("labels", {0}, ElementType::kInt64),
                     Whole("scores", {0}, ElementType::kFloat32)});
  EXPECT_EQ(Detection(drafted).format, model::BoxFormat::kClassed);
  EXPECT_EQ(Detection(drafted).classes, "labels");

  drafted = DraftOf({Output("output0", {1, 84, 8400}, scores)}, Input(640));
  EXPECT_EQ(Detection(drafted).format, model::BoxFormat::kYolov8);
  EXPECT_EQ(drafted.labels[0].count, 80);
  drafted = DraftOf({Output("output0", {1, 25200, 85}, scores)}, Input(640));
  EXPECT_EQ(Detection(drafted).format, model::BoxFormat::kYolov5);
  EXPECT_EQ(drafted.labels[0].count, 80);
  drafted = DraftOf({Output("y", {1, 300, 6}, [](std::size_t i) { return i % 6 < 4 ? 7 : i % 6 == 4 ? 0.5 : 2; })});
  EXPECT_EQ(Detection(drafted).format, model::BoxFormat::kFinal);
  EXPECT_EQ(drafted.package.preprocess.resize, model::Resize::kFit);
}

TEST(PackageDraft, GivesEachOfSeveralVectorsAHead) {
  const Drafted drafted =
      DraftOf({Logits("category", {1, 50}), Output("attr/ibutes", {1, 26}, [](std::size_t) { return 0.4; })});
  ASSERT_EQ(drafted.error, "");
  EXPECT_EQ(Head(drafted, 0).name, "category");
  EXPECT_EQ(Head(drafted, 1).name, "attr-ibutes");
  EXPECT_EQ(Head(drafted, 1).tensor, "attr/ibutes");
  EXPECT_TRUE(Head(drafted, 1).multi_label);
  ASSERT_EQ(drafted.labels.size(), 2u);
  EXPECT_EQ(drafted.labels[1].name, "labels-attr-ibutes.txt");
  EXPECT_EQ(drafted.labels[1].count, 26);
}

TEST(PackageDraft, LabelsAndTaskOfTheUserCount) {
  EXPECT_EQ(DraftOf({Logits("y", {1, 512})}, Input(224), {.name = "", .version = "1", .task = {}, .labels = 512})
                .package.task,
            Task::kClassification);
  const Drafted named = DraftOf({Logits("features", {1, 64}), Logits("y", {1, 3})}, Input(224),
                                {.name = "", .version = "1", .task = {}, .labels = 3});
  EXPECT_EQ(named.package.task, Task::kClassification) << named.error;
  const Drafted raw = DraftOf({Logits("y", {1, 10})}, Input(224), {.name = "", .version = "1", .task = Task::kRaw});
  EXPECT_EQ(raw.package.task, Task::kRaw);
  EXPECT_THAT(raw.guesses, testing::Not(testing::Contains("[model] task")));
}

TEST(PackageDraft, SaysWhatWouldFitInstead) {
  EXPECT_EQ(
      DraftOf({Logits("y", {1, 10})}, Input(224), {.name = "", .version = "1", .task = Task::kDepth}).error,
      "--task: \"depth\" does not fit outputs \"y\" (float32 1×10); tasks that do: classification, embedding, raw");
  EXPECT_EQ(DraftOf({Logits("y", {1, 10})}, Input(224), {.name = "", .version = "1", .task = {}, .labels = 9}).error,
            "--labels: has 9 labels, but no output of the network has as many classes: \"y\" (float32 1×10); leave "
            "--labels out to see what it could be");
  EXPECT_THAT(DraftOf({{.name = "y", .foreign_type = "float16", .tensor = {}}}).error,
              HasSubstr("none of its outputs can be read: \"y\" (float16)"));
}

TEST(PackageDraft, FitsInputsOfEveryKind) {
  const std::vector<SeenOutput> outputs = {Logits("y", {1, 10})};
  PictureInput bytes = Input(224);
  bytes.type = ElementType::kUint8;
  bytes.layout = Layout::kNhwc;
  EXPECT_EQ(DraftOf(outputs, bytes).error, "");
  PictureInput gray = Input(28);
  gray.channels = 1;
  EXPECT_EQ(DraftOf(outputs, gray).package.preprocess.color, model::Color::kGray);
  PictureInput transparent = Input(128);
  transparent.channels = 4;
  EXPECT_EQ(DraftOf(outputs, transparent).package.preprocess.color, model::Color::kRgba);
  PictureInput wide = Input(64);
  wide.height = 32;
  EXPECT_EQ(DraftOf(outputs, wide).package.preprocess.resize, model::Resize::kStretch);
  PictureInput odd = Input(1);
  odd.name = "a \"b\"\n\\c";
  EXPECT_EQ(DraftOf(outputs, odd).package.input.name, odd.name);
}

TEST(PictureInput, IsReadOffTheNetwork) {
  const auto read = [](Shape shape, ElementType type = ElementType::kFloat32) {
    return ReadPictureInput("a.onnx", {{.name = "x", .type = type, .shape = std::move(shape), .foreign_type = {}}},
                            224);
  };
  const auto nchw = read({-1, 3, 224, 192});
  ASSERT_TRUE(nchw);
  EXPECT_EQ(nchw->layout, Layout::kNchw);
  EXPECT_EQ(nchw->width, 192);
  EXPECT_FALSE(nchw->layout_chosen || nchw->width_chosen || nchw->channels_chosen);
  EXPECT_EQ(read({1, 96, 96, 3})->layout, Layout::kNhwc);
  const auto open = read({-1, -1, -1, -1});
  ASSERT_TRUE(open);
  EXPECT_TRUE(open->layout_chosen && open->width_chosen && open->height_chosen && open->channels_chosen);
  EXPECT_EQ(open->shape(), (Shape{1, 3, 224, 224}));
  EXPECT_EQ(read({1, -1, 96, 3})->layout, Layout::kNhwc);
}

TEST(PictureInput, SaysWhyThereIsNone) {
  using Specs = std::vector<model::TensorSpec>;
  const auto error = [](const Specs& specs) { return ReadPictureInput("a.onnx", specs, 224).error().message(); };
  const model::TensorSpec good{.name = "x", .type = ElementType::kFloat32, .shape = {1, 3, 8, 8}, .foreign_type = {}};
  EXPECT_THAT(error({}), HasSubstr("a.onnx: has 0 inputs"));
  EXPECT_THAT(error({good, good}), HasSubstr("write its model.toml by hand"));
  model::TensorSpec wrong = good;
  wrong.foreign_type = "float16";
  EXPECT_THAT(error({wrong}), HasSubstr("export it with an input of float32 or uint8"));
  wrong = good;
  wrong.shape = {1, 10};
  EXPECT_THAT(error({wrong}), HasSubstr("a picture has four sides"));
  wrong.shape = {2, 3, 8, 8};
  EXPECT_THAT(error({wrong}), HasSubstr("export it with a batch of 1"));
  wrong.shape = {1, 5, 8, 8};
  EXPECT_THAT(error({wrong}), HasSubstr("a picture has 1, 3 or 4 channels"));
  wrong.shape = {1, 3, 8, 5000};
  EXPECT_THAT(error({wrong}), HasSubstr("sides of 1 to 4096"));
}

}  // namespace
}  // namespace darkroom::cli
