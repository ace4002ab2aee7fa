#include "model/model.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "base/async.h"
#include "base/fake_clock.h"
#include "imaging/decode.h"
#include "imaging/test_pictures.h"
#include "model/test_packages.h"

namespace darkroom::model {
namespace {

using imaging::Image;
using testing::HasSubstr;

class ModelTest : public testing::Test {
 protected:
  std::unique_ptr<Model> Load(std::string_view toml, std::string_view network = "means") {
    Result<Package> package = LoadPackage(WritePackage(folder_.path(), toml, "red\ngreen\nblue\n", network));
    if (!package) {
      ADD_FAILURE() << package.error().message();
      return nullptr;
    }
    Result<std::unique_ptr<Model>> model = Model::Load(*package, runtime_);
    if (!model) ADD_FAILURE() << model.error().message();
    return model ? std::move(*model) : nullptr;
  }

  IoContext io_;
  FakeClock clock_{io_};
  TemporaryFolder folder_;
  Runtime runtime_;
};

// A plain picture as PNG.
std::string Plain(std::uint8_t red, std::uint8_t green, std::uint8_t blue, int width = 20, int height = 10) {
  Image image = *Image::Allocate(width, height, 3);
  for (std::size_t i = 0; i < image.size(); i += 3) {
    image.data()[i] = red;
    image.data()[i + 1] = green;
    image.data()[i + 2] = blue;
  }
  return imaging::EncodePng(image);
}

std::string LabelsOf(const Result<Prediction>& prediction) {
  if (!prediction) return prediction.error().message();
  std::string text;
  for (const json::value& label : prediction->result.at("labels").as_array()) {
    text += std::string(label.at("label").as_string()) + " " +
            std::to_string(std::lround(label.at("score").to_number<double>())) + "; ";
  }
  return text;
}

TEST_F(ModelTest, SeesThePictureInTheOrderAndScaleOfThePackage) {
  const std::string orange = Plain(200, 100, 0);
  EXPECT_EQ(LabelsOf(Load(kMeansToml)->Run(orange, clock_)), "red 200; green 100; blue 0; ");
  const std::string bgr = Replaced(kMeansToml, "\"RGB\"", "\"BGR\"");
  EXPECT_EQ(LabelsOf(Load(bgr)->Run(orange, clock_)), "blue 200; green 100; red 0; ");
  const std::string nhwc = Replaced(kMeansToml, "\"NCHW\"", "\"NHWC\"");
  EXPECT_EQ(LabelsOf(Load(nhwc, "means_nhwc")->Run(orange, clock_)), "red 200; green 100; blue 0; ");
  const std::string bytes =
      Replaced(Replaced(kMeansToml, "\"float32\"", "\"uint8\""), "mean = [0, 0, 0]\nscale = 1\n", "");
  EXPECT_EQ(LabelsOf(Load(bytes, "means_uint8")->Run(orange, clock_)), "red 200; green 100; blue 0; ");
  const std::string scaled = Replaced(Replaced(kMeansToml, "[0, 0, 0]", "[190, 80, 0]"), "scale = 1", "scale = 2");
  EXPECT_EQ(LabelsOf(Load(scaled)->Run(orange, clock_)), "green 40; red 20; blue 0; ");
}

TEST_F(ModelTest, GivesAsManyLabelsAsAsked) {
  std::unique_ptr<Model> model = Load(Replaced(kMeansToml, "top_k = 3", "top_k = 2"));
  EXPECT_EQ(LabelsOf(model->Run(Plain(1, 2, 3), clock_)), "blue 3; green 2; ");
  EXPECT_EQ(LabelsOf(model->Run(Plain(1, 2, 3), clock_, {.top_k = 1})), "blue 3; ");
  EXPECT_EQ(LabelsOf(model->Run(Plain(1, 2, 3), clock_, {.top_k = 99})), "blue 3; green 2; red 1; ");
}

TEST_F(ModelTest, MakesProbabilitiesWhenAskedTo) {
  Result<Prediction> prediction =
      Load(Replaced(kMeansToml, "softmax = false", "softmax = true"))->Run(Plain(1, 2, 3), clock_);
  ASSERT_TRUE(prediction);
  const json::value& best = prediction->result.at("labels").at(0);
  EXPECT_EQ(best.at("label"), "blue");
  EXPECT_NEAR(best.at("score").to_number<double>(), std::exp(3) / (std::exp(1) + std::exp(2) + std::exp(3)), 1e-6);
}

TEST_F(ModelTest, TellsThePictureAsItIsShown) {
  const std::string sideways = imaging::EncodeJpeg(imaging::Gradient(32, 16), {.orientation = 6});
  Result<Prediction> prediction = Load(kMeansToml)->Run(sideways, clock_);
  ASSERT_TRUE(prediction);
  EXPECT_EQ(prediction->result.at("image"), (json::object{{"width", 16}, {"height", 32}, {"format", "jpeg"}}));
}

TEST_F(ModelTest, RefusesNumbersThatAreNone) {
  const std::string negative = Replaced(kMeansToml, "[0, 0, 0]", "[0, 100, 0]");
  Result<Prediction> prediction = Load(negative, "root_of_means")->Run(Plain(4, 9, 16), clock_);
  ASSERT_FALSE(prediction);
  EXPECT_EQ(prediction.error().code(), Code::kInternal);
  EXPECT_THAT(prediction.error().message(), HasSubstr("model means 1 answered with"));
  EXPECT_THAT(prediction.error().message(), HasSubstr("\"green\""));
}

TEST_F(ModelTest, HandsOnWhatIsWrongWithThePicture) {
  std::unique_ptr<Model> model = Load(Replaced(kMeansToml, "[output]", "[limits]\nmax_pixels = 100\n[output]"));
  EXPECT_THAT(LabelsOf(model->Run("GIF89a", clock_)), HasSubstr("not an image"));
  EXPECT_THAT(LabelsOf(model->Run(Plain(1, 2, 3).substr(0, 50), clock_)), HasSubstr("truncated png"));
  EXPECT_THAT(LabelsOf(model->Run(Plain(1, 2, 3, 11, 10), clock_)), HasSubstr("the limit is 100"));
  EXPECT_EQ(LabelsOf(model->Run(Plain(1, 2, 3, 10, 10), clock_)), "blue 3; green 2; red 1; ");
}

TEST_F(ModelTest, ANoopNeedsNeitherPictureNorRuntime) {
  Runtime nowhere({.library = "/no/such/library"});
  Result<std::unique_ptr<Model>> model = Model::Load(NoopPackage(), nowhere);
  ASSERT_TRUE(model) << model.error().message();
  Result<Prediction> prediction = (*model)->Run("anything", clock_);
  ASSERT_TRUE(prediction);
  EXPECT_EQ(json::serialize(prediction->result), R"({"task":"noop","labels":[]})");
  EXPECT_EQ(prediction->times.inferred, clock_.Now());
}

TEST_F(ModelTest, AnswersWhatResultJsonHolds) {
  const auto prediction = Load(Replaced(kMeansToml, "top_k = 3", "top_k = 1"))->Run(Plain(7, 2, 3), clock_);
  ASSERT_TRUE(prediction);
  EXPECT_EQ(prediction->result, (json::object{{"task", "classification"},
                                              {"labels", {{{"label", "red"}, {"index", 0}, {"score", 7.0}}}},
                                              {"image", {{"width", 20}, {"height", 10}, {"format", "png"}}}}));
  EXPECT_EQ(prediction->summary, "red 7.000");
}

TEST_F(ModelTest, DecodesALargeJpegAtReducedScaleAndTellsItsWholeSize) {
  const std::string sideways = imaging::EncodeJpeg(imaging::Gradient(320, 160), {.orientation = 6});
  const auto whole = Load(Replaced(kMeansToml, "resize = \"stretch\"", "resize = \"stretch\"\nreduced_decode = false"));
  const auto reduced = Load(kMeansToml);
  const auto expected = whole->Run(sideways, clock_), seen = reduced->Run(sideways, clock_);
  ASSERT_TRUE(expected && seen);
  EXPECT_EQ(seen->result.at("image"), (json::object{{"width", 160}, {"height", 320}, {"format", "jpeg"}}));
  for (std::size_t i = 0; i < 3; ++i) {
    EXPECT_NEAR(seen->result.at("labels").at(i).at("score").to_number<double>(),
                expected->result.at("labels").at(i).at("score").to_number<double>(), 1);
  }
}

TEST_F(ModelTest, TransformsThePictureBeforeItIsSeen) {
  const auto model =
      Load(Replaced(kMeansToml, "resize = \"stretch\"", "resize = \"stretch\"\ntransforms = \"grayscale\""));
  PredictOptions options;
  options.transforms = *imaging::ParseTransforms("crop:4x4:random,flip:horizontal");
  options.seed = 7;
  const auto prediction = model->Run(Plain(200, 100, 0), clock_, options);
  ASSERT_TRUE(prediction) << prediction.error().message();
  EXPECT_EQ(LabelsOf(prediction), "red 118; green 118; blue 118; ");
  EXPECT_EQ(prediction->result.at("image").at("width"), 20) << "as it was handed in";
  ASSERT_EQ(prediction->transforms.size(), 3u) << "the job's, then the package's";
  const auto again = model->Run(Plain(200, 100, 0), clock_, {.transforms = prediction->transforms});
  EXPECT_EQ(again->transforms[0], prediction->transforms[0]) << "what was drawn can be done again";
}

TEST_F(ModelTest, TransformsThatDoNotFitAreThePicturesFault) {
  PredictOptions options;
  options.transforms = *imaging::ParseTransforms("crop:400x4");
  const auto prediction = Load(kMeansToml)->Run(Plain(1, 2, 3), clock_, options);
  ASSERT_FALSE(prediction);
  EXPECT_EQ(prediction.error().code(), Code::kInvalid);
  EXPECT_THAT(prediction.error().message(), HasSubstr("crop"));
}

TEST_F(ModelTest, WithoutANetworkTheAnswerIsThePicture) {
  Runtime nowhere({.library = "/no/such/library"});
  const auto model = Model::Load(TransformPackage(), nowhere);
  PredictOptions options;
  options.transforms = *imaging::ParseTransforms("resize:5x6");
  const auto prediction = (*model)->Run(Plain(1, 2, 3), clock_, options);
  ASSERT_TRUE(prediction) << prediction.error().message();
  EXPECT_EQ(prediction->result.at("task"), "transform");
  const auto image = imaging::Decode(prediction->files.at(0).bytes);
  EXPECT_EQ(image->width(), 5);
  EXPECT_EQ(image->row(5)[14], 3);
}

TEST_F(ModelTest, CountsTheLabels) {
  const auto package = LoadPackage(WritePackage(folder_.path(), kMeansToml, "red\ngreen\nblue\nalpha\n"));
  const auto model = Model::Load(*package, runtime_);
  ASSERT_FALSE(model);
  EXPECT_THAT(model.error().message(),
              HasSubstr("labels.txt: expected 3 labels, as many as output \"scores\" has scores; found 4"));
}

}  // namespace
}  // namespace darkroom::model
