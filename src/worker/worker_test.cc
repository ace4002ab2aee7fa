#include "worker/worker.h"

#include <gtest/gtest.h>

#include <atomic>
#include <latch>

#include "worker/worker_fixture.h"

namespace darkroom::worker {
namespace {

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
