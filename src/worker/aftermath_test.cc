#include "worker/aftermath.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <csignal>

#include "embedded/testing.h"

namespace darkroom::worker {
namespace {

using testing::HasSubstr;

constexpr MemberEnd kCrash{.asked = false, .signal = SIGSEGV, .status = 0};
constexpr MemberEnd kKill{.asked = false, .signal = SIGKILL, .status = 0};
constexpr int kMostDeaths = 4;

TEST(CauseOf, TellsACrashFromAKillAndFromLeaving) {
  for (const int signal : {SIGSEGV, SIGBUS, SIGILL, SIGFPE, SIGABRT}) {
    EXPECT_EQ(CauseOf({false, signal, 0}), Cause::kCrashed) << signal;
    EXPECT_EQ(CauseOf({true, signal, 0}), Cause::kCrashed) << "a worker that leaves can crash as well";
  }
  for (const int signal : {SIGKILL, SIGTERM, SIGHUP}) EXPECT_EQ(CauseOf({false, signal, 0}), Cause::kKilled) << signal;
  EXPECT_EQ(CauseOf({false, 0, 1}), Cause::kCrashed) << "a library may end the process";
  EXPECT_EQ(CauseOf({false, 0, 0}), Cause::kNone);
  EXPECT_EQ(CauseOf({true, SIGKILL, 0}), Cause::kNone) << "we kill what does not leave in time";
  EXPECT_EQ(CauseOf({true, 0, 1}), Cause::kNone);
}

TEST(Judge, TheSecondCrashIsTheJobsFault) {
  Verdict verdict = Judge(JobRequest{.job = Id::Make(Time()), .model = {}, .deadline = {}}, 1, kCrash, kMostDeaths);
  ASSERT_FALSE(verdict.failure);
  EXPECT_EQ(verdict.again.crashes, 1);
  EXPECT_EQ(verdict.again.attempts, 1);
  EXPECT_TRUE(verdict.again.suspect());
  verdict = Judge(verdict.again, 2, kCrash, kMostDeaths);
  ASSERT_TRUE(verdict.failure);
  EXPECT_EQ(verdict.failure->code, "killed_worker");
  EXPECT_EQ(
      verdict.failure->message,
      "2 workers died while they ran this job; the last, which ran nothing else, ended by signal 11 (SIGSEGV); it "
      "is not tried again");
}

TEST(Judge, AKillMayHaveBeenForOtherReasons) {
  Verdict verdict{{}, JobRequest{.job = Id::Make(Time()), .model = {}, .deadline = {}}};
  for (int death = 1; death < kMostDeaths; ++death) {
    verdict = Judge(verdict.again, death, kKill, kMostDeaths);
    EXPECT_FALSE(verdict.failure) << death;
  }
  verdict = Judge(verdict.again, kMostDeaths, kKill, kMostDeaths);
  ASSERT_TRUE(verdict.failure);
  EXPECT_THAT(verdict.failure->message, HasSubstr("signal 9 (SIGKILL), as a system does when its memory runs out"));
}

TEST(Judge, AJobThatMayBeTriedOnceIsTriedOnce) {
  const Verdict verdict = Judge(JobRequest{.job = Id::Make(Time()), .model = {}, .deadline = {}}, 1,
                                {.asked = false, .signal = 0, .status = 7}, 1);
  ASSERT_TRUE(verdict.failure);
  EXPECT_EQ(verdict.failure->message, "its worker exited with status 7 while it ran this job; it is not tried again");
}

TEST(SureCause, IsTheOnlyJobThatACrashedWorkerRan) {
  const JobRequest request{.job = Id::Make(Time()), .model = {"furniture", "1", ""}, .deadline = {}};
  const LaneEntry entry{Priority::kNormal, 1, "receipt", ToMessage(request)};
  const auto cause = SureCause({entry}, kCrash);
  ASSERT_TRUE(cause);
  EXPECT_EQ(cause->job, request.job);
  EXPECT_EQ(cause->model, request.model);
  EXPECT_FALSE(SureCause({entry, entry}, kCrash)) << "one of the two, but which?";
  EXPECT_FALSE(SureCause({entry}, kKill));
  EXPECT_FALSE(SureCause({}, kCrash));
  EXPECT_FALSE(SureCause({{Priority::kNormal, 1, "receipt", "nonsense"}}, kCrash));
}

class ClearUpTest : public testing::Test {
 protected:
  ClearUpTest() {
    for (const Priority priority : kPriorities) {
      queues_[std::size_t(priority)] = engine_.Run(engine_->queues().Create(std::string(Name(priority)), {}));
    }
    results_ = engine_.Run(engine_->queues().Create("results", {}));
  }
  // As the dead worker had it.
  LaneEntry Take() {
    const auto messages = engine_.Run(normal().Receive({.max = 1, .wait = {}, .visibility = {}, .consumer = "w1"}));
    EXPECT_EQ(messages.size(), 1u);
    return {Priority::kNormal, messages.at(0).receive_count, messages.at(0).receipt, messages.at(0).body};
  }
  Status Clear(std::vector<LaneEntry> entries, MemberEnd end) {
    const AftermathPorts ports{{queues_[0].get(), queues_[1].get(), queues_[2].get()}, results_.get()};
    return engine_.io().RunUntilDone(ClearUp(ports, std::move(entries), "w1", end, kMostDeaths));
  }
  Queue& normal() { return *queues_[std::size_t(Priority::kNormal)]; }
  std::int64_t CountMessages(Queue& queue) {
    const auto stats = engine_.Run(queue.Stats());
    return stats.visible + stats.in_flight + stats.delayed;
  }

  embedded::TestEngine engine_;
  std::array<std::shared_ptr<Queue>, kPriorities.size()> queues_;
  std::shared_ptr<Queue> results_;
};

TEST_F(ClearUpTest, SendsAJobAgainThatMayHaveCrashedItsWorkerAndSettlesItTheSecondTime) {
  JobRequest request{.job = Id::Make(engine_.clock().Now()), .model = {"furniture", "", ""}, .deadline = {}};
  request.file_name = "a.jpg";
  engine_.Run(normal().Send({{.body = ToMessage(request)}}));
  EXPECT_TRUE(Clear({Take()}, kCrash));
  EXPECT_EQ(CountMessages(normal()), 1) << "the old message is gone";
  const LaneEntry again = Take();
  const auto known = ParseJobRequest(again.message);
  ASSERT_TRUE(known);
  EXPECT_EQ(known->job, request.job);
  EXPECT_EQ(known->file_name, "a.jpg");
  EXPECT_EQ(known->crashes, 1);
  EXPECT_EQ(known->attempts, 1);

  LaneEntry second = again;
  second.attempt = known->attempts + 1;
  EXPECT_TRUE(Clear({second}, kCrash));
  EXPECT_EQ(CountMessages(normal()), 0);
  const auto reports = engine_.Run(results_->Receive({}));
  ASSERT_EQ(reports.size(), 1u);
  const auto report = ParseWorkerReport(reports[0].body);
  ASSERT_TRUE(report) << report.error().message();
  const auto& outcome = std::get<Outcome>(*report);
  EXPECT_EQ(outcome.job, request.job);
  EXPECT_EQ(outcome.state, JobState::kFailed);
  EXPECT_EQ(outcome.failure->code, "killed_worker");
  EXPECT_EQ(outcome.attempt, 2);
  EXPECT_EQ(outcome.worker, "w1");
}

TEST_F(ClearUpTest, OfAWorkerThatLeftNothingIsSaid) {
  engine_.Run(normal().Send({{.body = "x"}}));
  EXPECT_TRUE(Clear({Take()}, {.asked = true, .signal = SIGKILL, .status = 0}));
  EXPECT_EQ(engine_.Run(normal().Stats()).in_flight, 1) << "its leases are let go like all others";
}

TEST_F(ClearUpTest, WhatCannotBeReadIsAnErrorAndItsNeighboursAreJudged) {
  JobRequest request{.job = Id::Make(engine_.clock().Now()), .model = {"furniture", "", ""}, .deadline = {}};
  engine_.Run(normal().Send({{.body = ToMessage(request)}}));
  EXPECT_FALSE(Clear({{Priority::kNormal, 1, "1.1.1", "nonsense"}, Take()}, kCrash));
  EXPECT_EQ(ParseJobRequest(Take().message)->crashes, 1);
}

}  // namespace
}  // namespace darkroom::worker
