#include "worker/model_runner.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>

#include "base/async.h"
#include "base/fake_clock.h"
#include "model/test_packages.h"

namespace darkroom::worker {
namespace {

using testing::HasSubstr;
using testing::Not;

std::string Chair() {
  std::ifstream file(DARKROOM_SOURCE_DIR "/models/furniture/samples/chair_1.jpg", std::ios::binary);
  return std::string(std::istreambuf_iterator<char>(file), {});
}

class ModelRunnerTest : public testing::Test {
 protected:
  // A runner with one package, the network "means" under the name that its model.toml gives.
  std::unique_ptr<ModelRunner> RunnerWith(std::string_view labels, std::string_view version = "1") {
    const auto folder = folder_.path() / version;
    std::filesystem::create_directories(folder);
    std::string toml(model::kMeansToml);
    auto package = model::LoadPackage(model::WritePackage(folder, toml, labels, "means"));
    EXPECT_TRUE(package.has_value()) << package.error().message();
    name_ = package->name;
    auto find = [package = *package] { return model::FoundPackages{{package}, {}}; };
    models_ = std::make_unique<ModelCache>(find, runtime_, std::int64_t(1) << 40);
    return std::make_unique<ModelRunner>(*models_, clock_);
  }
  JobRequest RequestFor(std::string model) { return {Id::Make(clock_.Now()), {std::move(model), "", ""}, 0, {}, ""}; }

  model::TemporaryFolder folder_;
  IoContext io_;
  FakeClock clock_{io_};
  model::Runtime runtime_;
  std::unique_ptr<ModelCache> models_;
  std::string name_;
};

TEST_F(ModelRunnerTest, AnswersWithWhatRanAndWhen) {
  const auto runner = RunnerWith("red\ngreen\nblue\n");
  const auto answer = runner->Run(RequestFor(name_), Chair(), {});
  ASSERT_TRUE(answer) << answer.error().message();
  EXPECT_EQ(answer->model.name, name_);
  EXPECT_THAT(answer->model.digest, testing::StartsWith("sha256:"));
  EXPECT_THAT(answer->result, HasSubstr("\"labels\":[{"));
  EXPECT_THAT(answer->result, HasSubstr(R"("provenance":{"files":{"model.toml":"sha256:)"));
  EXPECT_THAT(answer->result, HasSubstr(R"("runtime":"ONNX Runtime 1.)"));
  EXPECT_TRUE(answer->decoded && answer->inferred);
}

TEST_F(ModelRunnerTest, ABadPictureIsThePicturesFault) {
  const auto runner = RunnerWith("red\ngreen\nblue\n");
  const auto answer = runner->Run(RequestFor(name_), Chair().substr(0, 500), {});
  ASSERT_FALSE(answer);
  EXPECT_EQ(answer.error().code(), Code::kInvalid);
}

TEST_F(ModelRunnerTest, ABrokenPackageIsNotAndItsPathStaysHere) {
  const auto runner = RunnerWith("red\ngreen\nblue\nwhite\n");  // the network answers with three
  for (int attempt = 0; attempt < 2; ++attempt) {
    const auto answer = runner->Run(RequestFor(name_), Chair(), {});
    ASSERT_FALSE(answer);
    EXPECT_EQ(answer.error().code(), Code::kInternal);
    EXPECT_THAT(answer.error().message(),
                HasSubstr("'" + name_ + "' could not be loaded: labels.txt: expected 3 labels"));
    EXPECT_THAT(answer.error().message(), Not(HasSubstr(folder_.path().string())));
  }
}

TEST_F(ModelRunnerTest, AModelThatIsNotHereIsNotFound) {
  const auto runner = RunnerWith("red\ngreen\nblue\n");
  const auto answer = runner->Run(RequestFor("other"), Chair(), {});
  ASSERT_FALSE(answer);
  EXPECT_EQ(answer.error().code(), Code::kNotFound);
  EXPECT_FALSE(runner->Warm("other"));
}

}  // namespace
}  // namespace darkroom::worker
