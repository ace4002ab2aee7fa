#include "worker/reporter.h"

#include <gtest/gtest.h>

#include "embedded/testing.h"

namespace darkroom::worker {
namespace {

class ReporterTest : public testing::Test {
 protected:
  ReporterTest() { reports_.Spawn(reporter_.Run()); }
  ~ReporterTest() override {
    reporter_.Stop();
    engine_.io().RunUntilDone(reports_.Join());
  }

  void Report(int count, Urgency urgency) {
    for (int i = 0; i < count; ++i) {
      Outcome outcome;
      outcome.job = Id::Make(engine_.clock().Now());
      outcome.state = JobState::kSucceeded;
      reporter_.Report(outcome, Priority::kNormal, "", urgency);
    }
  }
  // In the results queue, once what the reporter has sent by now has been written.
  std::int64_t Reported() { return engine_.Run(results_->Stats()).visible; }
  std::size_t Receive() {
    return engine_.Run(results_->Receive({.max = 10, .wait = kMaxWait, .visibility = {}, .consumer = {}})).size();
  }

  embedded::TestEngine engine_;
  std::shared_ptr<Queue> results_ = engine_.Run(engine_->queues().Create("results", {}));
  Leases leases_{engine_.clock(), {results_.get(), results_.get(), results_.get()}, 30s};
  Reporter reporter_{
      engine_.io(), engine_.clock(), *results_, {results_.get(), results_.get(), results_.get()}, leases_};
  TaskGroup reports_{engine_.io(), engine_.clock()};
};

TEST_F(ReporterTest, SendsAtOnceWhatSomebodyWaitsFor) {
  Report(1, Urgency::kAtOnce);
  EXPECT_EQ(Receive(), 1u);
}

TEST_F(ReporterTest, GathersForAWhileSinceTheFirst) {
  Report(2, Urgency::kMayGather);
  engine_.clock().Advance(kOutcomeLinger / 2);
  Report(1, Urgency::kMayGather);
  engine_.clock().Advance(kOutcomeLinger / 2 - 1us);
  EXPECT_EQ(Reported(), 0);
  engine_.clock().Advance(1us);
  EXPECT_EQ(Receive(), 3u);
}

TEST_F(ReporterTest, WhatHasGatheredGoesWithAnUrgentOne) {
  Report(2, Urgency::kMayGather);
  EXPECT_EQ(Reported(), 0);
  Report(1, Urgency::kAtOnce);
  EXPECT_EQ(Receive(), 3u);
}

TEST_F(ReporterTest, ACallsWorthWaitsForNoMore) {
  Report(12, Urgency::kMayGather);
  EXPECT_EQ(Receive(), 10u);
  EXPECT_EQ(Reported(), 0);
  reporter_.Hurry();
  EXPECT_EQ(Receive(), 2u);
}

TEST_F(ReporterTest, WhatHasGatheredIsSentBeforeTheEnd) {
  Report(2, Urgency::kMayGather);
  reporter_.Stop();
  engine_.io().RunUntilDone(reports_.Join());
  EXPECT_EQ(Reported(), 2);
}

}  // namespace
}  // namespace darkroom::worker
