// Real classifiers on real photographs, and Pillow as the judge of what they are shown. Neither is ours to ship: the
// tests run where ../shared is, and say so where it is not.
#include <gtest/gtest.h>

#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <map>

#include "base/async.h"
#include "base/fake_clock.h"
#include "imaging/decode.h"
#include "model/model.h"
#include "model/preprocess.h"
#include "model/test_packages.h"

namespace darkroom::model {
namespace {

namespace fs = std::filesystem;

const char* const kPhotos[] = {"cat_720p.jpg", "hot_dog.jpg", "owl.jpg", "parrot.jpg"};

struct Expected {
  const char* photo;
  const char* label;  // how the best label begins
  float score;
};

class SharedModels : public testing::Test {
 protected:
  void SetUp() override {
    if (!fs::exists(SharedFolder() / "models")) GTEST_SKIP() << "no models in " << SharedFolder();
    const std::string script = std::string(DARKROOM_SOURCE_DIR) + "/tests/shared-packages " + folder_.path().string();
    ASSERT_EQ(std::system(script.c_str()), 0) << script;
  }

  void ExpectLabels(const std::string& name, std::initializer_list<Expected> expected) {
    Result<Package> package = LoadPackage(folder_.path() / name);
    ASSERT_TRUE(package) << package.error().message();
    Result<std::unique_ptr<Model>> model = Model::Load(*package, runtime_);
    ASSERT_TRUE(model) << model.error().message();
    for (const Expected& want : expected) {
      SCOPED_TRACE(want.photo);
      Result<Prediction> prediction = (*model)->Run(ReadAll(SharedFolder() / "photos" / want.photo), clock_);
      ASSERT_TRUE(prediction) << prediction.error().message();
      const json::value& best = prediction->result.at("labels").at(0);
      EXPECT_TRUE(best.at("label").as_string().starts_with(want.label)) << best;
      EXPECT_NEAR(best.at("score").to_number<double>(), want.score, 0.03);
    }
  }

  IoContext io_;
  FakeClock clock_{io_};
  Runtime runtime_;
  TemporaryFolder folder_;
};

TEST_F(SharedModels, MobilenetV2SeesWhatItShould) {
  ExpectLabels("mobilenet_v2", {{"cat_720p.jpg", "Egyptian cat", 0.947f},
                                {"hot_dog.jpg", "hotdog", 0.981f},
                                {"owl.jpg", "ruffed grouse", 0.540f},
                                {"parrot.jpg", "macaw", 0.997f}});
}

TEST_F(SharedModels, SqueezenetSeesWhatItShouldInBgr) {
  ExpectLabels("squeezenet", {{"cat_720p.jpg", "Egyptian cat", 0.791f},
                              {"hot_dog.jpg", "hotdog", 0.853f},
                              {"owl.jpg", "ruffed grouse", 0.628f},
                              {"parrot.jpg", "macaw", 0.882f}});
}

// Quantisation moves the scores a little; the labels stay.
TEST_F(SharedModels, MobilenetV2Int8TakesRawBytes) {
  ExpectLabels("mobilenet_v2_int8", {{"cat_720p.jpg", "Egyptian cat", 0.947f},
                                     {"hot_dog.jpg", "hotdog", 0.981f},
                                     {"owl.jpg", "ruffed grouse", 0.540f},
                                     {"parrot.jpg", "macaw", 0.997f}});
}

// The Python that has Pillow: the project's own environment, else the system's. Empty when neither has it.
std::string PythonWithPillow() {
  for (const std::string& python :
       {std::string(DARKROOM_SOURCE_DIR) + "/build/venv/bin/python3", std::string("python3")}) {
    if (std::system((python + " -c 'import PIL' 2>/dev/null").c_str()) == 0) return python;
  }
  return "";
}

// A raw uint8 crop of 224×224 of each photograph, beside Pillow's own.
TEST(PillowAgreement, OnPhotographsIsWithinOneOf255) {
  if (!fs::exists(SharedFolder() / "photos")) GTEST_SKIP() << "no photographs in " << SharedFolder();
  const std::string python = PythonWithPillow();
  if (python.empty()) GTEST_SKIP() << "no Python with Pillow";
  TemporaryFolder folder;
  const InputSpec input = {
      .name = "", .layout = Layout::kNhwc, .type = ElementType::kUint8, .width = 224, .height = 224};
  for (const auto& [filter, word] :
       {std::pair(imaging::Filter::kBilinear, "BILINEAR"), {imaging::Filter::kBicubic, "BICUBIC"}}) {
    for (const char* photo : kPhotos) {
      const fs::path path = SharedFolder() / "photos" / photo;
      Result<imaging::Image> image = imaging::Decode(ReadAll(path));
      ASSERT_TRUE(image) << image.error().message();
      std::string tensor(224 * 224 * 3, '\0');
      const PreprocessSpec spec = {.resize = Resize::kShorter, .resize_to = 256, .filter = filter};
      ASSERT_TRUE(Preprocess(*image, input, spec, std::as_writable_bytes(std::span(tensor))));
      const fs::path raw = folder.path() / "crop.raw";
      std::ofstream(raw, std::ios::binary) << tensor;
      // The script fails when the mean absolute difference is above 1 (of 255) and prints it either way.
      const std::string command = python + " " + DARKROOM_MODEL_TESTDATA + "/compare_with_pillow.py " + path.string() +
                                  " " + raw.string() + " " + word;
      EXPECT_EQ(std::system(command.c_str()), 0) << command;
    }
  }
}

}  // namespace
}  // namespace darkroom::model
