#include "model/session.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <thread>

#include "model/test_packages.h"

namespace darkroom::model {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

class SessionTest : public testing::Test {
 protected:
  Result<std::unique_ptr<Session>> Load(std::string_view toml, std::string_view network = "means",
                                        std::string_view labels = "red\ngreen\nblue\n") {
    Result<Package> package = LoadPackage(WritePackage(folder_.path(), toml, labels, network));
    if (!package) return Fail(package.error());
    return Session::Load(*package, runtime_);
  }

  TemporaryFolder folder_;
  Runtime runtime_;
};

std::vector<float> Filled(float red, float green, float blue) {
  std::vector<float> tensor(3 * 64);
  std::fill_n(tensor.begin(), 64, red);
  std::fill_n(tensor.begin() + 64, 64, green);
  std::fill_n(tensor.begin() + 128, 64, blue);
  return tensor;
}

TEST_F(SessionTest, RunsTheNetwork) {
  Result<std::unique_ptr<Session>> session = Load(kMeansToml);
  ASSERT_TRUE(session) << session.error().message();
  const std::vector<float> tensor = Filled(1, 2, 3);
  Result<std::vector<float>> scores = (*session)->Run(std::as_bytes(std::span(tensor)));
  ASSERT_TRUE(scores) << scores.error().message();
  EXPECT_THAT(*scores, ElementsAre(1, 2, 3));
}

TEST_F(SessionTest, FindsTheOnlyInputAndOutputByThemselves) {
  const std::string unnamed = Replaced(Replaced(kMeansToml, "name = \"image\"\n", ""), "name = \"scores\"\n", "");
  EXPECT_TRUE(Load(unnamed));
}

TEST_F(SessionTest, RunsOnManyThreadsAtOnce) {
  Result<std::unique_ptr<Session>> session = Load(kMeansToml);
  ASSERT_TRUE(session) << session.error().message();
  std::vector<std::jthread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&session, t] {
      const float base = static_cast<float>(t);
      const std::vector<float> tensor = Filled(base, base + 10, base + 20);
      for (int i = 0; i < 200; ++i) {
        Result<std::vector<float>> scores = (*session)->Run(std::as_bytes(std::span(tensor)));
        ASSERT_TRUE(scores);
        ASSERT_THAT(*scores, ElementsAre(base, base + 10, base + 20));
      }
    });
  }
}

TEST_F(SessionTest, EndsARunThatIsStopped) {
  Result<std::unique_ptr<Session>> session = Load(kMeansToml, "endless");
  ASSERT_TRUE(session) << session.error().message();
  const std::vector<float> tensor = Filled(1, 1, 1);
  std::stop_source stop;
  // Whichever comes first, the run or the stop: without either's care this test would not end.
  std::jthread stopper([&stop] { stop.request_stop(); });
  Result<std::vector<float>> scores = (*session)->Run(std::as_bytes(std::span(tensor)), stop.get_token());
  ASSERT_FALSE(scores);
  EXPECT_EQ(scores.error().code(), Code::kCancelled);
}

TEST_F(SessionTest, SaysWhereAPackageContradictsItsNetwork) {
  struct Case {
    const char* from;
    const char* to;
    const char* network;
    const char* error;
  };
  const Case cases[] = {
      {"name = \"image\"", "name = \"picture\"", "means",
       ":7: [input] name: expected one of \"image\" (float32 N×3×8×8), found \"picture\""},
      {"width = 8", "width = 9", "means",
       ":10: [input] width: expected 8, since the network's input is \"image\" (float32 N×3×8×8); found 9"},
      {"height = 8", "height = 7", "means", ":11: [input] height: expected 8"},
      {"layout = \"NCHW\"", "layout = \"NHWC\"", "means", ":8: [input] layout: expected NCHW"},
      {"layout = \"NCHW\"", "layout = \"NCHW\"", "means_nhwc", ":8: [input] layout: expected NHWC"},
      {"mean = [0, 0, 0]\nscale = 1", "mean = 0\nscale = 1", "means_uint8", ":9: [input] type: expected uint8"},
      {"color = \"RGB\"\nmean = [0, 0, 0]", "color = \"GRAY\"\nmean = 0", "means",
       ":15: [preprocess] color: expected a color of 3 channels"},
      {"name = \"scores\"", "name = \"logits\"", "means",
       ":20: [output] name: expected one of \"scores\" (float32 N×3), found \"logits\""},
      {"name = \"scores\"\n", "", "two_outputs",
       "[output] name: expected the name of one of \"scores\" (float32 N×3), \"negative\" (float32 N×3), found "
       "nothing"},
  };
  for (const Case& wrong : cases) {
    SCOPED_TRACE(wrong.error);
    Result<std::unique_ptr<Session>> session = Load(Replaced(kMeansToml, wrong.from, wrong.to), wrong.network);
    ASSERT_FALSE(session);
    EXPECT_EQ(session.error().code(), Code::kInvalid);
    EXPECT_THAT(session.error().message(), HasSubstr((folder_.path() / "model.toml").string()));
    EXPECT_THAT(session.error().message(), HasSubstr(wrong.error));
  }
}

TEST_F(SessionTest, CountsTheLabels) {
  Result<std::unique_ptr<Session>> session = Load(kMeansToml, "means", "red\ngreen\nblue\nalpha\n");
  ASSERT_FALSE(session);
  EXPECT_THAT(session.error().message(),
              HasSubstr("labels.txt: expected 3 labels, as many as output \"scores\" has scores; found 4"));
}

TEST_F(SessionTest, NamesAFileThatIsNoNetwork) {
  Result<Package> package = LoadPackage(WritePackage(folder_.path(), kMeansToml));
  ASSERT_TRUE(package);
  std::ofstream(package->weights_path) << "not a network";
  Result<std::unique_ptr<Session>> session = Session::Load(*package, runtime_);
  ASSERT_FALSE(session);
  EXPECT_EQ(session.error().code(), Code::kInvalid);
  EXPECT_THAT(session.error().message(), HasSubstr("model.onnx"));
}

TEST(Runtime, NamesThePlacesWhereItLooked) {
  Runtime runtime({.library = "/no/such/libonnxruntime.so.1"});
  Result<Runtime::Handle> handle = runtime.Open();
  ASSERT_FALSE(handle);
  EXPECT_EQ(handle.error().code(), Code::kNotFound);
  EXPECT_THAT(handle.error().message(), HasSubstr("/no/such/libonnxruntime.so.1"));
}

TEST(Runtime, RefusesALibraryThatIsSomethingElse) {
  Runtime runtime({.library = "libm.so.6"});
  Result<Runtime::Handle> handle = runtime.Open();
  ASSERT_FALSE(handle);
  EXPECT_THAT(handle.error().message(), HasSubstr("not ONNX Runtime"));
}

}  // namespace
}  // namespace darkroom::model
