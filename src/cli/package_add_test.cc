// Networks and folders become packages that load; nothing is overwritten, and nothing is left of what does not load.
#include "cli/package_add.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>

#include "cli/staged_package.h"
#include "model/test_packages.h"

namespace darkroom::cli {
namespace {

namespace fs = std::filesystem;
using model::Task;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

fs::path Network(const std::string& name) { return fs::path(DARKROOM_MODEL_TESTDATA) / (name + ".onnx"); }

class PackageAdd : public testing::Test {
 protected:
  Result<AddedPackage> Add(fs::path from, AddOptions options = {}) {
    options.from = std::move(from);
    options.models = models_;
    return AddPackage(options, runtime_);
  }
  fs::path Labels(const std::string& text) {
    const fs::path path = folder_.path() / "names.txt";
    std::ofstream(path) << text;
    return path;
  }
  // What is in the folder of packages, hidden or not.
  std::vector<std::string> Inside() const {
    std::vector<std::string> names;
    if (!fs::exists(models_)) return names;
    for (const auto& entry : fs::recursive_directory_iterator(models_)) {
      if (entry.is_regular_file()) names.push_back(entry.path().lexically_relative(models_).string());
    }
    std::ranges::sort(names);
    return names;
  }

  model::TemporaryFolder folder_;
  const fs::path models_ = folder_.path() / "models";
  model::Runtime runtime_;
};

TEST_F(PackageAdd, MakesAPackageOfANetwork) {
  const auto added =
      Add(Network("means"), {.from = {}, .models = {}, .name = "", .task = {}, .labels = Labels("red\ngreen\nblue\n")});
  ASSERT_TRUE(added) << added.error().message();
  EXPECT_EQ(added->package.name, "means");
  EXPECT_EQ(added->package.version, "1");
  EXPECT_EQ(added->package.task, Task::kClassification);
  EXPECT_THAT(added->package.labels(), ElementsAre("red", "green", "blue"));
  EXPECT_THAT(Inside(), ElementsAre("means/1/labels.txt", "means/1/model.onnx", "means/1/model.toml"));
  EXPECT_EQ(model::FindPackages(models_).packages.size(), 1u);
  EXPECT_FALSE(added->guesses.empty());
}

TEST_F(PackageAdd, DraftsNetworksOfEveryTask) {
  const std::pair<const char*, Task> kNetworks[] = {
      {"means_nhwc", Task::kClassification}, {"means_uint8", Task::kClassification}, {"boxes", Task::kDetection},
      {"boxes_classed", Task::kDetection},   {"identity", Task::kImageToImage},      {"gray", Task::kDepth},
      {"cube", Task::kImageToVoxels},        {"two_outputs", Task::kClassification}};
  for (const auto& [network, task] : kNetworks) {
    const auto added = Add(Network(network));
    ASSERT_TRUE(added) << network << ": " << added.error().message();
    EXPECT_EQ(added->package.task, task) << network;
  }
}

TEST_F(PackageAdd, TheTaskThatIsAskedForIsTaken) {
  const auto added =
      Add(Network("identity"), {.from = {}, .models = {}, .name = "map", .task = Task::kSegmentation, .labels = {}});
  ASSERT_TRUE(added) << added.error().message();
  EXPECT_EQ(added->package.task, Task::kSegmentation);
  EXPECT_THAT(added->package.labels(), ElementsAre("class 0", "class 1", "class 2"));
  EXPECT_EQ(added->package.name, "map");
}

TEST_F(PackageAdd, TheSameNetworkIsAddedOnceAndAnotherIsTheNextVersion) {
  ASSERT_TRUE(Add(Network("means")));
  const auto again = Add(Network("means"));
  ASSERT_TRUE(again);
  EXPECT_TRUE(again->there_before);
  const auto other = Add(Network("two_outputs"), {.from = {}, .models = {}, .name = "means", .task = {}, .labels = {}});
  ASSERT_TRUE(other) << other.error().message();
  EXPECT_EQ(other->package.version, "2");
  EXPECT_EQ(Inside().size(), 6u + 1) << "two packages, one of them with two heads";
}

TEST_F(PackageAdd, WhatDoesNotLoadLeavesNothing) {
  std::ofstream(folder_.path() / "text.onnx") << "no network";
  const auto text = Add(folder_.path() / "text.onnx");
  EXPECT_THAT(text.error().message(), HasSubstr("text.onnx"));
  const auto sums = Add(Network("sums"));
  EXPECT_THAT(sums.error().message(), HasSubstr("has 2 inputs"));
  const auto halfs = Add(Network("halfs"));
  EXPECT_THAT(halfs.error().message(), HasSubstr("float16"));
  const auto labels =
      Add(Network("means"), {.from = {}, .models = {}, .name = "", .task = {}, .labels = Labels("red\n")});
  EXPECT_THAT(labels.error().message(), HasSubstr("--labels: has 1 labels"));
  EXPECT_EQ(Add(folder_.path() / "none.onnx").error().code(), Code::kNotFound);
  EXPECT_THAT(Add(folder_.path()).error().message(), HasSubstr("has no model.toml; name the network itself"));
  EXPECT_THAT(Inside(), IsEmpty());
}

TEST_F(PackageAdd, CopiesAPackageWithAllThatBelongsToIt) {
  const fs::path from = model::WritePackage(folder_.path() / "p", model::kMeansToml);
  fs::create_directories(from / "samples");
  fs::create_directories(from / ".git");
  std::ofstream(from / "samples" / "a.jpg") << "a";
  std::ofstream(from / ".git" / "config") << "b";
  model::WritePackage(from / "2", model::Replaced(model::kMeansToml, "version = \"1\"", "version = \"2\""));
  const auto added = Add(from);
  ASSERT_TRUE(added) << added.error().message();
  EXPECT_THAT(Inside(),
              ElementsAre("means/1/labels.txt", "means/1/model.onnx", "means/1/model.toml", "means/1/samples/a.jpg"));
  EXPECT_TRUE(added->guesses.empty());
  EXPECT_TRUE(Add(from)->there_before);
}

TEST_F(PackageAdd, AChangedPackageOfTheSameVersionBecomesTheNext) {
  const fs::path from = model::WritePackage(folder_.path() / "p", model::kMeansToml);
  ASSERT_TRUE(Add(from));
  std::ofstream(from / "labels.txt") << "r\ng\nb\n";
  const auto changed = Add(from);
  ASSERT_TRUE(changed) << changed.error().message();
  EXPECT_EQ(changed->package.version, "2");
  EXPECT_EQ(changed->package.toml, model::Replaced(model::kMeansToml, "version = \"1\"", "version = \"2\""));
  EXPECT_EQ(model::ParseModelToml(model::ReadAll(models_ / "means/1/model.toml"), "")->version, "1");
  const auto renamed = Add(from, {.from = {}, .models = {}, .name = "colours", .task = {}, .labels = {}});
  ASSERT_TRUE(renamed) << renamed.error().message();
  EXPECT_EQ(renamed->package.name, "colours");
  EXPECT_EQ(renamed->package.version, "1");
}

TEST_F(PackageAdd, ABrokenPackageIsNotCopied) {
  const fs::path from = model::WritePackage(folder_.path() / "p", model::kMeansToml, "red\ngreen\n");
  const auto added = Add(from);
  ASSERT_FALSE(added);
  EXPECT_THAT(added.error().message(), HasSubstr((from / "").string())) << "of the folder that was named";
  EXPECT_THAT(Inside(), IsEmpty());
  EXPECT_THAT(Add(from, {.from = {}, .models = {}, .name = "", .task = Task::kRaw, .labels = {}}).error().message(),
              HasSubstr("leave --task and --labels out"));
}

TEST_F(PackageAdd, ReplacesNothingThatIsInTheWay) {
  fs::create_directories(models_ / "means/1");
  std::ofstream(models_ / "means/1/notes.txt") << "mine";
  const auto added = Add(Network("means"));
  ASSERT_FALSE(added);
  EXPECT_EQ(added.error().code(), Code::kConflict);
  EXPECT_THAT(Inside(), ElementsAre("means/1/notes.txt"));
}

TEST(NameFrom, IsTheFilesOrItsFoldersName) {
  EXPECT_EQ(NameFrom("a/street.onnx"), "street");
  EXPECT_EQ(NameFrom("/a/street/model.onnx"), "street");
  EXPECT_EQ(NameFrom("a/my model (2).onnx"), "my-model--2-");
  EXPECT_EQ(NameFrom("a/v1.2.onnx"), "v1.2");
}

TEST(NextVersion, IsTheNumberAfterTheNewest) {
  EXPECT_EQ(NextVersion({}), "1");
  EXPECT_EQ(NextVersion({"1", "10", "9"}), "11");
  EXPECT_EQ(NextVersion({"1.9"}), "2");
  EXPECT_EQ(NextVersion({"beta"}), "1");
}

TEST(WithModelKey, ChangesOneValueAlone) {
  const auto set = [](std::string toml) {
    const auto parsed = model::ParseModelToml(toml, "model.toml");
    DR_CHECK(parsed.has_value());
    return WithModelKey(*parsed, "version", "2");
  };
  EXPECT_EQ(*set("# version = \"1\"\n[model]\nname = \"a\"\n  version=\"1\"   # text\ntask = \"noop\"\n"),
            "# version = \"1\"\n[model]\nname = \"a\"\n  version=\"2\"   # text\ntask = \"noop\"\n");
  EXPECT_THAT(set("model = { name = \"a\", version = \"1\", task = \"noop\" }\n").error().message(),
              HasSubstr("write version = \"2\" there yourself"));
}

}  // namespace
}  // namespace darkroom::cli
