// What a worker does with jobs of a model that is in quarantine.
#include <gtest/gtest.h>

#include <map>

#include "worker/worker_fixture.h"

namespace darkroom::worker {
namespace {

class QuarantineTest : public BlockedWorkerTest {
 protected:
  Id SubmitVersion(const std::string& version) {
    const JobRequest request{.job = Id::Make(engine_.clock().Now()), .model = {"endless", version, ""}, .deadline = {}};
    engine_.Run(inputs_->Put(InputKey(request.job), "picture", {}));
    engine_.Run(requests_[1]->Send({{.body = ToMessage(request)}}));
    return request.job;
  }
  void PutInQuarantine() { engine_.Run(inputs_->Put(QuarantineKey(judged_.model), ToMessage(judged_), {})); }
  void Tell() {
    WorkerNotices notices(engine_->queues());
    QuarantinedModel model = judged_;
    engine_.io().RunUntilDone(notices.Tell(std::move(model)));
  }
  std::map<Id, Outcome> Outcomes(int count) {
    std::map<Id, Outcome> outcomes;
    for (int i = 0; i < count; ++i) {
      Outcome outcome = NextOutcome();
      outcomes.emplace(outcome.job, outcome);
    }
    return outcomes;
  }
  static std::string CodeOf(const Outcome& outcome) { return outcome.failure ? outcome.failure->code : ""; }

  const QuarantinedModel judged_{{"endless", "1", ""}, "5 workers crashed", Time() + 1h};
};

TEST_F(QuarantineTest, AWorkerThatIsStartedLaterDoesNotRunTheModel) {
  PutInQuarantine();
  int runs = 0;
  const auto fine = runner_.script;
  runner_.script = [&](const JobRequest& request, std::string_view picture) { return ++runs, fine(request, picture); };
  const Id judged = SubmitVersion("1"), other = SubmitVersion("2");
  StartWorker();
  const auto outcomes = Outcomes(2);
  EXPECT_EQ(outcomes.at(judged).state, JobState::kFailed);
  EXPECT_EQ(outcomes.at(judged).failure,
            (Failure{"model_quarantined", "the model endless 1 is in quarantine: 5 workers crashed"}));
  EXPECT_EQ(outcomes.at(other).state, JobState::kSucceeded) << "another version is another model";
  engine_.Run(inputs_->Remove(QuarantineKey(judged_.model)));
  const Id lifted = SubmitVersion("1");
  EXPECT_EQ(Outcomes(1).at(lifted).state, JobState::kSucceeded);
  StopWorker();
  EXPECT_EQ(runs, 2);
  EXPECT_EQ(StatsOf().visible + StatsOf().in_flight, 0);
}

TEST_F(QuarantineTest, AModelThatHasSucceededIsNotAskedForAgainBeforeANotice) {
  StartWorker();
  const Id before = SubmitVersion("1");
  EXPECT_EQ(Outcomes(1).at(before).state, JobState::kSucceeded);
  PutInQuarantine();
  const Id unasked = SubmitVersion("1");
  EXPECT_EQ(Outcomes(1).at(unasked).state, JobState::kSucceeded);
  Tell();
  Settle();
  const Id asked = SubmitVersion("1");
  EXPECT_EQ(CodeOf(Outcomes(1).at(asked)), "model_quarantined");
  StopWorker();
}

TEST_F(QuarantineTest, ANoticeEndsARunAndWhatWaitsBehindIt) {
  StartWorker();
  const Id first = SubmitVersion("1");
  EXPECT_EQ(Outcomes(1).at(first).state, JobState::kSucceeded);
  engine_.clock().Advance(kAckLinger);
  Settle();
  runner_.patient = SubmitVersion("1");
  RunUntil([this] { return runner_.waiting.load(); });
  const Id behind = SubmitVersion("1"), other = SubmitVersion("2");
  RunUntil([this] { return worker_->held() == 3; });
  PutInQuarantine();
  Tell();
  const auto outcomes = Outcomes(3);
  EXPECT_EQ(CodeOf(outcomes.at(*runner_.patient)), "model_quarantined");
  EXPECT_EQ(CodeOf(outcomes.at(behind)), "model_quarantined");
  EXPECT_EQ(outcomes.at(other).state, JobState::kSucceeded);
  StopWorker();
}

TEST_F(QuarantineTest, WhatCannotBeReadIsNoQuarantine) {
  engine_.Run(inputs_->Put(QuarantineKey(judged_.model), "nonsense", {}));
  StartWorker();
  const Id job = SubmitVersion("1");
  EXPECT_EQ(Outcomes(1).at(job).state, JobState::kSucceeded);
  StopWorker();
}

}  // namespace
}  // namespace darkroom::worker
