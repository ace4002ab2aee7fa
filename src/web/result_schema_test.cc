// Results as workers make them, of every task, against the schema that /openapi.json promises for them.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/async.h"
#include "base/fake_clock.h"
#include "domain/message.h"
#include "imaging/test_pictures.h"
#include "model/test_packages.h"
#include "web/schema_check.h"
#include "web/service_api.h"
#include "worker/model_runner.h"

namespace darkroom::web {
namespace {

using testing::Contains;
using testing::IsEmpty;

class ResultSchema : public testing::Test {
 protected:
  // What becomes of a picture of 16×8 in a package with this task, over src/model/testdata/<network>.onnx.
  json::value ResultOf(std::string_view task, std::string_view network, std::string_view output,
                       std::string_view labels = "red\ngreen\nblue\n") {
    std::string toml = "[model]\nname = \"test\"\nversion = \"1\"\ntask = \"" + std::string(task) + "\"\n";
    toml += "[input]\nwidth = 8\nheight = 8\n[preprocess]\nresize = \"fit\"\nmean = 0\nscale = 1\n";
    return ResultOf(model::LoadPackage(model::WritePackage(folder_.path(), toml.append(output), labels, network)), "");
  }
  json::value ResultOf(Result<model::Package> package, std::string transforms) {
    if (!package) return ADD_FAILURE() << package.error().message(), nullptr;
    worker::ModelCache models([&] { return model::FoundPackages{{*package}, {}}; }, runtime_, std::int64_t(1) << 40);
    JobRequest request{.job = Id::Make(clock_.Now()), .model = {package->name, "", ""}, .deadline = {}};
    request.transforms = std::move(transforms);
    request.seed = 7;
    const auto answer = worker::ModelRunner(models, clock_).Run(request, imaging::EncodePng(picture_), {});
    if (!answer) return ADD_FAILURE() << answer.error().message(), nullptr;
    file_ = ParseJson(ResultFile(answer->result, request.job, answer->model)).value();
    return ParseJson(answer->result).value();
  }
  std::vector<std::string> Findings(const json::value& result) { return check_.Check(result, "Result"); }

  const SchemaCheck check_{ParseJson(OpenapiDocument()).value()};
  const imaging::Image picture_ = imaging::Gradient(16, 8);
  model::TemporaryFolder folder_;
  IoContext io_;
  FakeClock clock_{io_};
  model::Runtime runtime_;
  json::value file_;  // the result.json of the last result
};

TEST_F(ResultSchema, DescribesWhatEveryTaskAnswers) {
  struct Case {
    const char* task;
    const char* network;
    const char* output;
  };
  const Case cases[] = {
      {"classification", "means", "[output]\nsoftmax = true\n"},
      {"classification", "two_outputs",
       "[[head]]\nname = \"category\"\ntensor = \"scores\"\nsoftmax = true\n"
       "[[head]]\nname = \"attributes\"\ntensor = \"negative\"\nmulti_label = true\nsigmoid = true\n"},
      {"detection", "boxes", "[output]\nformat = \"separate\"\n"},
      {"segmentation", "identity", ""},
      {"depth", "gray", "[output]\nnear = \"small\"\n"},
      {"image-to-image", "identity", "[output]\nrange = [0, 255]\n"},
      {"embedding", "means", "[output]\nnormalise = true\n"},
      {"image-to-voxels", "cube", ""},
      {"raw", "two_outputs", ""},
  };
  for (const Case& c : cases) {
    SCOPED_TRACE(c.task);
    const bool two = std::string_view(c.task) == "detection";
    const json::value result = ResultOf(c.task, c.network, c.output, two ? "cat\ndog\n" : "red\ngreen\nblue\n");
    ASSERT_TRUE(result.is_object());
    EXPECT_EQ(result.at("task"), c.task);
    EXPECT_THAT(Findings(result), IsEmpty()) << json::serialize(result);
    EXPECT_THAT(Findings(file_), IsEmpty()) << "result.json: " << json::serialize(file_);
  }
}

TEST_F(ResultSchema, DescribesWhatNeedsNoNetwork) {
  const json::value picture = ResultOf(model::TransformPackage(), R"([{"op":"rotate","angle":[-10,10]}])");
  EXPECT_EQ(picture.at("task"), "transform");
  EXPECT_TRUE(picture.at("provenance").as_object().contains("seed"));
  EXPECT_THAT(Findings(picture), IsEmpty()) << json::serialize(picture);
  EXPECT_THAT(Findings(file_), IsEmpty());
  EXPECT_THAT(Findings(ResultOf(model::NoopPackage(), "")), IsEmpty());
}

TEST_F(ResultSchema, FindsWhatATaskDoesNotAnswer) {
  json::object depth = ResultOf("depth", "gray", "[output]\nnear = \"small\"\n").as_object();
  depth["objects"] = json::array();
  EXPECT_THAT(Findings(depth), Contains("/objects: is not described"));
  depth.erase("objects");
  depth["region"].as_array().pop_back();
  EXPECT_THAT(Findings(depth), Contains(testing::StartsWith("/region: has too few items")));
  depth.erase("region");
  EXPECT_THAT(Findings(depth), Contains(": has no region"));
  EXPECT_THAT(Findings(json::object{{"task", "smell"}}), testing::Not(IsEmpty()));
}

}  // namespace
}  // namespace darkroom::web
