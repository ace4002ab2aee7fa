#include "model/chain.h"

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

class ChainTest : public testing::Test {
 protected:
  Result<std::unique_ptr<Chain>> Load(std::string_view toml, std::string_view network = "means") {
    Result<Package> package = LoadPackage(WritePackage(folder_.path(), toml, "red\ngreen\nblue\n", network));
    if (!package) return Fail(package.error());
    return Chain::Load(*package, runtime_, &sample_);
  }

  TemporaryFolder folder_;
  Runtime runtime_;
  NamedTensors sample_;
};

// The picture of 8×8 with one value in each channel.
Tensor Filled(float red, float green, float blue) {
  Tensor tensor(ElementType::kFloat32, {1, 3, 8, 8});
  const float values[] = {red, green, blue};
  for (std::size_t i = 0; i < tensor.elements(); ++i) tensor.floats()[i] = values[i / 64];
  return tensor;
}

std::vector<float> Numbers(const Result<NamedTensors>& tensors, std::string_view name) {
  if (!tensors || tensors->Find(name) == nullptr) return {};
  const auto floats = std::as_const(*tensors->Find(name)).floats();
  return {floats.begin(), floats.end()};
}

TEST_F(ChainTest, RunsTheNetwork) {
  Result<std::unique_ptr<Chain>> chain = Load(kMeansToml);
  ASSERT_TRUE(chain) << chain.error().message();
  EXPECT_THAT(Numbers((*chain)->Run(Filled(1, 2, 3)), "scores"), ElementsAre(1, 2, 3));
}

TEST_F(ChainTest, FindsTheOnlyInputAndOutputByThemselves) {
  const std::string unnamed = Replaced(Replaced(kMeansToml, "name = \"image\"\n", ""), "name = \"scores\"\n", "");
  EXPECT_TRUE(Load(unnamed));
}

TEST_F(ChainTest, RunsOnManyThreadsAtOnce) {
  Result<std::unique_ptr<Chain>> chain = Load(kMeansToml);
  ASSERT_TRUE(chain) << chain.error().message();
  std::vector<std::jthread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&chain, t] {
      const float base = static_cast<float>(t);
      for (int i = 0; i < 200; ++i) {
        ASSERT_THAT(Numbers((*chain)->Run(Filled(base, base + 10, base + 20)), "scores"),
                    ElementsAre(base, base + 10, base + 20));
      }
    });
  }
}

TEST_F(ChainTest, EndsARunThatIsStopped) {
  Result<std::unique_ptr<Chain>> chain = Load(kMeansToml, "endless");
  ASSERT_TRUE(chain) << chain.error().message();
  std::stop_source stop;
  // Whichever comes first, the run or the stop: without either's care this test would not end.
  std::jthread stopper([&stop] { stop.request_stop(); });
  Result<NamedTensors> tensors = (*chain)->Run(Filled(1, 1, 1), stop.get_token());
  ASSERT_FALSE(tensors);
  EXPECT_EQ(tensors.error().code(), Code::kCancelled);
}

TEST_F(ChainTest, SaysWhereAPackageContradictsItsNetwork) {
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
    Result<std::unique_ptr<Chain>> chain = Load(Replaced(kMeansToml, wrong.from, wrong.to), wrong.network);
    ASSERT_FALSE(chain);
    EXPECT_EQ(chain.error().code(), Code::kInvalid);
    EXPECT_THAT(chain.error().message(), HasSubstr((folder_.path() / "model.toml").string()));
    EXPECT_THAT(chain.error().message(), HasSubstr(wrong.error));
  }
}

TEST_F(ChainTest, NamesAFileThatIsNoNetwork) {
  Result<Package> package = LoadPackage(WritePackage(folder_.path(), kMeansToml));
  ASSERT_TRUE(package);
  std::ofstream(package->stages[0].network) << "not a network";
  Result<std::unique_ptr<Chain>> chain = Chain::Load(*package, runtime_, &sample_);
  ASSERT_FALSE(chain);
  EXPECT_EQ(chain.error().code(), Code::kInvalid);
  EXPECT_THAT(chain.error().message(), HasSubstr("model.onnx"));
}

TEST_F(ChainTest, NamesATypeThatNoStageTakes) {
  const std::string raw = Replaced(Replaced(kMeansToml, "\"classification\"", "\"raw\""),
                                   "[output]\nname = \"scores\"\nsoftmax = false\ntop_k = 3\n", "");
  Result<std::unique_ptr<Chain>> chain = Load(raw, "halfs");
  ASSERT_FALSE(chain);
  EXPECT_THAT(chain.error().message(), HasSubstr("found \"small\" (float16 N×3×8×8); convert it"));
}

// The picture's gray, halved: two networks, and a stage between them.
constexpr std::string_view kStages = R"([model]
name = "staged"
version = "1"
task = "raw"
[input]
width = 8
height = 8
[preprocess]
resize = "stretch"
mean = 0
scale = 1
[[stage]]
name = "to-gray"
network = "gray.onnx"
[[stage]]
name = "bright"
operation = "threshold"
above = 5
[[stage]]
name = "half"
network = "halves.onnx"
input = "bright"
)";

class StagesTest : public ChainTest {
 protected:
  Result<std::unique_ptr<Chain>> LoadStages(std::string_view toml) {
    for (const char* network : {"gray", "halves", "sums", "two_outputs"}) {
      WritePackage(folder_.path(), toml, "a\n", network);
      std::filesystem::rename(folder_.path() / "model.onnx", folder_.path() / (std::string(network) + ".onnx"));
    }
    Result<Package> package = LoadPackage(folder_.path());
    if (!package) return Fail(package.error());
    return Chain::Load(*package, runtime_, &sample_);
  }
  std::string ErrorOf(std::string_view toml) {
    const auto chain = LoadStages(toml);
    return chain ? "no error" : chain.error().message();
  }
};

TEST_F(StagesTest, HandOnWhatTheyMake) {
  Result<std::unique_ptr<Chain>> chain = LoadStages(kStages);
  ASSERT_TRUE(chain) << chain.error().message();
  const auto dark = (*chain)->Run(Filled(0, 3, 6)), light = (*chain)->Run(Filled(9, 9, 9));
  EXPECT_EQ(Numbers(dark, "gray"), std::vector<float>(64, 3));
  EXPECT_EQ(Numbers(dark, "halved"), std::vector<float>(64, 0));
  EXPECT_EQ(Numbers(light, "bright"), std::vector<float>(64, 1));
  EXPECT_EQ(Numbers(light, "halved"), std::vector<float>(64, 0.5));
}

TEST_F(StagesTest, TakeTensorsByTheirNames) {
  const std::string sum = std::string(kStages) + R"([[stage]]
name = "sum"
network = "sums.onnx"
inputs = { left = "gray", right = "halved" }
outputs = { sum = "all" }
)";
  Result<std::unique_ptr<Chain>> chain = LoadStages(sum);
  ASSERT_TRUE(chain) << chain.error().message();
  EXPECT_EQ(Numbers((*chain)->Run(Filled(9, 9, 9)), "all"), std::vector<float>(64, 9.5));
}

TEST_F(StagesTest, HandOverWithoutACopy) {
  Result<std::unique_ptr<Chain>> chain = LoadStages(kStages);
  ASSERT_TRUE(chain) << chain.error().message();
  Tensor picture = Filled(1, 1, 1);
  const std::byte* pixels = std::as_const(picture).bytes().data();
  const auto tensors = (*chain)->Run(std::move(picture));
  EXPECT_EQ(tensors->Find(kPicture)->bytes().data(), pixels);
}

TEST_F(StagesTest, AMismatchNamesBothEnds) {
  EXPECT_THAT(ErrorOf(Replaced(kStages, "input = \"bright\"", "input = \"picture\"")),
              HasSubstr("model.toml: [preprocess] color: expected a color of 1 channels"));
  EXPECT_THAT(
      ErrorOf(Replaced(kStages, "operation = \"threshold\"\nabove = 5", "operation = \"argmax\"")),
      HasSubstr("input \"gray\" (float32 N×1×8×8) of halves.onnx cannot take \"bright\", which is int64 1×8×8"));
  EXPECT_THAT(
      ErrorOf(Replaced(kStages, "input = \"bright\"", "input = \"brigth\"")),
      HasSubstr("[[stage]] 3 inputs: expected a tensor for \"gray\" of stage half among \"picture\" "
                "(float32 1×3×8×8), \"gray\" (float32 1×1×8×8), \"bright\" (float32 1×1×8×8); found \"brigth\""));
  EXPECT_THAT(ErrorOf(Replaced(kStages, "operation = \"threshold\"\nabove = 5", "operation = \"alpha-to-mask\"")),
              HasSubstr("[[stage]] 2 operation: needs float32 1×4×H×W, of [preprocess] color = \"RGBA\", was given "
                        "float32 1×1×8×8"));
  EXPECT_THAT(ErrorOf(Replaced(kStages, "input = \"bright\"", "inputs = { grey = \"bright\" }")),
              HasSubstr("[[stage]] 3 inputs: expected one of \"gray\" (float32 N×1×8×8), found \"grey\""));
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
