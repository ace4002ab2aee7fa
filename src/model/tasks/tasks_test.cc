// Each task, from a picture to its answer, over networks whose answers are known.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/async.h"
#include "base/fake_clock.h"
#include "imaging/decode.h"
#include "imaging/test_pictures.h"
#include "model/model.h"
#include "model/test_packages.h"

namespace darkroom::model {
namespace {

using imaging::Image;
using testing::ElementsAre;
using testing::HasSubstr;

class TasksTest : public testing::Test {
 protected:
  // A package for an 8×8 input that is shown as it is, with this task and these lines behind [output].
  Result<std::unique_ptr<Model>> TryLoad(std::string_view task, std::string_view network, std::string_view output,
                                         std::string_view labels = "red\ngreen\nblue\n") {
    std::string toml = "[model]\nname = \"test\"\nversion = \"1\"\ntask = \"" + std::string(task) + "\"\n";
    toml += "[input]\nwidth = 8\nheight = 8\n[preprocess]\n" + resize_ + "\nfilter = \"nearest\"\n";
    toml += "mean = 0\nscale = 1\n[output]\n";
    WritePackage(folder_.path(), toml.append(output), labels, network);
    auto package = LoadPackage(folder_.path());
    if (!package) return Fail(package.error());
    return Model::Load(std::move(*package), runtime_);
  }
  Prediction Run(std::string_view task, std::string_view network, std::string_view output,
                 std::string_view labels = "red\ngreen\nblue\n") {
    auto model = TryLoad(task, network, output, labels);
    if (!model) return ADD_FAILURE() << model.error().message(), Prediction();
    auto prediction = (*model)->Run(imaging::EncodePng(picture_), clock_);
    if (!prediction) return ADD_FAILURE() << prediction.error().message(), Prediction();
    return std::move(*prediction);
  }
  static std::vector<std::string> NamesOf(const Prediction& prediction) {
    std::vector<std::string> names;
    for (const ProducedFile& file : prediction.files) names.push_back(file.name);
    return names;
  }
  static Image Decoded(const Prediction& prediction, std::string_view name) {
    for (const ProducedFile& file : prediction.files) {
      if (file.name == name) return std::move(*imaging::Decode(file.bytes));
    }
    return ADD_FAILURE() << "no " << name, Image();
  }

  // 16×8: the left half red, the right half blue.
  static Image RedAndBlue() {
    Image image = *Image::Allocate(16, 8, 3);
    for (int y = 0; y < 8; ++y) {
      for (int x = 0; x < 16; ++x) {
        std::uint8_t* pixel = image.row(y) + 3 * x;
        pixel[0] = x < 8 ? 200 : 10;
        pixel[1] = 20;
        pixel[2] = x < 8 ? 10 : 100;
      }
    }
    return image;
  }

  Image picture_ = RedAndBlue();
  std::string resize_ = "resize = \"stretch\"";
  IoContext io_;
  FakeClock clock_{io_};
  TemporaryFolder folder_;
  Runtime runtime_;
};

TEST_F(TasksTest, ClassificationWithSeveralLabelsAtOnce) {
  const auto answer = Run("classification", "means", "multi_label = true\nsigmoid = false\nthreshold = 50\n");
  EXPECT_EQ(json::serialize(answer.result.at("labels")),
            R"([{"label":"red","index":0,"score":1.05E2},{"label":"blue","index":2,"score":5.5E1}])");
}

TEST_F(TasksTest, ClassificationWithSeveralHeads) {
  std::string heads = "[[head]]\nname = \"category\"\ntensor = \"scores\"\nsoftmax = false\ntop_k = 1\n";
  heads +=
      "[[head]]\nname = \"attributes\"\ntensor = \"negative\"\nmulti_label = true\nsigmoid = true\nthreshold = 0\n";
  const auto answer = Run("classification", "two_outputs", heads);
  EXPECT_EQ(answer.result.at("labels").at(0).at("label"), "red") << "the first head's";
  const json::object& of = answer.result.at("heads").as_object();
  EXPECT_EQ(of.at("category").at("labels").as_array().size(), 1u);
  EXPECT_EQ(of.at("attributes").at("labels").at(0).at("label"), "green") << "the least negative";
}

constexpr std::string_view kSeparate = "format = \"separate\"\n";

TEST_F(TasksTest, DetectionInAllItsFormats) {
  struct Case {
    const char* network;
    const char* format;
  };
  for (const Case& c :
       {Case{"boxes", "separate"}, {"boxes_classed", "classed"}, {"yolov5", "yolov5"}, {"yolov8", "yolov8"}}) {
    SCOPED_TRACE(c.format);
    const auto answer = Run("detection", c.network, "format = \"" + std::string(c.format) + "\"\n", "cat\ndog\n");
    // The second box overlaps with the first by 4/5. The picture is twice as wide as the network's input.
    ASSERT_EQ(answer.result.at("objects").as_array().size(), 2u);
    const json::value& cat = answer.result.at("objects").at(0);
    EXPECT_EQ(cat.at("label"), "cat");
    EXPECT_NEAR(cat.at("score").to_number<double>(), 0.9, 1e-6);
    EXPECT_EQ(cat.at("box"), (json::array{2.0, 1.0, 8.0, 4.0}));
    const json::value& dog = answer.result.at("objects").at(1);
    EXPECT_EQ(dog.at("label"), "dog");
    EXPECT_EQ(dog.at("box"), (json::array{12.0, 6.0, 4.0, 2.0}));
    EXPECT_EQ(answer.summary, "2 objects, cat 0.900");
  }
}

TEST_F(TasksTest, DetectionDrawsItsBoxes) {
  const auto answer = Run("detection", "boxes", kSeparate, "cat\ndog\n");
  const Image drawn = Decoded(answer, "boxes.png");
  const auto color = ColorOf(0);
  EXPECT_THAT(std::vector(drawn.row(1) + 3 * 4, drawn.row(1) + 3 * 5), ElementsAre(color[0], color[1], color[2]));
  EXPECT_THAT(std::vector(drawn.row(0), drawn.row(0) + 3), ElementsAre(200, 20, 10)) << "outside as it was";
}

TEST_F(TasksTest, DetectionDropsWhatIsUnlikely) {
  const auto answer = Run("detection", "boxes", "format = \"separate\"\nmin_score = 0.85\n", "cat\ndog\n");
  EXPECT_EQ(answer.result.at("objects").as_array().size(), 1u);
}

TEST_F(TasksTest, SegmentationSaysWhichClassEachPixelIsOf) {
  const auto answer = Run("segmentation", "identity", "");
  EXPECT_THAT(NamesOf(answer), ElementsAre("classes.png", "overlay.png"));
  EXPECT_EQ(answer.result.at("classes").at(0).at("label"), "red");
  EXPECT_EQ(answer.result.at("classes").at(0).at("share"), 0.5);
  EXPECT_EQ(answer.result.at("classes").at(1).at("index"), 2);
  const Image map = Decoded(answer, "classes.png");
  EXPECT_EQ(map.width(), 16);
  EXPECT_EQ(map.row(4)[3 * 7], 0);
  EXPECT_EQ(map.row(4)[3 * 8], 2);
  const Image overlay = Decoded(answer, "overlay.png");
  EXPECT_EQ(overlay.row(4)[3 * 15], (10 + ColorOf(2)[0]) / 2);
  EXPECT_EQ(overlay.row(4)[0], 200) << "class 0 is background";
}

TEST_F(TasksTest, DepthShowsWhatIsNearAsLight) {
  const auto answer = Run("depth", "gray", "near = \"small\"\n");
  EXPECT_THAT(NamesOf(answer), ElementsAre("depth.png", "depth.npy"));
  EXPECT_NEAR(answer.result.at("depth").at("min").to_number<double>(), 130 / 3.0, 1e-4);
  EXPECT_NEAR(answer.result.at("depth").at("max").to_number<double>(), 230 / 3.0, 1e-4);
  const Image drawn = Decoded(answer, "depth.png");
  EXPECT_EQ(drawn.width(), 8);
  EXPECT_EQ(drawn.row(0)[0], 0);
  EXPECT_EQ(drawn.row(0)[3 * 7], 255);
}

TEST_F(TasksTest, ImageToImageGivesThePictureBack) {
  const auto answer = Run("image-to-image", "identity", "range = [0, 255]\n");
  const Image image = Decoded(answer, "image.png");
  EXPECT_EQ(image.width(), 8);
  EXPECT_THAT(std::vector(image.row(3), image.row(3) + 3), ElementsAre(200, 20, 10));
  const auto swapped = Run("image-to-image", "identity", "range = [0, 255]\ncolor = \"BGR\"\n");
  const Image bgr = Decoded(swapped, "image.png");
  EXPECT_THAT(std::vector(bgr.row(3), bgr.row(3) + 3), ElementsAre(10, 20, 200));
}

TEST_F(TasksTest, MapsTellWhichPartOfThePictureTheyShow) {
  const std::string image = "range = [0, 255]\n", depth = "near = \"small\"\n";
  const json::array all{0.0, 0.0, 16.0, 8.0}, middle{4.0, 0.0, 8.0, 8.0}, padded{0.0, -4.0, 16.0, 16.0};
  EXPECT_EQ(Run("image-to-image", "identity", image).result.at("region"), all);
  EXPECT_EQ(Run("depth", "gray", depth).result.at("region"), all);
  resize_ = "resize = \"shorter\"\nresize_to = 8";
  EXPECT_EQ(Run("image-to-image", "identity", image).result.at("region"), middle);
  EXPECT_EQ(Run("depth", "gray", depth).result.at("region"), middle);
  resize_ = "resize = \"fit\"";
  EXPECT_EQ(Run("image-to-image", "identity", image).result.at("region"), padded);
}

TEST_F(TasksTest, EmbeddingIsAVector) {
  const auto answer = Run("embedding", "means", "normalise = true\n");
  EXPECT_THAT(NamesOf(answer), ElementsAre("embedding.npy"));
  double square = 0;
  for (const json::value& number : answer.result.at("embedding").as_array()) {
    square += number.to_number<double>() * number.to_number<double>();
  }
  EXPECT_NEAR(square, 1, 1e-5);
  EXPECT_NEAR(answer.result.at("length").to_number<double>(), std::hypot(105, 20, 55), 1e-3);
}

TEST_F(TasksTest, VoxelsBecomeAMesh) {
  const auto answer = Run("image-to-voxels", "cube", "side = 2\n");
  EXPECT_THAT(NamesOf(answer), ElementsAre("mesh.glb", "voxels.binvox", "voxels.npy", "preview.png"));
  EXPECT_EQ(answer.result.at("voxels").at("solid"), 8);
  EXPECT_GT(answer.result.at("mesh").at("triangles").to_number<int>(), 10);
  EXPECT_TRUE(answer.files[0].bytes.starts_with("glTF"));
  EXPECT_EQ(Decoded(answer, "preview.png").width(), 512);
}

TEST_F(TasksTest, RawGivesAllTensors) {
  const auto answer = Run("raw", "two_outputs", "");
  EXPECT_THAT(NamesOf(answer), ElementsAre("scores.npy", "negative.npy"));
  EXPECT_EQ(answer.result.at("tensors").at(0),
            (json::object{{"name", "scores"}, {"type", "float32"}, {"shape", {1, 3}}, {"file", "scores.npy"}}));
}

TEST_F(TasksTest, SayWhatDoesNotFit) {
  struct Case {
    const char* task;
    const char* network;
    const char* output;
    const char* error;
  };
  const Case cases[] = {
      {"detection", "boxes", "format = \"separate\"\n",
       "[output] scores: expected scores 1×3×3 for as many boxes and labels, found \"scores\" (float32 1×3×2)"},
      {"detection", "yolov8", "format = \"yolov8\"\n",
       "expected 1×(4 + labels)×N, that is a side of 7 for the 3 labels of labels.txt, found \"output0\" (float32 "
       "1×6×3)"},
      {"detection", "means", "format = \"separate\"\n",
       "[output] boxes: expected one of \"scores\" (float32 N×3), found \"boxes\""},
      {"segmentation", "means", "", "[output] name: expected scores 1×3×H×W for the labels of labels.txt, found"},
      {"depth", "means", "near = \"small\"\n", "[output] name: expected float32 1×H×W or 1×1×H×W, found \"scores\""},
      {"depth", "gray", "", "[output] near: expected one of \"small\", \"large\", found nothing"},
      {"depth", "gray", "near = \"small\"\ntop_k = 3\n",
       ":15: [output] top_k: means nothing for depth, which has \"name\", \"near\""},
      {"image-to-image", "gray", "range = [0, 1]\n", "expected float32 or uint8 1×C×H×W for color = \"RGB\", found"},
      {"image-to-image", "gray", "range = [1, 0]\n", "[output] range: expected two numbers in [brackets], the lower"},
      {"embedding", "identity", "", "[output] name: expected a vector of float32, as 1×D or 1×D×1×1, found"},
      {"image-to-voxels", "gray", "", "[output] name: expected a cube of float32"},
      {"image-to-voxels", "cube", "axes = \"xyy\"\n", "[output] axes: expected an order of x, y and z, as \"zyx\""},
  };
  for (const Case& wrong : cases) {
    SCOPED_TRACE(wrong.error);
    const auto model = TryLoad(wrong.task, wrong.network, wrong.output);
    ASSERT_FALSE(model);
    EXPECT_EQ(model.error().code(), Code::kInvalid);
    EXPECT_THAT(model.error().message(), HasSubstr(wrong.error));
  }
}

}  // namespace
}  // namespace darkroom::model
