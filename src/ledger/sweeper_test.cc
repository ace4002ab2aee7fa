#include "ledger/sweeper.h"

#include <gtest/gtest.h>

#include <set>

#include "domain/message.h"
#include "embedded/testing.h"
#include "ports/bulk_objects.h"

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
  // A submission up to its first picture: its job may yet be created.
  Id PictureAlone() {
    const Id job = Id::Make(Now());
    engine_.Run(inputs_->Put(InputKey(job), "picture", {}));
    return job;
  }
  bool HasPicture(Id job) { return engine_.Run(inputs_->Head(InputKey(job))).has_value(); }
  std::size_t CountPictures() { return engine_.Run(ListKeys(*inputs_, "input/")).size(); }
  // Reckoned from the id's own time: ids of one process grow across the tests in it.
  void AdvanceTo(Id job, Duration age) { engine_.clock().Advance(job.time() - Now() + age); }
  std::vector<Message> Receive(Priority priority) {
    ReceiveOptions options;
    options.max = kMaxReceive;
    return engine_.Run(requests_[std::size_t(priority)]->Receive(std::move(options)));
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
  const auto messages = Receive(Priority::kHigh);
  ASSERT_EQ(messages.size(), 1u);
  EXPECT_EQ(ParseJobRequest(messages[0].body)->job, job.id);
  EXPECT_EQ(messages[0].group, "furniture");
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

TEST_F(SweeperTest, SendsAgainWhatTheQueueHasDroppedByItsAge) {
  const Job waiting = Unsent();
  const Job started = Unsent();
  const Job done = Unsent();
  Sweep();
  engine_.clock().Advance(31s);
  EXPECT_EQ(Sweep().sent, 3);
  engine_.Run(engine_->jobs().MarkStarted({{started.id, 1, "w", Now()}}));
  Outcome outcome;
  outcome.job = done.id;
  outcome.state = JobState::kSucceeded;
  engine_.Run(engine_->jobs().Settle({outcome}, Now()));

  engine_.clock().Advance(13 * 24h);
  EXPECT_EQ(Sweep().sent_again, 0) << "the messages are still there";
  engine_.clock().Advance(25h);
  EXPECT_TRUE(Receive(Priority::kHigh).empty()) << "now they are not";
  EXPECT_EQ(Sweep().sent_again, 2);
  std::set<Id> sent;
  for (const Message& message : Receive(Priority::kHigh)) sent.insert(ParseJobRequest(message.body)->job);
  EXPECT_EQ(sent, (std::set<Id>{waiting.id, started.id}));
  engine_.clock().Advance(25h);
  EXPECT_EQ(Sweep().sent_again, 0) << "they have new messages";
}

TEST_F(SweeperTest, KeepsThePictureOfAnUploadThatTakesLongerThanAnInterval) {
  const Id uploading = PictureAlone();
  AdvanceTo(uploading, 75s);
  EXPECT_EQ(Sweep().orphans, 0);
  AdvanceTo(uploading, 12h);
  EXPECT_EQ(Sweep().orphans, 0);
  EXPECT_TRUE(HasPicture(uploading));
}

TEST_F(SweeperTest, RemovesAPictureWhoseJobWasNeverCreated) {
  const Job job = Unsent();
  const Id never_created = PictureAlone();
  AdvanceTo(never_created, 23h);
  Sweep();
  const Id later = PictureAlone();
  AdvanceTo(never_created, 24h + 1s);
  EXPECT_EQ(Sweep().orphans, 1);
  EXPECT_FALSE(HasPicture(never_created));
  EXPECT_TRUE(HasPicture(job.id));
  AdvanceTo(later, 24h + 1s);
  EXPECT_EQ(Sweep().orphans, 1) << "it goes on from where it was";
}

TEST_F(SweeperTest, DoesNotWaitForAnUploadThatEndedWithThePreviousProcess) {
  const Id cut_short = PictureAlone();
  AdvanceTo(cut_short, 1s);
  MakeSweeper();
  const Id of_this_process = PictureAlone();
  EXPECT_EQ(Sweep().orphans, 1);
  EXPECT_FALSE(HasPicture(cut_short));
  EXPECT_TRUE(HasPicture(of_this_process));
}

TEST_F(SweeperTest, PassesOverPagesOfKeysThatAreNotOurs) {
  const auto put_foreign = [this](char first) {
    for (int i = 0; i < 501; ++i) {
      std::string key = std::string("input/") + first + std::to_string(i);
      engine_.Run(inputs_->Put(std::move(key), "", {}));
    }
  };
  put_foreign('!');  // before every id
  put_foreign('x');  // behind every id
  const Id orphan = PictureAlone();
  AdvanceTo(orphan, 25h);
  EXPECT_EQ(Sweep().orphans, 1);
  const Id next = PictureAlone();
  AdvanceTo(next, 25h);
  EXPECT_EQ(Sweep().orphans, 1);
  EXPECT_EQ(CountPictures(), 2 * 501u);
}

TEST_F(SweeperTest, StopsInTheMiddleOfALongSweep) {
  std::vector<Id> orphans;
  for (int i = 0; i < 1600; ++i) orphans.push_back(PictureAlone());
  AdvanceTo(orphans.back(), 1s);
  MakeSweeper();
  sweeper_->Start();
  while (HasPicture(orphans.front())) {
  }
  sweeper_->Stop();
  engine_.io().RunUntilDone(sweeper_->Join());
  EXPECT_GE(CountPictures(), 600u);
  EXPECT_FALSE(HasPicture(orphans.front()));
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
