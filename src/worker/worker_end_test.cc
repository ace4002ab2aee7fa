// How runs end before their time, and how a worker runs what others may have died of.
#include <gtest/gtest.h>

#include <filesystem>
#include <map>
#include <set>

#include "base/crypto.h"
#include "worker/worker_fixture.h"

namespace darkroom::worker {
namespace {

class EndTest : public BlockedWorkerTest {
 protected:
  // A job that runs until it is told to stop; one more is taken behind it.
  void StartPatient(std::optional<Time> deadline = std::nullopt) {
    StartWorker();
    LearnHowLong(60ms);
    patient_ = Id::Make(engine_.clock().Now());
    runner_.patient = patient_;
    engine_.Run(inputs_->Put(InputKey(patient_), "picture", {}));
    const JobRequest request{.job = patient_, .model = {"furniture", "", ""}, .deadline = deadline};
    engine_.Run(requests_[1]->Send({{.body = ToMessage(request)}}));
    RunUntil([this] { return runner_.waiting.load(); });
  }
  void Notice(Id job) {
    WorkerNotices notices(engine_->queues());
    auto tell = [&]() -> Task<Result<bool>> {
      std::string worker = "w1";
      co_await notices.Stop(std::move(worker), job);
      co_return true;
    };
    engine_.Run(tell());
  }
  Id patient_;
};

TEST_F(EndTest, ARunWhoseJobHasEndedOtherwiseIsStopped) {
  StartPatient();
  Notice(Id::Make(engine_.clock().Now()));  // none of ours: not a word about it
  Settle();
  EXPECT_EQ(worker_->running(), 1);
  Notice(patient_);
  const Outcome outcome = NextOutcome();
  EXPECT_EQ(outcome.job, patient_);
  EXPECT_EQ(outcome.failure->code, "stopped") << "were the notice wrong, the job would not be lost";
  const Id next = Submit();
  EXPECT_EQ(NextOutcome().job, next) << "the worker goes on";
  StopWorker();
  EXPECT_EQ(StatsOf().visible + StatsOf().in_flight, 0) << "it does not come again";
}

TEST_F(EndTest, AJobThatIsCancelledWhileItWaitsIsNotRun) {
  StartBlocked();
  const Id second = Submit();
  RunUntil([this] { return worker_->held() == 2; });
  Settle();
  Notice(second);
  Settle();
  let_go_.count_down();
  std::map<Id, Outcome> outcomes;
  for (int i = 0; i < 2; ++i) {
    Outcome outcome = NextOutcome();
    outcomes.emplace(outcome.job, outcome);
  }
  EXPECT_EQ(outcomes.at(first_).state, JobState::kSucceeded);
  EXPECT_EQ(outcomes.at(second).failure->code, "stopped");
  StopWorker();
  EXPECT_EQ(order_, (std::vector<Id>{first_}));
  EXPECT_EQ(StatsOf().visible + StatsOf().in_flight, 0);
}

TEST_F(EndTest, ADeadlineThatPassesEndsTheRun) {
  StartPatient(engine_.clock().Now() + 5s);
  engine_.clock().Advance(4s);
  Settle();
  EXPECT_EQ(worker_->running(), 1);
  engine_.clock().Advance(1s);
  const Outcome outcome = NextOutcome();
  EXPECT_EQ(outcome.state, JobState::kExpired);
  EXPECT_EQ(outcome.failure->message, "its deadline passed while it ran");
  StopWorker();
}

TEST_F(EndTest, WhatOutlastsADrainIsEndedAndGivenBack) {
  StartPatient();
  bool drained = false;
  auto drain = [&]() -> Task<void> {
    co_await worker_->Drain(engine_.clock().Now() + 8s);
    drained = true;
  };
  engine_.io().Spawn(drain());
  Settle();
  engine_.clock().Advance(6s);
  Settle();
  EXPECT_EQ(worker_->running(), 1);
  engine_.clock().Advance(1s);
  RunUntil([&] { return drained; });
  EXPECT_EQ(StatsOf().visible, 1);
}

TEST_F(EndTest, AQueueOfNoticesThatIsGoneIsMadeAnew) {
  StartPatient();
  engine_.io().RunUntilDone(RemoveNotices(engine_->queues(), "w1"));
  Settle();
  engine_.clock().Advance(1s);
  Settle();
  Notice(patient_);
  RunUntil([this] { return worker_->held() == 0; });
  StopWorker();
}

TEST_F(EndTest, ASuspectWaitsUntilNothingElseIsHeld) {
  options_.lanes = 2;
  StartBlocked();
  const Id suspect = SubmitSuspect();
  RunUntil([this] { return worker_->held() == 2; });
  Settle();
  EXPECT_EQ(worker_->running(), 1) << "the other lane is idle, for a suspect runs alone";
  let_go_.count_down();
  EXPECT_EQ(NextOutcome().job, first_);
  const Outcome outcome = NextOutcome();
  EXPECT_EQ(outcome.job, suspect);
  EXPECT_EQ(outcome.attempt, 2) << "attempts of the messages before count";
  StopWorker();
}

TEST_F(EndTest, NothingRunsBesideASuspectAndNothingMoreIsTaken) {
  options_.lanes = 2;
  runner_.patient = SubmitSuspect();
  StartWorker();
  RunUntil([this] { return runner_.waiting.load(); });
  for (int i = 0; i < 5; ++i) Submit();
  const Id high = Submit(Priority::kHigh);  // its queue's poll had begun before
  RunUntil([this] { return worker_->held() == 2; });
  Settle();
  EXPECT_EQ(worker_->running(), 1);
  EXPECT_EQ(worker_->held(), 2);
  Notice(*runner_.patient);
  EXPECT_EQ(NextOutcome().job, *runner_.patient);
  std::set<Id> after;  // on two lanes, in whatever order
  for (int i = 0; i < 6; ++i) {
    const Outcome outcome = NextOutcome();
    EXPECT_EQ(outcome.state, JobState::kSucceeded);
    after.insert(outcome.job);
  }
  EXPECT_EQ(after.size(), 6u);
  EXPECT_TRUE(after.contains(high));
  StopWorker();
}

TEST_F(EndTest, TwoSuspectsRunOneAfterTheOther) {
  options_.lanes = 2;
  const Id one = SubmitSuspect();
  const Id other = SubmitSuspect();
  StartWorker();
  EXPECT_EQ(NextOutcome().job, one);
  EXPECT_EQ(NextOutcome().job, other);
  StopWorker();
}

TEST_F(EndTest, WhatRunsStandsInTheLaneRecord) {
  const std::string path = testing::TempDir() + "darkroom-lanes-" + RandomHex(4);
  auto record = LaneRecord::Create(path, 1);
  ASSERT_TRUE(record) << record.error().message();
  options_.lane_record = &*record;
  StartPatient();
  const Id waiting = Submit();
  RunUntil([this] { return worker_->held() == 2; });
  Settle();
  const auto running = ReadLaneRecord(path);
  ASSERT_TRUE(running && running->size() == 1);
  EXPECT_EQ(running->at(0).queue, Priority::kNormal);
  EXPECT_EQ(running->at(0).attempt, 1);
  EXPECT_EQ(ParseJobRequest(running->at(0).message)->job, patient_);
  Notice(patient_);
  EXPECT_EQ(NextOutcome().job, patient_);
  EXPECT_EQ(NextOutcome().job, waiting);
  StopWorker();
  EXPECT_TRUE(ReadLaneRecord(path)->empty());
  std::filesystem::remove(path);
}

}  // namespace
}  // namespace darkroom::worker
