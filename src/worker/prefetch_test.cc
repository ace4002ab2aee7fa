#include "worker/prefetch.h"

#include <gtest/gtest.h>

namespace darkroom::worker {
namespace {

TEST(DecideRefill, IsHalfAndAtLeastOne) {
  EXPECT_EQ(DecideRefill(2), 1);
  EXPECT_EQ(DecideRefill(7), 3);
  EXPECT_EQ(DecideRefill(1), 1) << "never nothing";
}

TEST(DecideRoom, IsWhatBeginsWithinATenthOfASecond) {
  EXPECT_EQ(DecideRoom({0s}, {}, 10ms).jobs, 11);
  EXPECT_EQ(DecideRoom({0s, 0s}, {}, 10ms).jobs, 22);
  EXPECT_EQ(DecideRoom({10ms}, {}, 10ms).jobs, 10);
  EXPECT_EQ(DecideRoom({10ms}, {50ms, 30ms}, 10ms).jobs, 2);
  EXPECT_EQ(DecideRoom({0s}, {}, 10s).jobs, 1);
  EXPECT_EQ(DecideRoom({0s}, {}, kForever).jobs, 1) << "nothing measured yet";
  EXPECT_EQ(DecideRoom({0s, 0s, 0s}, {kForever}, kForever).jobs, 2);
  EXPECT_EQ(DecideRoom({0s}, {}, 1us).jobs, kMostHeld) << "bounded";
}

TEST(DecideRoom, TellsWhenThereIsSome) {
  EXPECT_EQ(DecideRoom({10s}, {}, 5ms).jobs, 0);
  EXPECT_EQ(DecideRoom({10s}, {}, 5ms).next_in, 9900ms);
  EXPECT_EQ(DecideRoom({10s, 1s}, {2s}, 5ms).next_in, 2900ms);
  EXPECT_EQ(DecideRoom({100ms}, {}, 5ms).next_in, 0s);
}

TEST(RestOf, ARunThatOverstaysMayGoOnForAsLongAgain) {
  EXPECT_EQ(RestOf(10s, 4s), 6s);
  EXPECT_EQ(RestOf(10s, 10s), 0s);
  EXPECT_EQ(RestOf(10s, 25s), 15s);
}

TEST(RunTimes, KnowsEachModelAndTheSlowestOfLate) {
  RunTimes times;
  const Time start = Time() + 1h;
  EXPECT_EQ(times.Of("a"), kForever);
  EXPECT_EQ(times.Slowest(start), kForever);
  times.Add("a", 8s, start);
  times.Add("b", 80ms, start);
  times.Add("b", 160ms, start + 5min);
  EXPECT_EQ(times.Of("a"), 8s);
  EXPECT_EQ(times.Of("b"), 90ms);
  EXPECT_EQ(times.Slowest(start + 5min), 8s);
  EXPECT_EQ(times.Slowest(start + 11min), 90ms);
  EXPECT_EQ(times.Of("a"), 8s);
}

}  // namespace
}  // namespace darkroom::worker
