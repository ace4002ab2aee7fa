#include "cli/package_remove.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "model/test_packages.h"

namespace darkroom::cli {
namespace {

namespace fs = std::filesystem;
using testing::ElementsAre;
using testing::HasSubstr;

class PackageRemove : public testing::Test {
 protected:
  // A version of `name` in FOLDER/at.
  fs::path Write(const fs::path& at, const std::string& name, const std::string& version) {
    const std::string toml = model::Replaced(model::kMeansToml, "version = \"1\"", "version = \"" + version + "\"");
    return model::WritePackage(folder_.path() / at, model::Replaced(toml, "\"means\"", "\"" + name + "\""));
  }
  Result<std::vector<fs::path>> Find(std::string_view wanted) const {
    return FoldersToRemove({(folder_.path() / "own").string()}, (folder_.path() / "shipped").string(), wanted);
  }

  model::TemporaryFolder folder_;
};

TEST_F(PackageRemove, MeansAllVersionsOrOne) {
  const fs::path one = Write("own/street/1", "street", "1"), two = Write("own/street/2", "street", "2");
  Write("own/road", "road", "1");
  EXPECT_THAT(*Find("street"), ElementsAre(two, one));
  EXPECT_THAT(*Find("street@1"), ElementsAre(one));
  EXPECT_EQ(Find("street@3").error().code(), Code::kNotFound);
}

TEST_F(PackageRemove, RefusesWhatIsShipped) {
  Write("shipped/furniture", "furniture", "1");
  fs::create_directories(folder_.path() / "own");
  EXPECT_EQ(Find("furniture").error().code(), Code::kDenied);
  const auto both =
      FoldersToRemove({(folder_.path() / "shipped").string()}, (folder_.path() / "shipped").string(), "furniture");
  EXPECT_EQ(both.error().code(), Code::kDenied) << "also where the folder of shipped ones is named as one's own";
  const fs::path own = Write("own/furniture", "furniture", "1");
  EXPECT_THAT(*Find("furniture"), ElementsAre(own));
}

TEST_F(PackageRemove, TakesNoOtherPackageAlong) {
  const fs::path outer = Write("own/street", "street", "1");
  const fs::path inner = Write("own/street/2", "street", "2");
  const auto refused = Find("street@1");
  ASSERT_EQ(refused.error().code(), Code::kConflict);
  EXPECT_THAT(refused.error().message(), HasSubstr(inner.string()));
  EXPECT_THAT(*Find("street"), ElementsAre(inner, outer)) << "the inner one first";
}

TEST_F(PackageRemove, RemovesTheFolderAndNothingElse) {
  const fs::path one = Write("own/street/1", "street", "1"), two = Write("own/street/2", "street", "2");
  ASSERT_TRUE(RemoveFolder(one));
  EXPECT_FALSE(fs::exists(one));
  EXPECT_TRUE(fs::exists(two / "model.onnx"));
  EXPECT_EQ(std::distance(fs::directory_iterator(two.parent_path()), fs::directory_iterator()), 1);
  EXPECT_FALSE(RemoveFolder(one));
}

TEST_F(PackageRemove, OfALinkedFolderOnlyTheLinkGoes) {
  const fs::path real = Write("elsewhere", "street", "1");
  fs::create_directories(folder_.path() / "own");
  fs::create_directory_symlink(real, folder_.path() / "own" / "street");
  const auto folders = Find("street");
  ASSERT_TRUE(folders);
  ASSERT_TRUE(RemoveFolder(folders->at(0)));
  EXPECT_TRUE(fs::exists(real / "model.onnx"));
}

}  // namespace
}  // namespace darkroom::cli
