#include "worker/worker.h"

#include <gtest/gtest.h>

#include <atomic>
#include <latch>
#include <semaphore>

#include "embedded/testing.h"

namespace darkroom::worker {
namespace {

// Answers as the test says, on the lane's thread.
class ScriptedRunner : public JobRunner {
 public:
  Result<RunAnswer> Run(const JobRequest& request, std::string_view picture) override {
    return script(request, picture);
  }
  std::function<Result<RunAnswer>(const JobRequest&, std::string_view)> script = [](const JobRequest& request,
                                                                                    std::string_view picture) {
    RunAnswer answer;
    answer.model = request.model;
    answer.result = "{\"labels\":[]}";
    answer.artifacts.push_back({"copy.png", "image/png", std::string(picture)});
    return answer;
  };
};

class WorkerTest : public testing::Test {
 protected:
  WorkerTest() {
    for (const Priority priority : kPriorities) {
      requests_[std::size_t(priority)] = engine_.Run(engine_->queues().Create(std::string(Name(priority)), {}));
    }
    results_ = engine_.Run(engine_->queues().Create("results", {}));
    inputs_ = engine_.Run(engine_->objects().Create("inputs"));
    outputs_ = engine_.Run(engine_->objects().Create("outputs"));
  }

  Id Submit(Priority priority = Priority::kNormal, std::optional<Time> deadline = std::nullopt,
            bool with_picture = true, std::string picture_file = "", std::int64_t picture_size = 0) {
    const Id job = Id::Make(engine_.clock().Now());
    if (with_picture) engine_.Run(inputs_->Put(InputKey(job), "picture of " + job.ToString(), {}));
    const JobRequest request{job, {"furniture", "", ""}, 0, deadline, "a.jpg", std::move(picture_file), picture_size};
    engine_.Run(requests_[std::size_t(priority)]->Send({{.body = ToMessage(request)}}));
    return job;
  }

  // As the web tier sends it: the model is the message's group.
  Id SubmitOf(const std::string& model) {
    const Id job = Id::Make(engine_.clock().Now());
    engine_.Run(inputs_->Put(InputKey(job), "picture", {}));
    SendRequest message;
    message.body = ToMessage(JobRequest{job, {model, "", ""}, 0, std::nullopt, "a.jpg"});
    message.group = model;
    engine_.Run(requests_[std::size_t(Priority::kNormal)]->Send({message}));
    return job;
  }

  void StartWorker() {
    WorkerOptions options;
    options.name = "w1";
    options.input_files = engine_->objects_folder();
    options.cancel_polls = [this] { engine_->CancelWaits(); };
    const WorkerPorts ports{
        {requests_[0].get(), requests_[1].get(), requests_[2].get()}, results_.get(), inputs_.get(), outputs_.get()};
    worker_ = std::make_unique<Worker>(engine_.io(), engine_.clock(), ports, runner_, std::move(options));
    worker_->Start();
  }
  // The next outcome a worker reports; starts are skipped.
  Outcome NextOutcome() {
    while (true) {
      auto messages = engine_.Run(results_->Receive({.max = 1, .wait = kMaxWait, .visibility = {}, .consumer = {}}));
      if (messages.empty()) continue;
      engine_.Run(results_->Ack({messages[0].receipt}));
      auto report = ParseWorkerReport(messages[0].body);
      if (auto* outcome = std::get_if<Outcome>(&*report)) return *outcome;
    }
  }
  void StopWorker() { engine_.io().RunUntilDone(worker_->Drain(engine_.clock().Now() + 30s)); }
  QueueStats StatsOf(Priority priority = Priority::kNormal) {
    return engine_.Run(requests_[std::size_t(priority)]->Stats());
  }

  embedded::TestEngine engine_;
  ScriptedRunner runner_;
  std::array<std::shared_ptr<Queue>, kPriorities.size()> requests_;
  std::shared_ptr<Queue> results_;
  std::shared_ptr<ObjectStore> inputs_;
  std::shared_ptr<ObjectStore> outputs_;
  std::unique_ptr<Worker> worker_;
};

TEST_F(WorkerTest, RunsAJobStoresItsArtifactReportsItAndAcksTheRequest) {
  const Id job = Submit();
  StartWorker();
  const Outcome outcome = NextOutcome();
  EXPECT_EQ(outcome.job, job);
  EXPECT_EQ(outcome.state, JobState::kSucceeded);
  EXPECT_EQ(outcome.attempt, 1);
  EXPECT_EQ(outcome.worker, "w1");
  ASSERT_EQ(outcome.artifacts.size(), 1u);
  StopWorker();
  const auto stored = engine_.Run(outputs_->Get(OutputKey(job, outcome.run, "copy.png"), std::nullopt));
  ASSERT_TRUE(stored.has_value());
  EXPECT_EQ(stored->body, "picture of " + job.ToString());
  EXPECT_EQ(outcome.result, "{\"labels\":[]}");
  EXPECT_EQ(StatsOf().in_flight + StatsOf().visible, 0);
}

TEST_F(WorkerTest, AResultTooLargeForAMessageIsStored) {
  const Id job = Submit();
  runner_.script = [&](const JobRequest& request, std::string_view) -> Result<RunAnswer> {
    RunAnswer answer;
    answer.model = request.model;
    answer.result = R"({"text":")" + std::string(100'000, 'x') + R"("})";
    return answer;
  };
  StartWorker();
  const Outcome outcome = NextOutcome();
  StopWorker();
  EXPECT_EQ(outcome.result, "");
  ASSERT_EQ(outcome.artifacts.size(), 1u);
  EXPECT_EQ(outcome.artifacts[0].name, "result.json");
  const auto stored = engine_.Run(outputs_->Get(OutputKey(job, outcome.run, "result.json"), std::nullopt));
  ASSERT_TRUE(stored.has_value());
  const auto file = contract::Must(ParseJsonObject(stored->body));
  EXPECT_EQ(file.at("text").as_string().size(), 100'000u);
  EXPECT_EQ(file.at("job").as_string(), job.ToString());
}

TEST_F(WorkerTest, ABadPictureFailsItsOwnJobAndItsNeighboursGoOn) {
  const Id bad = Submit();
  const Id good = Submit();
  const auto fine = runner_.script;
  runner_.script = [&](const JobRequest& request, std::string_view picture) -> Result<RunAnswer> {
    if (request.job == bad) return Fail(Code::kInvalid, "the picture is truncated");
    return fine(request, picture);
  };
  StartWorker();
  std::map<Id, Outcome> outcomes;
  for (int i = 0; i < 2; ++i) {
    Outcome outcome = NextOutcome();
    outcomes.emplace(outcome.job, outcome);
  }
  EXPECT_EQ(outcomes.at(bad).state, JobState::kFailed);
  EXPECT_EQ(outcomes.at(bad).failure->code, "bad_image");
  EXPECT_EQ(outcomes.at(good).state, JobState::kSucceeded);
  StopWorker();
}

TEST_F(WorkerTest, GivesAJobBackWithAPauseWhenARetryMayHelp) {
  Submit();
  std::atomic<int> runs = 0;
  const auto fine = runner_.script;
  runner_.script = [&](const JobRequest& request, std::string_view picture) -> Result<RunAnswer> {
    if (++runs == 1) return Fail(Code::kUnavailable, "out of memory for now");
    return fine(request, picture);
  };
  StartWorker();
  auto backed_off = [&]() -> Task<Result<bool>> {
    while (true) {
      const auto stats = co_await requests_[1]->Stats();
      if (!stats) co_return Fail(stats.error());
      if (runs == 1 && worker_->running() == 0 && stats->visible == 0 && worker_->held() == 0) co_return true;
    }
  };
  engine_.Run(backed_off());
  engine_.clock().Advance(1s);
  const Outcome outcome = NextOutcome();
  EXPECT_EQ(outcome.attempt, 2);
  EXPECT_EQ(outcome.state, JobState::kSucceeded);
  StopWorker();
}

TEST_F(WorkerTest, AJobWhoseDeadlinePassedIsNotRun) {
  Submit(Priority::kNormal, engine_.clock().Now() - 1s);
  runner_.script = [](const JobRequest&, std::string_view) -> Result<RunAnswer> { std::abort(); };
  StartWorker();
  EXPECT_EQ(NextOutcome().state, JobState::kExpired);
  StopWorker();
}

TEST_F(WorkerTest, AJobWithoutItsPictureFails) {
  Submit(Priority::kNormal, std::nullopt, false);
  StartWorker();
  EXPECT_EQ(NextOutcome().failure->code, "input_gone");
  StopWorker();
}

TEST_F(WorkerTest, ReadsThePictureFromTheFileOfTheStore) {
  const std::string picture(100'000, 'p');
  const ObjectInfo stored = engine_.Run(inputs_->Put("not the job's key", picture, {}));
  Submit(Priority::kNormal, std::nullopt, false, stored.file, stored.size);
  std::string seen;
  runner_.script = [&](const JobRequest& request, std::string_view bytes) -> Result<RunAnswer> {
    seen = bytes;
    return RunAnswer{.model = request.model, .result = "{}", .artifacts = {}, .decoded = {}, .inferred = {}};
  };
  StartWorker();
  EXPECT_EQ(NextOutcome().state, JobState::kSucceeded);
  StopWorker();
  EXPECT_EQ(seen, picture);
}

// Keeps the lane busy with a first job until the test lets it go, and notes the order of all. Of its model the worker
// has run one before, in 60 ms: behind the first it takes one more.
class BlockedWorkerTest : public WorkerTest {
 protected:
  void StartBlocked() {
    StartWorker();
    LearnHowLong(60ms);
    Block();
  }
  void LearnHowLong(Duration run, const std::string& model = "furniture") {
    std::latch begun(1), done(1);
    const auto fine = runner_.script;
    runner_.script = [&](const JobRequest& request, std::string_view picture) -> Result<RunAnswer> {
      begun.count_down();
      done.wait();
      return fine(request, picture);
    };
    SubmitOf(model);
    RunUntil([&] { return begun.try_wait(); });
    engine_.clock().Advance(run);
    done.count_down();
    NextOutcome();
    runner_.script = fine;
    engine_.clock().Advance(kAckLinger);
    Settle();
  }
  // `first_` runs until the test lets it go; its model is as given.
  void Block(const std::string& model = "furniture") {
    const auto fine = runner_.script;
    runner_.script = [this, fine](const JobRequest& request, std::string_view picture) -> Result<RunAnswer> {
      order_.push_back(request.job);
      if (order_.size() == 1) {
        running_.count_down();
        let_go_.wait();
      }
      return fine(request, picture);
    };
    first_ = SubmitOf(model);
    RunUntil([this] { return running_.try_wait(); });
    Settle();
  }
  // Turns the loop, with some calls on the engine, so that those before them have been answered.
  template <class F>
  void RunUntil(F condition) {
    const auto give_up = std::chrono::steady_clock::now() + std::chrono::seconds(30);
    do {
      StatsOf();
      engine_.Run(inputs_->Head("none"));
      ASSERT_LT(std::chrono::steady_clock::now(), give_up) << "what the test waits for did not come";
    } while (!condition());
  }
  void Settle() {
    for (int turn = 0; turn < 20; ++turn) RunUntil([] { return true; });
  }

  Id first_;
  std::vector<Id> order_;  // of the lane's thread; read when it has ended, or waits
  std::latch running_{1}, let_go_{1};
};

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

TEST_F(WorkerTest, RenewsTheLeaseOfARunThatTakesLonger) {
  Submit();
  std::latch running(1), finish(1);
  const auto fine = runner_.script;
  runner_.script = [&](const JobRequest& request, std::string_view picture) -> Result<RunAnswer> {
    running.count_down();
    finish.wait();
    return fine(request, picture);
  };
  StartWorker();
  auto until_running = [&]() -> Task<Result<bool>> {
    while (!running.try_wait()) {
      const auto stats = co_await requests_[1]->Stats();
      if (!stats) co_return Fail(stats.error());
    }
    co_return true;
  };
  engine_.Run(until_running());
  for (int i = 0; i < 20; ++i) {
    engine_.clock().Advance(5s);
    // Writes are answered in order: behind some of them the renewal that has become due is done.
    for (int turn = 0; turn < 5; ++turn) StatsOf();
    const auto stolen = engine_.Run(requests_[1]->Receive({.max = 1, .wait = {}, .visibility = {}, .consumer = {}}));
    ASSERT_TRUE(stolen.empty()) << "the lease ended after " << (i + 1) * 5 << " s";
  }
  finish.count_down();
  EXPECT_EQ(NextOutcome().attempt, 1);
  StopWorker();
}

TEST_F(WorkerTest, DrainFinishesWhatRunsAndGivesTheRestBack) {
  std::latch running(1), finish(1);
  const auto fine = runner_.script;
  runner_.script = [&](const JobRequest& request, std::string_view picture) -> Result<RunAnswer> {
    running.count_down();
    finish.wait();
    return fine(request, picture);
  };
  Submit(Priority::kHigh);  // the polls of both queues are under way when it comes
  Submit();
  StartWorker();
  auto both_held = [&]() -> Task<Result<bool>> {
    while (!running.try_wait() || worker_->held() < 2) {
      const auto stats = co_await requests_[1]->Stats();
      if (!stats) co_return Fail(stats.error());
    }
    co_return true;
  };
  engine_.Run(both_held());
  engine_.io().Post([&] { finish.count_down(); });
  StopWorker();
  EXPECT_EQ(engine_.Run(results_->Stats()).visible, 1);
  EXPECT_EQ(StatsOf(Priority::kHigh).visible + StatsOf().visible, 1);
  EXPECT_EQ(StatsOf(Priority::kHigh).in_flight + StatsOf().in_flight, 0);
}

}  // namespace
}  // namespace darkroom::worker
