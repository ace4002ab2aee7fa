#include "ledger/sweeper.h"

#include <gtest/gtest.h>

#include "domain/message.h"
#include "embedded/testing.h"

namespace darkroom::ledger {
namespace {

class SweeperTest : public testing::Test {
 protected:
  SweeperTest() {
    for (const Priority priority : kPriorities) {
      auto& queue = requests_[std::size_t(priority)];
      queue = engine_.Run(engine_->queues().Create(std::string(Name(priority)), {}));
    }
    inputs_ = engine_.Run(engine_->objects().Create("inputs"));
    outputs_ = engine_.Run(engine_->objects().Create("outputs"));
    MakeSweeper();
  }

  void MakeSweeper() {
    SweeperOptions options;
    options.grace = 30s;
    options.retention = 24h;
    sweeper_ = std::make_unique<Sweeper>(engine_.io(), engine_.clock(),
                                         SweeperPorts{{requests_[0].get(), requests_[1].get(), requests_[2].get()},
                                                      &engine_->jobs(),
                                                      inputs_.get(),
                                                      outputs_.get(),
                                                      &news_},
                                         options);
  }

  // A submission up to the creation of the job: its message was never sent.
  Job Unsent(std::optional<Time> deadline = std::nullopt) {
    NewBatch batch;
    batch.batch.id = Id::Make(Now());
    batch.batch.created = Now();
    batch.batch.size = 1;
    Job job;
    job.id = Id::Make(Now());
    job.batch = batch.batch.id;
    job.model.name = "furniture";
    job.priority = Priority::kHigh;
    job.deadline = deadline;
    job.timeline.received = Now();
    engine_.Run(inputs_->Put(InputKey(job.id), "picture", {}));
    batch.jobs = {job};
    engine_.Run(engine_->jobs().Create(std::move(batch)));
    return job;
  }
  Time Now() { return engine_.clock().Now(); }
  SweepReport Sweep() { return engine_.Run(sweeper_->Sweep()); }
  Job Stored(const Job& job) { return *engine_.Run(engine_->jobs().Get(job.id)); }

  embedded::TestEngine engine_;
  JobNews news_{engine_.clock()};
  std::array<std::shared_ptr<Queue>, kPriorities.size()> requests_;
  std::shared_ptr<ObjectStore> inputs_;
  std::shared_ptr<ObjectStore> outputs_;
  std::unique_ptr<Sweeper> sweeper_;
};

TEST_F(SweeperTest, SendsTheMessageThatACrashSwallowed) {
  const Job job = Unsent();
  EXPECT_EQ(Sweep(), SweepReport{}) << "the submission may still be under way";
  engine_.clock().Advance(31s);
  EXPECT_EQ(Sweep().sent, 1);
  const auto messages = engine_.Run(requests_[0]->Receive({.max = 10, .wait = {}, .visibility = {}, .consumer = {}}));
  ASSERT_EQ(messages.size(), 1u);
  EXPECT_EQ(ParseJobRequest(messages[0].body)->job, job.id);
  EXPECT_EQ(Sweep().sent, 0);
}

TEST_F(SweeperTest, DoesNotWaitForASubmissionThatEndedWithThePreviousProcess) {
  Unsent();
  engine_.clock().Advance(1s);
  MakeSweeper();
  EXPECT_EQ(Sweep().sent, 1);
}

TEST_F(SweeperTest, ExpiresAJobWhoseDeadlinePassedInTheQueue) {
  const Job job = Unsent(Now() + 5s);
  engine_.Run(engine_->jobs().MarkSent({job.id}, Now()));
  engine_.clock().Advance(6s);
  EXPECT_EQ(Sweep().expired, 1);
  EXPECT_EQ(Stored(job).state, JobState::kExpired);
}

TEST_F(SweeperTest, RemovesAPictureWhoseJobWasNeverCreated) {
  const Job job = Unsent();
  const Id never_created = Id::Make(Now());
  const std::string orphan = InputKey(never_created);
  engine_.Run(inputs_->Put(orphan, "picture", {}));
  // From the id's own time: ids of one process grow across the tests in it.
  engine_.clock().Advance(never_created.time() - Now() + 31s);
  EXPECT_EQ(Sweep().orphans, 1);
  EXPECT_FALSE(engine_.Run(inputs_->Head(orphan)).has_value());
  EXPECT_TRUE(engine_.Run(inputs_->Head(InputKey(job.id))).has_value());
}

TEST_F(SweeperTest, RemovesAFinishedBatchPastItsRetentionWithAllItsObjects) {
  const Job job = Unsent();
  engine_.Run(engine_->jobs().MarkSent({job.id}, Now()));
  engine_.Run(outputs_->Put(OutputKey(job.id, "aa", "result.json"), "{}", {}));
  engine_.clock().Advance(25h);
  EXPECT_EQ(Sweep().removed, 0) << "not finished";
  Outcome outcome;
  outcome.job = job.id;
  outcome.state = JobState::kSucceeded;
  outcome.run = "aa";
  engine_.Run(engine_->jobs().Settle({outcome}, Now()));
  EXPECT_EQ(Sweep().removed, 1);
  EXPECT_EQ(engine_.Run(engine_->jobs().Get(job.id)), std::nullopt);
  EXPECT_TRUE(engine_.Run(inputs_->List("", "", 10)).objects.empty());
  EXPECT_TRUE(engine_.Run(outputs_->List("", "", 10)).objects.empty());
}

}  // namespace
}  // namespace darkroom::ledger
