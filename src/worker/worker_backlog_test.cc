// What a worker takes while it is busy, and how it reports where more waits than it holds.
#include <atomic>
#include <latch>
#include <semaphore>

#include "worker/worker_fixture.h"

namespace darkroom::worker {
namespace {

TEST_F(BlockedWorkerTest, HigherPrioritiesGoFirst) {
  StartBlocked();
  const Id low = Submit(Priority::kLow);
  const Id normal = Submit(Priority::kNormal);
  const Id high = Submit(Priority::kHigh);
  RunUntil([this] { return worker_->held() == 4; });
  Settle();
  let_go_.count_down();
  for (int i = 0; i < 4; ++i) NextOutcome();
  StopWorker();
  EXPECT_EQ(order_, (std::vector<Id>{first_, high, normal, low}));
}

TEST_F(BlockedWorkerTest, HoldsNoMoreThanItsBound) {
  StartBlocked();
  for (const Priority priority : kPriorities) {
    for (int i = 0; i < 20; ++i) Submit(priority);
  }
  Settle();
  const int bound = 2 + 2;
  EXPECT_LE(worker_->held(), bound);
  std::int64_t leased = 0;
  for (const Priority priority : kPriorities) leased += StatsOf(priority).in_flight;
  EXPECT_LE(leased, bound);
  let_go_.count_down();
  for (int i = 0; i < 61; ++i) NextOutcome();
  StopWorker();
}

TEST_F(BlockedWorkerTest, PollsOfEmptyQueuesKeepNoRoom) {
  StartBlocked();  // the polls of high and low wait
  Submit();
  Submit();
  RunUntil([this] { return worker_->held() == 2; });
  let_go_.count_down();
  for (int i = 0; i < 3; ++i) NextOutcome();
  StopWorker();
}

TEST_F(BlockedWorkerTest, TakesNothingBehindAJobThatComesAgain) {
  Submit();
  const auto taken = engine_.Run(requests_[1]->Receive({}));
  engine_.Run(requests_[1]->Release({taken.at(0).receipt}, 1min));
  StartWorker();
  LearnHowLong(60ms);
  engine_.clock().Advance(1min);
  Block();  // what comes again is the first in the queue, and blocks
  Submit();
  Settle();
  EXPECT_EQ(worker_->held(), 1);
  let_go_.count_down();
  for (int i = 0; i < 3; ++i) NextOutcome();
  StopWorker();
}

TEST_F(BlockedWorkerTest, NothingWaitsBehindARunOfAModelThatIsNotKnown) {
  StartWorker();
  Block();
  Submit();
  Settle();
  EXPECT_EQ(worker_->held(), 1);
  EXPECT_EQ(StatsOf().visible, 1) << "any other worker may have it";
  let_go_.count_down();
  for (int i = 0; i < 2; ++i) NextOutcome();
  StopWorker();
}

TEST_F(BlockedWorkerTest, AQuickJobDoesNotWaitBehindASlowOne) {
  StartWorker();
  LearnHowLong(10s, "slow");
  LearnHowLong(5ms, "quick");
  Block("slow");
  for (int i = 0; i < 20; ++i) SubmitOf("quick");
  Settle();
  EXPECT_EQ(worker_->held(), 1);
  EXPECT_EQ(StatsOf().visible, 20);
  engine_.clock().Advance(9899ms);
  Settle();
  EXPECT_EQ(worker_->held(), 1);
  engine_.clock().Advance(1ms);
  RunUntil([this] { return worker_->held() == 2; });  // the next, a tenth of a second before it is time
  let_go_.count_down();
  for (int i = 0; i < 21; ++i) NextOutcome();
  StopWorker();
}

TEST_F(BlockedWorkerTest, WhereSlowJobsMayComeQuickOnesAreTakenOneByOne) {
  StartWorker();
  LearnHowLong(10s, "slow");
  LearnHowLong(10ms, "quick");
  Block("quick");
  for (int i = 0; i < 3; ++i) SubmitOf("quick");
  for (int i = 0; i < 20; ++i) SubmitOf("slow");
  Settle();
  EXPECT_LE(worker_->held(), 5) << "the one that runs, three quick ones and one slow one";
  let_go_.count_down();
  for (int i = 0; i < 24; ++i) NextOutcome();
  StopWorker();
}

// Every run waits for a permit, and the first takes 10 ms: from then on the worker holds 10 jobs, and asks for more
// when half of them are done.
class BacklogTest : public BlockedWorkerTest {
 protected:
  void StartAndRunOne(Priority priority = Priority::kNormal) {
    for (int i = 0; i < 30; ++i) Submit(priority);
    runner_.script = [this](const JobRequest& request, std::string_view) -> Result<RunAnswer> {
      ++began_;
      permits_.acquire();
      return RunAnswer{.model = request.model, .result = "{}", .artifacts = {}, .decoded = {}, .inferred = {}};
    };
    StartWorker();
    RunUntil([this] { return began_ == 1; });
    engine_.clock().Advance(10ms);
    LetOneEnd();
    NextOutcome();
    RunUntil([this] { return worker_->held() == 10 && began_ == 2; });
    Settle();
  }
  void RunOneMore() {
    LetOneEnd();
    Settle();
  }
  // The one that runs; the next has begun then.
  void LetOneEnd() {
    permits_.release();
    ++ended_;
    RunUntil([this] { return began_ == ended_ + 1; });
  }
  std::size_t Reported() {
    return engine_.Run(results_->Receive({.max = 10, .wait = {}, .visibility = {}, .consumer = {}})).size();
  }
  void Finish(int left) {
    permits_.release(left);
    for (int i = 0; i < left; ++i) NextOutcome();
    StopWorker();
  }

  std::atomic<int> began_ = 0;
  int ended_ = 0;
  std::counting_semaphore<> permits_{0};
};

TEST_F(BacklogTest, OutcomesGatherInABacklogAndNoLongerThanThat) {
  StartAndRunOne();
  RunOneMore();
  RunOneMore();
  EXPECT_EQ(Reported(), 0u);
  engine_.clock().Advance(kOutcomeLinger);
  NextOutcome();
  NextOutcome();
  Finish(27);  // the last polls find less than they ask for: no clock needs to be turned
}

TEST_F(BacklogTest, AnotherQueuesBacklogDelaysNobody) {
  StartAndRunOne(Priority::kLow);
  const Id high = Submit(Priority::kHigh);
  RunUntil([this] { return worker_->held() == 11; });
  Settle();
  RunOneMore();
  EXPECT_EQ(Reported(), 0u);
  RunOneMore();
  NextOutcome();
  EXPECT_EQ(NextOutcome().job, high);
  Finish(28);
}

TEST_F(BacklogTest, NothingGathersBesideAJobThatComesAgain) {
  Submit();
  const auto taken = engine_.Run(requests_[1]->Receive({}));
  engine_.Run(requests_[1]->Release({taken.at(0).receipt}, Duration(5ms)));
  StartAndRunOne();  // it comes back meanwhile, as the last of the next ten
  RunOneMore();
  RunUntil([this] { return Reported() == 1; });
  Finish(29);
}

}  // namespace
}  // namespace darkroom::worker
