#include "cli/result_difference.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace darkroom::cli {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

json::object Job(double score, const char* label, const char* etag) {
  return {{"model", {{"name", "furniture"}, {"version", "1"}, {"digest", "sha256:aa"}}},
          {"result", {{"labels", {{{"label", label}, {"score", score}}}}}},
          {"artifacts", {{{"name", "result.json"}, {"etag", score}}, {{"name", "boxes.png"}, {"etag", etag}}}}};
}

TEST(Differences, AreNoneBetweenEqualJobs) {
  EXPECT_THAT(Differences(Job(0.9, "chair", "x"), Job(0.9, "chair", "x")), IsEmpty());
  EXPECT_THAT(Differences(Job(0.9, "chair", "x"), Job(0.90001, "chair", "x")), IsEmpty()) << "rounding";
}

TEST(Differences, NameThePlace) {
  EXPECT_THAT(Differences(Job(0.9, "chair", "x"), Job(0.8, "stool", "y")),
              ElementsAre("result.labels[0].label: \"chair\" became \"stool\"",
                          "result.labels[0].score: 0.9 became 0.8", "boxes.png: its bytes differ"));
}

TEST(Differences, SayWhatIsMissingOrNew) {
  json::object before = Job(0.9, "chair", "x"), after = before;
  after.at("result").as_object()["labels"] = json::array();
  after.at("artifacts").as_array().pop_back();
  after.at("model").as_object()["digest"] = "sha256:bb";
  EXPECT_THAT(Differences(before, after),
              ElementsAre("model.digest: \"sha256:aa\" became \"sha256:bb\"",
                          "result.labels: [{\"label\":\"chair\",\"score\":0.9}] became []", "boxes.png: was not made"));
}

}  // namespace
}  // namespace darkroom::cli
