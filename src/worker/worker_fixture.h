// A worker over an embedded engine and a runner that does as the test says.
#pragma once

#include <gtest/gtest.h>

#include <array>
#include <atomic>
#include <functional>
#include <latch>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "embedded/testing.h"
#include "ports/worker_notices.h"
#include "worker/worker.h"

namespace darkroom::worker {

// Answers as the test says, on the lane's thread.
class ScriptedRunner : public JobRunner {
 public:
  Result<RunAnswer> Run(const JobRequest& request, std::string_view picture, std::stop_token stop) override {
    if (patient == request.job) return WaitFor(std::move(stop));
    return script(request, picture);
  }
  // Runs until it is told to stop.
  Result<RunAnswer> WaitFor(std::stop_token stop) {
    std::latch stopped(1);
    const std::stop_callback on_stop(stop, [&] { stopped.count_down(); });
    waiting = true;
    stopped.wait();
    return Fail(Code::kCancelled, "stopped");
  }
  std::optional<Id> patient;
  std::atomic<bool> waiting = false;
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

  // A job that a worker may have died of.
  Id SubmitSuspect() {
    JobRequest request{.job = Id::Make(engine_.clock().Now()), .model = {"furniture", "", ""}, .deadline = {}};
    request.attempts = request.crashes = 1;
    engine_.Run(inputs_->Put(InputKey(request.job), "picture", {}));
    engine_.Run(requests_[1]->Send({{.body = ToMessage(request)}}));
    return request.job;
  }

  void StartWorker() {
    WorkerOptions options = options_;
    options.name = "w1";
    options.open_notices = [this] { return OpenNotices(engine_->queues(), "w1"); };
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

  embedded::TestEngine engine_;
  ScriptedRunner runner_;
  WorkerOptions options_;  // of the worker to be started, besides what it stands on
  std::array<std::shared_ptr<Queue>, kPriorities.size()> requests_;
  std::shared_ptr<Queue> results_;
  std::shared_ptr<ObjectStore> inputs_;
  std::shared_ptr<ObjectStore> outputs_;
  std::unique_ptr<Worker> worker_;
};

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

  Id first_;
  std::vector<Id> order_;  // of the lane's thread; read when it has ended, or waits
  std::latch running_{1}, let_go_{1};
};

}  // namespace darkroom::worker
