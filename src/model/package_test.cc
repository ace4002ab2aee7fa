#include "model/package.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "base/crypto.h"
#include "model/test_packages.h"

namespace darkroom::model {
namespace {

namespace fs = std::filesystem;
using testing::_;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Pair;

std::string ErrorOf(const Result<Package>& package) { return package ? "no error" : package.error().message(); }

TEST(LoadPackage, ReadsEveryKey) {
  TemporaryFolder folder;
  const std::string toml = R"([model]
name = "furniture"
version = "1.2"
task = "classification"
description = "Ten kinds."
license = "Apache-2.0"
file = "model.onnx"
labels = "labels.txt"
[input]
name = "image"
layout = "NHWC"
type = "float32"
width = 96
height = 64
[preprocess]
resize = "shorter"
resize_to = 104
filter = "bicubic"
color = "BGR"
mean = [123.675, 116.28, 103]
scale = [0.5, 0.25, 2]
[output]
name = "logits"
softmax = true
top_k = 2
[limits]
max_pixels = 1000
)";
  Result<Package> package = LoadPackage(WritePackage(folder.path() / "p", toml));
  ASSERT_TRUE(package) << package.error().message();
  EXPECT_EQ(package->name, "furniture");
  EXPECT_EQ(package->version, "1.2");
  EXPECT_EQ(package->task, Task::kClassification);
  EXPECT_EQ(package->description, "Ten kinds.");
  EXPECT_EQ(package->license, "Apache-2.0");
  ASSERT_EQ(package->stages.size(), 1u);
  EXPECT_EQ(package->stages[0].network, folder.path() / "p/model.onnx");
  EXPECT_THAT(package->labels(), ElementsAre("red", "green", "blue"));
  EXPECT_EQ(package->input.name, "image");
  EXPECT_EQ(package->input.layout, Layout::kNhwc);
  EXPECT_EQ(package->input.width, 96);
  EXPECT_EQ(package->input.height, 64);
  EXPECT_EQ(package->preprocess.resize, Resize::kShorter);
  EXPECT_EQ(package->preprocess.resize_to, 104);
  EXPECT_EQ(package->preprocess.filter, imaging::Filter::kBicubic);
  EXPECT_EQ(package->preprocess.color, Color::kBgr);
  EXPECT_THAT(package->preprocess.mean, ElementsAre(123.675f, 116.28f, 103.f));
  EXPECT_THAT(package->preprocess.scale, ElementsAre(0.5f, 0.25f, 2.f));
  const auto& head = std::get<ClassificationSpec>(package->output).heads.at(0);
  EXPECT_EQ(head.tensor, "logits");
  EXPECT_EQ(head.activation, Activation::kSoftmax);
  EXPECT_EQ(head.top_k, 2);
  EXPECT_EQ(package->max_pixels, 1000);
  EXPECT_THAT(package->Where("input", "width"), HasSubstr("model.toml:13: [input] width"));
}

TEST(LoadPackage, TakesOneNumberForAllChannels) {
  TemporaryFolder folder;
  Result<Package> package = LoadPackage(WritePackage(folder.path(), kMeansToml));
  ASSERT_TRUE(package) << package.error().message();
  EXPECT_THAT(package->preprocess.scale, ElementsAre(1.f, 1.f, 1.f));
}

struct Mistake {
  const char* from;
  const char* to;
  const char* error;  // behind the path
};

// Each replaces one place of a good model.toml; errors name line, key, what was expected and what was found.
constexpr Mistake kMistakes[] = {
    {"width = 8", "widht = 8", ":10: [input] widht: not a known key; the nearest is \"width\""},
    {"[output]", "[ouput]", ":19: [ouput] is not known here; the nearest is [output]"},
    {"[model]", "limits = 3\n[model]", ":1: expected a section [limits], found limits = 3"},
    {"name = \"means\"", "name = 7", ":2: [model] name: expected text in quotes, found 7"},
    {"name = \"means\"", "name = \"../x\"", ":2: [model] name: expected 1 to 64 letters"},
    {"version = \"1\"\n", "", ":1: [model] version: expected text in quotes, found nothing"},
    {"\"classification\"", "\"clasification\"",
     ":4: [model] task: expected one of \"classification\", \"detection\", \"segmentation\", \"depth\", "
     "\"image-to-image\", \"embedding\", \"image-to-voxels\", \"raw\", \"transform\", \"noop\", found "
     "\"clasification\""},
    {"task = \"classification\"\n", "", "[model] task: expected one of"},
    {"layout = \"NCHW\"", "layout = \"CHW\"", ":8: [input] layout: expected one of \"NCHW\", \"NHWC\", found \"CHW\""},
    {"type = \"float32\"", "type = \"float\"", ":9: [input] type: expected one of \"float32\", \"uint8\""},
    {"width = 8", "width = 0", ":10: [input] width: expected a whole number from 1 to 4096, found 0"},
    {"width = 8", "width = 8.5", ":10: [input] width: expected a whole number from 1 to 4096, found 8.5"},
    {"height = 8\n", "", ":6: [input] height: expected a whole number from 1 to 4096, found nothing"},
    {"resize = \"stretch\"\n", "", "[preprocess] resize: expected one of \"shorter\", \"stretch\", \"fit\""},
    {"\"stretch\"", "\"shorter\"", "[preprocess] resize_to: expected a whole number from 8 to 8192, found nothing"},
    {"\"stretch\"", "\"shorter\"\nresize_to = 7", ":15: [preprocess] resize_to: expected a whole number from 8"},
    {"\"stretch\"", "\"stretch\"\nresize_to = 9", "resize_to: expected nothing unless resize = \"shorter\""},
    {"\"stretch\"", "\"stretch\"\npad_color = [1, 2, 3]", "pad_color: expected nothing unless resize = \"fit\""},
    {"\"stretch\"", "\"fit\"\npad_color = [1, 2, 256]", "pad_color: expected red, green and blue from 0 to 255"},
    {"color = \"RGB\"", "color = \"rgb\"", "[preprocess] color: expected one of \"RGB\", \"BGR\", \"GRAY\""},
    {"mean = [0, 0, 0]\n", "", "[preprocess] mean: expected a number or 3 in [brackets], one a channel, found nothing"},
    {"mean = [0, 0, 0]", "mean = [0, 0]", ":16: [preprocess] mean: expected a number or 3 in [brackets]"},
    {"mean = [0, 0, 0]", "mean = [0, \"0\", 0]", ":16: [preprocess] mean: expected a number or 3 in [brackets]"},
    {"mean = [0, 0, 0]", "mean = nan", ":16: [preprocess] mean: expected a number or 3 in [brackets]"},
    {"mean = [0, 0, 0]", "mean = true", ":16: [preprocess] mean: expected a number or 3 in [brackets]"},
    {"scale = 1", "scale = [1, 0, 1]", ":17: [preprocess] scale: expected numbers other than 0"},
    {"type = \"float32\"", "type = \"uint8\"",
     "mean: expected nothing, since [input] type = \"uint8\" takes raw bytes"},
    {"softmax = false\n", "", "[output] softmax: expected true or false, found nothing"},
    {"softmax = false", "softmax = 0", ":21: [output] softmax: expected true or false, found 0"},
    {"top_k = 3", "top_k = 4", ":22: [output] top_k: expected at most 3, the number of labels, found 4"},
    {"top_k = 3", "top_k = 3\n[limits]\nmax_pixels = 0", "[limits] max_pixels: expected a whole number from 1"},
    {"task =", "file = \"/etc/passwd\"\ntask =", "[model] file: expected the name of a file in the package's folder"},
    {"task =", "file = \"../x.onnx\"\ntask =", "[model] file: expected the name of a file in the package's folder"},
    {"task =", "file = \"gone.onnx\"\ntask =", ":4: [model] file: expected the network in"},
    {"task =", "labels = \"gone.txt\"\ntask =", ":4: [model] labels: "},
    {"width = 8", "width = ", ":10: not TOML: "},
    {"width = 8", "width = 8\nwidth = 8", ":11: not TOML: "},
};

TEST(LoadPackage, NamesFileLineKeyExpectedAndFound) {
  TemporaryFolder folder;
  for (const Mistake& mistake : kMistakes) {
    SCOPED_TRACE(mistake.to);
    Result<Package> package = LoadPackage(WritePackage(folder.path(), Replaced(kMeansToml, mistake.from, mistake.to)));
    ASSERT_FALSE(package);
    EXPECT_EQ(package.error().code(), Code::kInvalid);
    EXPECT_THAT(package.error().message(), HasSubstr((folder.path() / "model.toml").string()));
    EXPECT_THAT(package.error().message(), HasSubstr(mistake.error));
  }
}

TEST(LoadPackage, NamesTheLabelsLine) {
  TemporaryFolder folder;
  EXPECT_THAT(ErrorOf(LoadPackage(WritePackage(folder.path(), kMeansToml, "red\n\nblue\n"))),
              HasSubstr("labels.txt:2: expected a label"));
}

TEST(LoadPackage, BoundsTheFile) {
  TemporaryFolder folder;
  const std::string toml = std::string(kMeansToml) + "#" + std::string(70'000, 'x');
  EXPECT_THAT(ErrorOf(LoadPackage(WritePackage(folder.path(), toml))), HasSubstr("expected at most 65536 bytes"));
}

TEST(LoadPackage, BearsDeepNesting) {
  const std::string toml = "x = " + std::string(30'000, '[');
  EXPECT_THAT(ErrorOf(ParseModelToml(toml, "model.toml")), HasSubstr("not TOML"));
}

TEST(LoadPackage, ANoopHasNoWeightsAndNoInput) {
  TemporaryFolder folder;
  constexpr std::string_view kNoop = "[model]\nname = \"idle\"\nversion = \"2\"\ntask = \"noop\"\n";
  std::ofstream(folder.path() / "model.toml") << kNoop;
  Result<Package> package = LoadPackage(folder.path());
  ASSERT_TRUE(package) << package.error().message();
  EXPECT_EQ(package->task, Task::kNoop);
  EXPECT_THAT(ErrorOf(ParseModelToml(std::string(kNoop) + "[input]\nwidth = 3\n", "model.toml")),
              HasSubstr("model.toml:5: [input] is not known here"));
}

TEST(NoopPackage, IsWhatItsTextSays) {
  const Package noop = NoopPackage();
  Result<Package> parsed = ParseModelToml(noop.toml, "");
  ASSERT_TRUE(parsed) << parsed.error().message();
  EXPECT_EQ(parsed->name, noop.name);
  EXPECT_EQ(parsed->version, noop.version);
  EXPECT_EQ(parsed->task, noop.task);
}

TEST(FindPackages, LoadsTheGoodOnesAndReportsTheBroken) {
  TemporaryFolder folder;
  WritePackage(folder.path() / "a", Replaced(kMeansToml, "version = \"1\"", "version = \"1.9\""));
  WritePackage(folder.path() / "b", Replaced(kMeansToml, "version = \"1\"", "version = \"1.10\""));
  WritePackage(folder.path() / "c", Replaced(kMeansToml, "name = \"means\"", "name = \"averages\""));
  WritePackage(folder.path() / "d", Replaced(kMeansToml, "width = 8", "width = -1"));
  fs::create_directories(folder.path() / "empty");
  std::ofstream(folder.path() / "README.md") << "no package";

  FoundPackages found = FindPackages(folder.path());
  std::vector<std::string> names;
  for (const Package& package : found.packages) names.push_back(package.name + " " + package.version);
  EXPECT_THAT(names, ElementsAre("averages 1", "means 1.10", "means 1.9"));
  ASSERT_EQ(found.errors.size(), 1u);
  EXPECT_THAT(found.errors[0].message(), HasSubstr("d/model.toml:10: [input] width"));
}

TEST(FindPackages, LooksForVersionsSideBySide) {
  TemporaryFolder folder;
  WritePackage(folder.path() / "means" / "2", Replaced(kMeansToml, "version = \"1\"", "version = \"2\""));
  WritePackage(folder.path() / "means" / "10", Replaced(kMeansToml, "version = \"1\"", "version = \"10\""));
  WritePackage(folder.path() / "means", kMeansToml);
  WritePackage(folder.path() / "broken" / "1", "[model]\n");
  WritePackage(folder.path() / ".new-1", Replaced(kMeansToml, "version = \"1\"", "version = \"11\""));
  WritePackage(folder.path() / "means" / ".old", Replaced(kMeansToml, "version = \"1\"", "version = \"12\""));
  WritePackage(folder.path() / "means" / "2" / "deep", Replaced(kMeansToml, "version = \"1\"", "version = \"13\""));

  FoundPackages found = FindPackages(folder.path());
  std::vector<std::string> versions;
  for (const Package& package : found.packages) versions.push_back(package.version);
  EXPECT_THAT(versions, ElementsAre("10", "2", "1")) << "hidden folders and deeper ones do not count";
  ASSERT_EQ(found.errors.size(), 1u);
  EXPECT_THAT(found.errors[0].message(), HasSubstr("broken/1/model.toml"));
}

TEST(FindPackages, ReportsAFolderThatIsNotThere) {
  FoundPackages found = FindPackages("/no/such/folder");
  EXPECT_TRUE(found.packages.empty());
  ASSERT_EQ(found.errors.size(), 1u);
  EXPECT_THAT(found.errors[0].message(), HasSubstr("/no/such/folder"));
}

TEST(Digest, IsThatOfTheListOfTheFilesDigests) {
  TemporaryFolder folder;
  Result<Package> package = LoadPackage(WritePackage(folder.path(), kMeansToml));
  ASSERT_TRUE(package);
  const auto line = [](std::string_view file, std::string_view bytes) {
    return Hex(AsView(Sha256(bytes))) + "  " + std::string(file) + "\n";
  };
  const std::string list = line("model.toml", kMeansToml) + line("model.onnx", ReadAll(folder.path() / "model.onnx")) +
                           line("labels.txt", "red\ngreen\nblue\n");
  EXPECT_EQ(Digest(*package)->package, "sha256:" + Hex(AsView(Sha256(list))));
  EXPECT_THAT(Digest(*package)->files,
              ElementsAre(Pair("model.toml", _), Pair("model.onnx", _), Pair("labels.txt", _)));
  fs::remove(folder.path() / "model.onnx");
  EXPECT_FALSE(Digest(*package));
}

TEST(CompareVersions, ComparesNumbersAsNumbers) {
  const char* const ascending[] = {"0.9", "1", "1.beta", "1.0", "1.1", "1.9", "1.10", "2", "10", "20261121"};
  for (std::size_t i = 0; i < std::size(ascending); ++i) {
    for (std::size_t j = 0; j < std::size(ascending); ++j) {
      const int order = CompareVersions(ascending[i], ascending[j]);
      EXPECT_EQ(order < 0, i < j) << ascending[i] << " " << ascending[j];
      EXPECT_EQ(order > 0, i > j) << ascending[i] << " " << ascending[j];
    }
  }
  EXPECT_EQ(CompareVersions("1.01", "1.1"), 0);
}

}  // namespace
}  // namespace darkroom::model
