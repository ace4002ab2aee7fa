#include "model/classifier.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "base/async.h"
#include "base/fake_clock.h"
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
  for (const Label& label : prediction->labels)
    text += label.label + " " + std::to_string(std::lround(label.score)) + "; ";
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
  EXPECT_EQ(prediction->labels[0].label, "blue");
  EXPECT_NEAR(prediction->labels[0].score, std::exp(3) / (std::exp(1) + std::exp(2) + std::exp(3)), 1e-6);
}

TEST_F(ModelTest, TellsThePictureAsItIsShown) {
  const std::string sideways = imaging::EncodeJpeg(imaging::Gradient(32, 16), {.orientation = 6});
  Result<Prediction> prediction = Load(kMeansToml)->Run(sideways, clock_);
  ASSERT_TRUE(prediction);
  EXPECT_EQ(prediction->picture->width, 16);
  EXPECT_EQ(prediction->picture->height, 32);
  EXPECT_EQ(prediction->picture->format, imaging::Format::kJpeg);
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
  EXPECT_EQ(json::serialize(ToJson(*prediction)), R"({"task":"noop","labels":[]})");
  EXPECT_EQ(prediction->times.inferred, clock_.Now());
}

TEST(Rank, PutsTheBestFirstAndEqualOnesByIndex) {
  const std::vector<std::string> labels = {"a", "b", "c", "d"};
  const std::vector<float> scores = {0.1f, 0.4f, 0.1f, 0.4f};
  std::vector<Label> ranked = Rank(scores, labels, 3);
  ASSERT_EQ(ranked.size(), 3u);
  EXPECT_EQ(ranked[0].index, 1);
  EXPECT_EQ(ranked[1].index, 3);
  EXPECT_EQ(ranked[2].index, 0);
}

TEST(Softmax, SumsToOneAndDoesNotOverflow) {
  std::vector<float> scores = {1000, 999, -1000};
  Softmax(scores);
  EXPECT_NEAR(scores[0], 1 / (1 + std::exp(-1)), 1e-6);
  EXPECT_NEAR(scores[0] + scores[1] + scores[2], 1, 1e-6);
}

TEST(ToJson, IsWhatResultJsonHolds) {
  Prediction prediction;
  prediction.labels = {{"chair", 0, 0.5f}};
  prediction.picture = {640, 480, imaging::Format::kWebp};
  EXPECT_EQ(ToJson(prediction), (json::object{{"task", "classification"},
                                              {"labels", {{{"label", "chair"}, {"index", 0}, {"score", 0.5}}}},
                                              {"image", {{"width", 640}, {"height", 480}, {"format", "webp"}}}}));
}

}  // namespace
}  // namespace darkroom::model
