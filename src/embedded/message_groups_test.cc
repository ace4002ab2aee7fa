#include "embedded/message_groups.h"

#include <gtest/gtest.h>

namespace darkroom::embedded {
namespace {

Group KnownGroup(Duration turn, Duration cost) {
  Group group;
  group.turn = turn;
  group.cost = cost;
  return group;
}

TEST(MessageGroups, AGroupIsChargedWhatItsMessagesCostInTheMean) {
  Group group = KnownGroup(5s, 200ms);
  Charge(group, 3);
  EXPECT_EQ(group.turn, 5600ms);
  Learn(group, 1s);
  EXPECT_EQ(group.cost, 300ms);
  EXPECT_EQ(group.turn, 5600ms) << "of a known group only the mean goes on";
}

TEST(MessageGroups, WhatANewGroupIsChargedIsPutRightByItsFirstAck) {
  Group group = KnownGroup(5s, 0s);
  Charge(group, 4);
  EXPECT_EQ(group.turn, 5s + 4 * kUnknownCost);
  group.in_flight = 4;
  Learn(group, 100ms);
  EXPECT_EQ(group.turn, 5400ms);
  EXPECT_EQ(group.cost, 100ms);
}

TEST(MessageGroups, WhatCostsNothingStillCosts) {
  Group group = KnownGroup(0s, 0s);
  Learn(group, 0s);
  EXPECT_EQ(group.cost, kShortestCost);
  for (int i = 0; i < 100; ++i) Learn(group, 0s);
  EXPECT_EQ(group.cost, kShortestCost);
}

TEST(MessageGroups, OneMessageThatWasForgottenSaysLittle) {
  Group group = KnownGroup(0s, 8s);
  Learn(group, 12h);
  EXPECT_EQ(group.cost, 7s + kLongestCost / 8);
}

TEST(MessageGroups, ARunEndsWhereTheNextGroupsTurnComes) {
  const auto run = [](Duration lead, Duration cost, int most = 10) {
    return RunBefore(KnownGroup(1s, cost), KnownGroup(1s + lead, 1s), most);
  };
  EXPECT_EQ(run(0s, 1s), 1) << "at the same turn the one of the smaller id goes first, then the other";
  EXPECT_EQ(run(1s, 1s), 1);
  EXPECT_EQ(run(1500ms, 1s), 2);
  EXPECT_EQ(run(3s, 1s), 3);
  EXPECT_EQ(run(24h, 1ms), 10);
  EXPECT_EQ(run(kUnknownCost, 0s), 1) << "of unknown cost";
  EXPECT_EQ(run(3s, 1s, 2), 2);
}

}  // namespace
}  // namespace darkroom::embedded
