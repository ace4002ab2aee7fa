#include "ledger/ledger.h"

#include <gtest/gtest.h>

#include "embedded/testing.h"
#include "ports/bulk_objects.h"

namespace darkroom::ledger {
namespace {

class LedgerTest : public testing::Test {
 protected:
  LedgerTest() {
    results_ = engine_.Run(engine_->queues().Create("results", {}));
    dead_ = engine_.Run(engine_->queues().Create("dead", {}));
    requests_ =
        engine_.Run(engine_->queues().Create("requests", {.dead_letter_queue = "dead", .max_receives = kAttempts}));
    outputs_ = engine_.Run(engine_->objects().Create("outputs"));
    ledger_ = std::make_unique<Ledger>(
        engine_.io(), engine_.clock(),
        LedgerPorts{results_.get(), dead_.get(), &engine_->jobs(), outputs_.get(), &news_, &notices_});
  }

  Job NewJob() {
    NewBatch batch;
    batch.batch.id = Id::Make(engine_.clock().Now());
    batch.batch.created = engine_.clock().Now();
    batch.batch.size = 1;
    Job job;
    job.id = Id::Make(engine_.clock().Now());
    job.batch = batch.batch.id;
    job.model.name = "furniture";
    job.timeline.received = engine_.clock().Now();
    batch.jobs = {job};
    engine_.Run(engine_->jobs().Create(std::move(batch)));
    return job;
  }

  Outcome OutcomeOf(const Job& job, std::string run, JobState state = JobState::kSucceeded, int attempt = 1) {
    Outcome outcome;
    outcome.job = job.id;
    outcome.state = state;
    outcome.run = std::move(run);
    outcome.attempt = attempt;
    outcome.worker = "w";
    if (state == JobState::kSucceeded) outcome.result = "{\"labels\":[]}";
    return outcome;
  }

  void Report(std::vector<std::string> messages) {
    std::vector<SendRequest> requests;
    for (std::string& m : messages) requests.push_back({.body = std::move(m)});
    engine_.Run(results_->Send(std::move(requests)));
  }
  void PutArtifact(const Job& job, const std::string& run) {
    engine_.Run(outputs_->Put(OutputKey(job.id, run, "result.json"), "{}", {}));
  }
  bool HasArtifact(const Job& job, const std::string& run) {
    return engine_.Run(outputs_->Head(OutputKey(job.id, run, "result.json"))).has_value();
  }
  Job Stored(const Job& job) { return *engine_.Run(engine_->jobs().Get(job.id)); }
  int Take() { return engine_.Run(ledger_->TakeReports(Duration(0))); }

  embedded::TestEngine engine_;
  JobNews news_{engine_.clock()};
  WorkerNotices notices_{engine_->queues()};
  static constexpr int kAttempts = 3;
  std::shared_ptr<Queue> results_;
  std::shared_ptr<Queue> requests_;
  std::shared_ptr<Queue> dead_;
  std::shared_ptr<ObjectStore> outputs_;
  std::unique_ptr<Ledger> ledger_;
};

TEST_F(LedgerTest, SettlesAJobTellsThoseWhoWaitAndAcksTheReport) {
  const Job job = NewJob();
  JobNews::Subscription waiting(news_, job.batch);
  Report({ToMessage(OutcomeOf(job, "aa"))});
  EXPECT_EQ(Take(), 1);
  EXPECT_EQ(Stored(job).state, JobState::kSucceeded);
  EXPECT_EQ(Stored(job).run, "aa");
  ASSERT_EQ(waiting.Take().size(), 1u);
  ledger_->Stop();
  engine_.io().RunUntilDone(ledger_->Join());
  const QueueStats left = engine_.Run(results_->Stats());
  EXPECT_EQ(left.visible + left.in_flight, 0);
}

TEST_F(LedgerTest, TheFirstOutcomeWinsAndTheArtifactsOfTheOthersGo) {
  const Job job = NewJob();
  PutArtifact(job, "aa");
  PutArtifact(job, "bb");
  Report({ToMessage(OutcomeOf(job, "aa"))});
  Take();
  Report({ToMessage(OutcomeOf(job, "bb", JobState::kFailed, 2))});
  Take();
  EXPECT_EQ(Stored(job).state, JobState::kSucceeded);
  EXPECT_TRUE(HasArtifact(job, "aa"));
  EXPECT_FALSE(HasArtifact(job, "bb"));
  EXPECT_EQ(ledger_->counters().repeated, 1u);
}

TEST_F(LedgerTest, TwoOutcomesInOneRoundAreStillOne) {
  const Job job = NewJob();
  PutArtifact(job, "aa");
  PutArtifact(job, "bb");
  Report({ToMessage(OutcomeOf(job, "aa")), ToMessage(OutcomeOf(job, "bb"))});
  Take();
  EXPECT_EQ(HasArtifact(job, "aa") + HasArtifact(job, "bb"), 1);
  EXPECT_TRUE(HasArtifact(job, Stored(job).run));
}

TEST_F(LedgerTest, RemovesWhatADeadAttemptLeftWhenALaterOneWins) {
  const Job job = NewJob();
  PutArtifact(job, "aa");  // its worker died before it reported
  PutArtifact(job, "bb");
  Report({ToMessage(OutcomeOf(job, "bb", JobState::kSucceeded, 2))});
  Take();
  EXPECT_FALSE(HasArtifact(job, "aa"));
  EXPECT_TRUE(HasArtifact(job, "bb"));
}

TEST_F(LedgerTest, RemovesHoweverManyArtifactsALoserLeft) {
  const Job job = NewJob();
  for (int i = 0; i < 1001; ++i) {
    std::string key = OutputKey(job.id, "aa", "file" + std::to_string(i));
    engine_.Run(outputs_->Put(std::move(key), "", {}));
  }
  PutArtifact(job, "bb");
  Report({ToMessage(OutcomeOf(job, "bb", JobState::kSucceeded, 2))});
  Take();
  EXPECT_EQ(engine_.Run(ListKeys(*outputs_, "")), std::vector{OutputKey(job.id, "bb", "result.json")});
}

TEST_F(LedgerTest, AStartAfterTheOutcomeChangesNothing) {
  const Job job = NewJob();
  Report({ToMessage(OutcomeOf(job, "aa"))});
  Take();
  Report({ToMessage(JobStart{job.id, 1, "w", engine_.clock().Now()})});
  Take();
  EXPECT_EQ(Stored(job).state, JobState::kSucceeded);
}

TEST_F(LedgerTest, AWorkerThatStartsWhatHasEndedIsToldToLeaveIt) {
  const auto notices = engine_.Run(OpenNotices(engine_->queues(), "w"));
  const auto heard = [&] {
    const auto messages = engine_.Run(notices->Receive({.max = 10, .wait = {}, .visibility = {}, .consumer = {}}));
    std::vector<Id> jobs;
    for (const Message& message : messages) jobs.push_back(ParseStopNotice(message.body)->job);
    return jobs;
  };
  const Time now = engine_.clock().Now();
  const Job cancelled = NewJob(), alive = NewJob();
  engine_.Run(engine_->jobs().Cancel(cancelled.id, now));
  Report({ToMessage(JobStart{cancelled.id, 1, "w", now}), ToMessage(JobStart{alive.id, 1, "w", now})});
  Take();
  EXPECT_EQ(heard(), std::vector{cancelled.id});
  Report({ToMessage(JobStart{alive.id, 1, "w", now}), ToMessage(JobStart{Id::Make(now), 1, "gone", now})});
  Take();
  EXPECT_TRUE(heard().empty()) << "a start that is heard of twice is no reason, nor is one of a worker that has left";
}

TEST_F(LedgerTest, ACancelledJobStaysCancelledAndLeavesNoArtifact) {
  const Job job = NewJob();
  engine_.Run(engine_->jobs().Cancel(job.id, engine_.clock().Now()));
  PutArtifact(job, "aa");
  Report({ToMessage(OutcomeOf(job, "aa"))});
  Take();
  EXPECT_EQ(Stored(job).state, JobState::kCancelled);
  EXPECT_FALSE(HasArtifact(job, "aa"));
}

TEST_F(LedgerTest, AModelWhoseJobSucceedsIsNotTakenForOneThatCrashesItsWorkers) {
  const auto inputs = engine_.Run(engine_->objects().Create("inputs"));
  QuarantineOrders orders(engine_.io(), engine_.clock(), *inputs, notices_, 3);
  Ledger ledger(engine_.io(), engine_.clock(),
                {results_.get(), dead_.get(), &engine_->jobs(), outputs_.get(), &news_, &notices_, &orders});
  const auto crash = [&] {
    const ModelRef model{"furniture", "1", ""};
    engine_.io().RunUntilDone(orders.Crashed(model, Id::Make(engine_.clock().Now()), "exited with status 1"));
  };
  const auto report = [&](JobState state) {
    Outcome outcome = OutcomeOf(NewJob(), "aa", state);
    outcome.model = {"furniture", "1", "sha256:9705"};
    Report({ToMessage(outcome)});
    engine_.Run(ledger.TakeReports(Duration(0)));
  };
  crash(), crash();
  report(JobState::kSucceeded);
  crash(), crash();
  EXPECT_TRUE(orders.quarantine().models().empty());
  report(JobState::kFailed);
  crash();
  EXPECT_EQ(orders.quarantine().models().size(), 1u) << "a job that failed proves nothing";
}

TEST_F(LedgerTest, DropsAReportThatMakesNoSenseAndGoesOn) {
  const Job job = NewJob();
  Report({"nonsense", ToMessage(OutcomeOf(job, "aa"))});
  EXPECT_EQ(Take(), 2);
  EXPECT_EQ(Stored(job).state, JobState::kSucceeded);
  EXPECT_EQ(ledger_->counters().unreadable, 1u);
}

TEST_F(LedgerTest, SettlesWhatEndsInTheDeadLetterQueueAsFailed) {
  const Job job = NewJob();
  engine_.Run(requests_->Send({{.body = ToMessage(JobRequest{job.id, job.model, 0, std::nullopt, ""})}}));
  for (int i = 0; i < kAttempts; ++i) {
    const auto taken = engine_.Run(requests_->Receive({}));
    ASSERT_EQ(taken.size(), 1u);
    engine_.Run(requests_->Release({taken[0].receipt}, Duration(0)));
  }
  EXPECT_TRUE(engine_.Run(requests_->Receive({})).empty());
  EXPECT_EQ(engine_.Run(ledger_->TakeDeadRequests(Duration(0))), 1);
  EXPECT_EQ(Stored(job).state, JobState::kFailed);
  EXPECT_EQ(Stored(job).failure->code, "gave_up");
  EXPECT_EQ(Stored(job).attempt, kAttempts);
  EXPECT_EQ(ledger_->counters().gave_up, 1u);
}

TEST_F(LedgerTest, RemovesWhatTheOnlyAttemptStoredBeforeItsWorkerDied) {
  const auto once = engine_.Run(engine_->queues().Create("once", {.dead_letter_queue = "dead", .max_receives = 1}));
  const Job job = NewJob();
  engine_.Run(once->Send({{.body = ToMessage(JobRequest{job.id, job.model, 0, std::nullopt})}}));
  const auto taken = engine_.Run(once->Receive({}));
  PutArtifact(job, "aa");
  engine_.Run(once->Release({taken.at(0).receipt}, Duration(0)));
  EXPECT_TRUE(engine_.Run(once->Receive({})).empty());
  EXPECT_EQ(engine_.Run(ledger_->TakeDeadRequests(Duration(0))), 1);
  EXPECT_EQ(Stored(job).failure->code, "gave_up");
  EXPECT_FALSE(HasArtifact(job, "aa"));
}

}  // namespace
}  // namespace darkroom::ledger
