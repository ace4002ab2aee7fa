// What people hand in that cannot work: each is refused with words that name the file and what to do.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>

#include "base/async.h"
#include "base/fake_clock.h"
#include "imaging/test_pictures.h"
#include "model/model.h"
#include "model/runtime_words.h"
#include "model/test_packages.h"

namespace darkroom::model {
namespace {

using testing::AllOf;
using testing::HasSubstr;

class BadPackage : public testing::Test {
 protected:
  Result<std::unique_ptr<Model>> Load(std::string_view toml, std::string_view network,
                                      std::string_view labels = "red\ngreen\nblue\n") {
    auto package = LoadPackage(WritePackage(folder_.path(), toml, labels, network));
    if (!package) return Fail(package.error());
    return Model::Load(std::move(*package), runtime_);
  }
  // Of a package that is the author's to mend.
  std::string ErrorOf(std::string_view toml, std::string_view network) { return ErrorOf(Load(toml, network)); }
  static std::string ErrorOf(const Result<std::unique_ptr<Model>>& model) {
    if (model) return "no error";
    EXPECT_EQ(model.error().code(), Code::kInvalid) << model.error().message();
    return model.error().message();
  }
  std::string File(std::string_view name) const { return (folder_.path() / name).string(); }

  TemporaryFolder folder_;
  Runtime runtime_;
};

TEST_F(BadPackage, AFileThatIsNoOnnx) {
  WritePackage(folder_.path(), kMeansToml);
  const std::string whole = ReadAll(folder_.path() / "model.onnx");
  const std::string broken[] = {"not a network", std::string("PK\x03\x04", 4) + std::string(200, 'x'), "",
                                whole.substr(0, whole.size() / 2), whole.substr(0, 12)};
  for (const std::string& bytes : broken) {
    SCOPED_TRACE(bytes.size());
    std::ofstream(folder_.path() / "model.onnx", std::ios::binary | std::ios::trunc) << bytes;
    auto package = LoadPackage(folder_.path());
    ASSERT_TRUE(package);
    EXPECT_THAT(ErrorOf(Model::Load(std::move(*package), runtime_)),
                AllOf(HasSubstr(File("model.onnx")), HasSubstr("is no ONNX file, or not all of one"),
                      HasSubstr("must be exported to ONNX")));
  }
}

TEST_F(BadPackage, AnOperatorThatTheRuntimeLacks) {
  for (const char* network : {"operator_unknown", "operator_foreign"}) {
    EXPECT_THAT(ErrorOf(kMeansToml, network),
                AllOf(HasSubstr(File("model.onnx")), HasSubstr("needs an operator that ONNX Runtime lacks"),
                      HasSubstr("Shine"), HasSubstr("export it without that operator")))
        << network;
  }
}

TEST_F(BadPackage, ANetworkOfTomorrow) {
  for (const char* network : {"operators_of_tomorrow", "format_of_tomorrow"}) {
    EXPECT_THAT(ErrorOf(kMeansToml, network),
                AllOf(HasSubstr(File("model.onnx")), HasSubstr("99"), HasSubstr("export it with an older opset")))
        << network;
  }
}

TEST_F(BadPackage, WeightsInAFileThatIsNotThere) {
  EXPECT_THAT(ErrorOf(Replaced(kMeansToml, "name = \"scores\"", "name = \"same\""), "weights_elsewhere"),
              AllOf(HasSubstr(File("model.onnx") + ": has weights in a file of their own"),
                    HasSubstr("model.onnx.data"), HasSubstr("copy that file too")));
}

TEST_F(BadPackage, SidesThatAreOpenInWordsAlone) {
  const std::string other = Replaced(Replaced(kMeansToml, "width = 8", "width = 12"), "height = 8", "height = 10");
  EXPECT_THAT(ErrorOf(other, "open_sides"),
              AllOf(HasSubstr(File("model.toml") + ":10: [input] width: "), HasSubstr(File("model.onnx")),
                    HasSubstr("does not run on \"picture\" (float32 1×3×10×12)"),
                    HasSubstr("the width and height that it was trained with")));
  EXPECT_TRUE(Load(kMeansToml, "open_sides"));
}

TEST_F(BadPackage, AnInputThatNothingFills) {
  EXPECT_THAT(ErrorOf(kMeansToml, "wants_a_size"),
              AllOf(HasSubstr(File("model.onnx")),
                    HasSubstr("\"size\" (int64 N), which nothing makes: there are \"picture\" (float32 1×3×8×8)"),
                    HasSubstr("make it a constant when the network is exported")));
}

TEST(RuntimeWords, LeaveOutWhereInItsSourcesItWas) {
  EXPECT_EQ(PlainWords("Load model from /m/model.onnx failed:/onnxruntime_src/onnxruntime/core/graph/model.cc:202 "
                       "onnxruntime::Model::Model(onnx::ModelProto&&, const std::function<void(int)>&) Unsupported "
                       "model IR version: 99, max supported IR version: 13\n"),
            "Unsupported model IR version: 99, max supported IR version: 13");
  EXPECT_EQ(PlainWords("running Reshape node. Status Message: /onnxruntime_src/a.h:91 Size(int) a == b"),
            "running Reshape node. Status Message: a == b");
  EXPECT_EQ(PlainWords("/onnxruntime_src/a.h:91 Size(int"), "/onnxruntime_src/a.h:91 Size(int");
  EXPECT_EQ(PlainWords(""), "");
}

TEST_F(BadPackage, OutputsThatAreNotTheTasks) {
  const std::string depth =
      Replaced(Replaced(kMeansToml, "classification", "depth"), "softmax = false\ntop_k = 3", "near = \"small\"");
  EXPECT_THAT(ErrorOf(depth, "means"),
              HasSubstr(File("model.toml") + ":20: [output] name: expected float32 1×H×W or 1×1×H×W, found "
                                             "\"scores\" (float32 1×3)"));
}

TEST_F(BadPackage, LabelsThatAreNotTheOutputs) {
  EXPECT_THAT(ErrorOf(Load(Replaced(kMeansToml, "top_k = 3\n", ""), "means", "red\ngreen\n")),
              HasSubstr(File("labels.txt") + ": expected 3 labels, as many as output \"scores\" has scores; found 2"));
}

TEST_F(BadPackage, NumbersThatAreNone) {
  IoContext io;
  FakeClock clock(io);
  const std::string picture = imaging::EncodePng(imaging::Plain(8, 8, {4, 9, 16}));
  const auto error_of = [&](const Result<std::unique_ptr<Model>>& model) {
    if (!model) return model.error().message();
    const auto prediction = (*model)->Run(picture, clock);
    EXPECT_EQ(prediction.error().code(), Code::kInternal) << "not the picture's fault";
    return prediction.error().message();
  };
  const std::string negative = Replaced(kMeansToml, "[0, 0, 0]", "[0, 100, 0]");
  const std::string embedding =
      Replaced(Replaced(negative, "classification", "embedding"), "softmax = false\ntop_k = 3", "normalise = false");
  EXPECT_THAT(error_of(Load(negative, "root_of_means")),
              testing::MatchesRegex("model means 1 answered with -?nan in the score of \"green\"; see whether mean and "
                                    "scale in its model\\.toml are those that it was trained with, .*"));
  EXPECT_THAT(error_of(Load(embedding, "root_of_means")),
              testing::MatchesRegex("model means 1 answered with -?nan in its vector; see whether mean and scale .*"));
}

}  // namespace
}  // namespace darkroom::model
