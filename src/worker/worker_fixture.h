// A worker over an embedded engine and a runner that does as the test says.
#pragma once

#include <gtest/gtest.h>

#include <array>
#include <functional>
#include <memory>
#include <string>

#include "embedded/testing.h"
#include "worker/worker.h"

namespace darkroom::worker {

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

}  // namespace darkroom::worker
