#include "model/tasks/rank.h"

#include <gtest/gtest.h>

#include <cmath>

namespace darkroom::model {
namespace {

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

TEST(Sigmoid, IsAHalfAtNothing) {
  std::vector<float> scores = {0, 100, -100};
  Sigmoid(scores);
  EXPECT_EQ(scores[0], 0.5f);
  EXPECT_NEAR(scores[1], 1, 1e-6);
  EXPECT_NEAR(scores[2], 0, 1e-6);
}

}  // namespace
}  // namespace darkroom::model
