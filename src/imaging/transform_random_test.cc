#include "imaging/transform_random.h"

#include <gtest/gtest.h>

#include <cmath>
#include <set>

namespace darkroom::imaging {
namespace {

TEST(SplitMix64, GivesThePublishedNumbers) {
  EXPECT_EQ(SplitMix64(1234567, 0), 6457827717110365317u);
  EXPECT_EQ(SplitMix64(1234567, 1), 3203168211198807973u);
  EXPECT_EQ(SplitMix64(1234567, 4), 16408922859458223821u);
}

TEST(Draws, StayWithinTheirBounds) {
  Draws draws(1, 2);
  std::set<int> seen;
  for (int i = 0; i < 1000; ++i) {
    const double number = draws.Between(-0.1, 0.2);
    EXPECT_TRUE(number >= -0.1 && number <= 0.2);
    seen.insert(draws.Below(7));
  }
  EXPECT_EQ(seen.size(), 7u);
  EXPECT_EQ(*seen.begin(), 0);
  EXPECT_EQ(*seen.rbegin(), 6);
  EXPECT_EQ(draws.Between(3.25, 3.25), 3.25);
}

TEST(Draws, OfEachTransformAreTheirOwn) {
  EXPECT_EQ(Draws(5, 1).Uniform(), Draws(5, 1).Uniform());
  EXPECT_NE(Draws(5, 1).Uniform(), Draws(5, 2).Uniform());
  EXPECT_NE(Draws(5, 1).Uniform(), Draws(6, 1).Uniform());
}

// By Python's statistics.NormalDist().inv_cdf.
TEST(NormalSample, IsTheQuantileOfTheNumber) {
  EXPECT_NEAR(NormalSample(1234567, 0), -0.3851057287, 1e-6);
  EXPECT_NEAR(NormalSample(1234567, 1), -0.9398623079, 1e-6);
  EXPECT_NEAR(NormalSample(1234567, 4), 1.2240297138, 1e-6);
}

TEST(NormalSample, HasTheSharesOfABell) {
  int within_one = 0, beyond_two = 0;
  constexpr int kSamples = 100'000;
  for (int i = 0; i < kSamples; ++i) {
    const double sample = std::abs(NormalSample(3, static_cast<std::uint64_t>(i)));
    within_one += sample < 1;
    beyond_two += sample > 2;
  }
  EXPECT_NEAR(within_one / static_cast<double>(kSamples), 0.6827, 0.005);
  EXPECT_NEAR(beyond_two / static_cast<double>(kSamples), 0.0455, 0.003);
}

}  // namespace
}  // namespace darkroom::imaging
