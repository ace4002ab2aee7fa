#include "worker/picture_source.h"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <fstream>

#include "embedded/testing.h"

namespace darkroom::worker {
namespace {

class PictureSourceTest : public testing::Test {
 protected:
  // The job's picture in the bucket says where it is from, so that it can be told from one in a file.
  JobRequest Stored(std::string picture_file) {
    JobRequest request;
    request.job = Id::Make(engine_.clock().Now());
    request.picture_file = std::move(picture_file);
    request.picture_size = std::string_view("from the file").size();
    engine_.Run(inputs_->Put(InputKey(request.job), "from the bucket", {}));
    return request;
  }
  std::optional<std::string> Fetch(const JobRequest& request) {
    PictureSource source(*inputs_, folder_.path());
    return engine_.Run(source.Fetch(request));
  }
  void WriteFile(const std::string& path) {
    std::filesystem::create_directories(std::filesystem::path(folder_.path() + "/" + path).parent_path());
    std::ofstream(folder_.path() + "/" + path) << "from the file";
  }

  embedded::TestEngine engine_;
  embedded::TemporaryDirectory folder_;
  std::shared_ptr<ObjectStore> inputs_ = engine_.Run(engine_->objects().Create("inputs"));
};

TEST_F(PictureSourceTest, ReadsTheFileOfTheStore) {
  WriteFile("ab/01-ab");
  EXPECT_EQ(Fetch(Stored("ab/01-ab")), "from the file");
}

TEST_F(PictureSourceTest, TheStoreSaysWhereItsFileIs) {
  const std::string picture(100'000, 'p');
  const ObjectInfo info = engine_.Run(inputs_->Put("large", picture, {}));
  JobRequest request;  // the bucket has nothing for it
  request.job = Id::Make(engine_.clock().Now());
  request.picture_file = info.file;
  request.picture_size = info.size;
  PictureSource source(*inputs_, engine_->objects_folder());
  EXPECT_EQ(engine_.Run(source.Fetch(request)), picture);
  EXPECT_EQ(engine_.Run(inputs_->Put("small", "p", {})).file, "") << "it is a row";
}

TEST_F(PictureSourceTest, AsksTheBucketWhereNoFileIs) {
  EXPECT_EQ(Fetch(Stored("ab/gone")), "from the bucket");
  EXPECT_EQ(Fetch(Stored("")), "from the bucket");
  WriteFile("ab/file");
  PictureSource elsewhere(*inputs_, "");
  EXPECT_EQ(engine_.Run(elsewhere.Fetch(Stored("ab/file"))), "from the bucket");
}

TEST_F(PictureSourceTest, DoesNotTakeHalfAFileForThePicture) {
  WriteFile("ab/short");
  std::filesystem::resize_file(folder_.path() + "/ab/short", 5);
  EXPECT_EQ(Fetch(Stored("ab/short")), "from the bucket");
}

TEST_F(PictureSourceTest, APictureThatIsNowhereIsNone) {
  JobRequest request;
  request.job = Id::Make(engine_.clock().Now());
  request.picture_file = "ab/gone";
  EXPECT_EQ(Fetch(request), std::nullopt);
}

TEST_F(PictureSourceTest, OpensNothingThatAMessageShouldNotName) {
  WriteFile("ab/real");
  ASSERT_EQ(mkfifo((folder_.path() + "/ab/pipe").c_str(), 0600), 0);
  std::filesystem::create_symlink(folder_.path() + "/ab/real", folder_.path() + "/ab/link");
  const std::string around = "../" + std::filesystem::path(folder_.path()).filename().string() + "/ab/real";
  for (const std::string& path : {std::string("ab/link"), std::string("ab/pipe"), std::string("ab"), around}) {
    EXPECT_EQ(Fetch(Stored(path)), "from the bucket") << path;
  }
}

TEST(PlainPath, IsBelowItsFolderWhateverItSays) {
  EXPECT_TRUE(IsPlainPath("ab/01a1fdd6-8f2b-7c11-b2d4-8a6d5e1f00ab"));
  EXPECT_TRUE(IsPlainPath("x"));
  for (const auto* path : {"", "/", "/etc/passwd", "..", "a/../b", "a//b", "a/", "a b", "a\n", "~"}) {
    EXPECT_FALSE(IsPlainPath(path)) << path;
  }
  EXPECT_FALSE(IsPlainPath(std::string_view("a\0b", 3)));
}

}  // namespace
}  // namespace darkroom::worker
