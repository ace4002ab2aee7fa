// Jobs that take their workers along, are cancelled or pass their deadline while they run: through the whole program,
// with a network that runs for ever on a bright picture and for no time on a dark one.
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/resource.h>

#include <algorithm>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <set>

#include "base/crypto.h"
#include "cli/api_client.h"
#include "cli/picture_jobs.h"
#include "service.h"

namespace darkroom::tests {
namespace {

using cli::JobText;
using testing::HasSubstr;

// A PNG of one pixel.
std::string Dot(bool bright) {
  const auto big_endian = [](std::uint32_t v) {
    return std::string{char(v >> 24), char(v >> 16), char(v >> 8), char(v)};
  };
  const auto chunk = [&](const std::string& type, const std::string& data) {
    return big_endian(std::uint32_t(data.size())) + type + data + big_endian(Crc32(type + data));
  };
  const std::string header = big_endian(1) + big_endian(1) + std::string("\x08\x00\x00\x00\x00", 5);
  const std::string dark("\x78\x01\x01\x02\x00\xfd\xff\x00\x00\x00\x02\x00\x01", 13);
  const std::string white("\x78\x01\x01\x02\x00\xfd\xff\x00\xff\x01\x01\x01\x00", 13);
  return std::string("\x89PNG\r\n\x1a\n", 8) + chunk("IHDR", header) + chunk("IDAT", bright ? white : dark) +
         chunk("IEND", "");
}

class PoisonTest : public testing::Test {
 protected:
  PoisonTest() {
    const rlimit no_core{0, 0};
    setrlimit(RLIMIT_CORE, &no_core);  // workers are crashed here, and inherit it
    WritePackage("endless");
  }
  void WritePackage(const std::string& name) {
    const std::string package = folder_ + "/models/" + name;
    std::filesystem::create_directories(package);
    std::filesystem::copy(DARKROOM_SOURCE "/src/model/testdata/endless.onnx", package + "/model.onnx");
    std::ofstream(package + "/labels.txt") << "red\ngreen\nblue\n";
    std::ofstream(package + "/model.toml") << "[model]\nname = \"" << name << R"("
version = "1"
task = "classification"
[input]
name = "image"
layout = "NCHW"
type = "float32"
width = 8
height = 8
[preprocess]
resize = "stretch"
color = "RGB"
mean = [0, 0, 0]
scale = 1
[output]
name = "scores"
softmax = false
top_k = 3
)";
  }
  ~PoisonTest() override {
    std::error_code ignored;
    if (!HasFailure()) std::filesystem::remove_all(folder_, ignored);
  }

  Task<void> Start(int workers) {
    const std::vector<std::string> arguments{"--workers", std::to_string(workers),
                                             "--models",  folder_ + "/models",
                                             "--model",   "endless",
                                             "--grace",   "2s",
                                             "--log",     "error"};
    service_.emplace(io_, *clock_, ServiceOptions{DARKROOM_PROGRAM, folder_ + "/data", arguments});
    const Status started = co_await service_->Start();
    DR_CHECK(started.has_value());
    api_.emplace(*clock_, service_->url());
  }

  // Ids of jobs in one batch: of a bright picture for each `*`, of a dark one for each `.`.
  Task<std::vector<std::string>> Submit(const char* pictures, const char* deadline_ms = nullptr,
                                        const char* model = "endless") {
    cli::SubmitRequest request;
    request.fields.emplace_back("model", model);
    if (deadline_ms != nullptr) request.fields.emplace_back("deadline_ms", deadline_ms);
    request.idempotency_key = RandomHex(8);
    for (const char* p = pictures; *p != 0; ++p) request.files.push_back({"dot.png", Dot(*p == '*')});
    const auto answer = co_await api_->Submit(std::move(request));
    DR_CHECK(answer.has_value());
    std::vector<std::string> ids;
    for (const json::value& job : answer->at("jobs").as_array()) ids.push_back(JobText(job.as_object(), "id"));
    co_return ids;
  }

  // The job, once the condition holds, or as it is after half a minute.
  template <class F>
  Task<json::object> Await(std::string id, F condition) {
    const Time deadline = clock_->Now() + 30s;
    std::string path = "/v1/jobs/" + id;
    while (true) {
      const auto job = co_await api_->Get(path);
      DR_CHECK(job.has_value());
      if (condition(*job)) co_return *job;
      if (clock_->Now() > deadline) co_return ADD_FAILURE() << json::serialize(*job), *job;
      co_await SleepUntil(*clock_, clock_->Now() + 5ms);
    }
  }
  Task<json::object> Running(const std::string& id, int attempt = 1) {
    return Await(id, [attempt](const json::object& job) {
      return JobText(job, "state") == "running" && job.at("attempt").to_number<int>() >= attempt;
    });
  }
  Task<json::object> Ended(const std::string& id) {
    return Await(id, [](const json::object& job) { return cli::Ended(job); });
  }

  // Whether the service takes a picture for the model.
  Task<Status> Offer() {
    cli::SubmitRequest request;
    request.fields.emplace_back("model", "endless");
    request.idempotency_key = RandomHex(8);
    request.files.push_back({"dot.png", Dot(false)});
    const auto answer = co_await api_->Submit(std::move(request));
    if (!answer) co_return Fail(answer.error());
    co_return Status();
  }
  static constexpr const char* kReason = "5 workers crashed while they ran ";

  static Time At(const json::object& job, const char* step) {
    return ParseTime(JobText(job.at("timeline").as_object(), step)).value_or(Time());
  }
  static json::object Error(const json::object& job) {
    const auto* error = job.if_contains("error");
    return error != nullptr && error->is_object() ? error->get_object() : json::object{{"code", ""}, {"message", ""}};
  }
  // The process of that worker.
  pid_t PidOf(const std::string& worker) const {
    for (const pid_t pid : service_->WorkerPids()) {
      std::ifstream file(fmt::format("/proc/{}/environ", pid));
      for (std::string entry; std::getline(file, entry, '\0');) {
        if (entry == "DARKROOM_WORKER_NAME=" + worker) return pid;
      }
    }
    return 0;
  }
  const std::string folder_ = testing::TempDir() + "darkroom-poison-" + RandomHex(4);
  IoContext io_;
  std::unique_ptr<Clock> clock_ = MakeSystemClock(io_);
  std::optional<Service> service_;
  std::optional<cli::ApiClient> api_;
};

TEST_F(PoisonTest, AJobThatCrashesItsWorkersFailsAndItsNeighboursSucceed) {
  auto body = [&]() -> Task<void> {
    co_await Start(2);
    const auto ids = co_await Submit("...*..........................");
    const std::string poison = ids[3];
    std::vector<std::string> workers;
    for (int attempt = 1; attempt <= 2; ++attempt) {
      const json::object job = co_await Running(poison, attempt);
      workers.push_back(JobText(job, "worker"));
      const pid_t pid = PidOf(workers.back());
      EXPECT_GT(pid, 0);
      if (pid > 0) kill(pid, SIGSEGV);  // as a network of native code would die of
    }
    const json::object job = co_await Ended(poison);
    EXPECT_EQ(JobText(job, "state"), "failed");
    EXPECT_EQ(JobText(Error(job), "code"), "killed_worker");
    EXPECT_THAT(JobText(Error(job), "message"), HasSubstr("ended by signal 11 (SIGSEGV)"));
    EXPECT_EQ(job.at("attempt").to_number<int>(), 2);
    EXPECT_NE(workers[0], workers[1]);
    for (const std::string& id : ids) {
      if (id == poison) continue;
      const json::object neighbour = co_await Ended(id);
      EXPECT_TRUE(cli::Succeeded(neighbour)) << json::serialize(neighbour);
    }
    const std::string end = co_await service_->Stop();
    EXPECT_EQ(end, "exit status 0");
  };
  io_.RunUntilDone(body());
}

// Of a queue of bright pictures each crashes its worker; the model would never come to an end of it.
TEST_F(PoisonTest, AModelThatCrashesItsWorkersIsNotRunUntilItsPackageChanges) {
  auto body = [&]() -> Task<void> {
    WritePackage("other");
    co_await Start(2);
    const auto ids = co_await Submit("********************");
    std::set<pid_t> crashed;
    Time judged;
    const Time deadline = clock_->Now() + 60s;
    while (clock_->Now() < deadline) {
      const auto models = co_await api_->Get(std::string("/v1/status"));
      DR_CHECK(models.has_value());
      judged = clock_->Now();
      if (!models->at("quarantine").as_array().empty()) break;
      const auto running = co_await api_->Get(std::string("/v1/jobs?state=running"));
      DR_CHECK(running.has_value());
      for (const json::value& job : running->at("jobs").as_array()) {
        const pid_t pid = PidOf(JobText(job.as_object(), "worker"));
        if (pid > 0 && crashed.size() < 5 && crashed.insert(pid).second) kill(pid, SIGSEGV);
      }
      co_await SleepUntil(*clock_, clock_->Now() + 50ms);
    }
    int quarantined = 0;
    for (const std::string& id : ids) {
      const json::object job = co_await Ended(id);
      EXPECT_EQ(JobText(job, "state"), "failed");
      const std::string code = JobText(Error(job), "code");
      if (code == "killed_worker") continue;
      ++quarantined;
      EXPECT_EQ(code, "model_quarantined");
      EXPECT_THAT(JobText(Error(job), "message"), HasSubstr(kReason));
    }
    std::cout << fmt::format("{} crashes; {} of {} jobs failed unrun, {} ms after the verdict was seen\n",
                             crashed.size(), quarantined, ids.size(), (clock_->Now() - judged) / 1ms);
    EXPECT_EQ(crashed.size(), 5u);
    EXPECT_GE(quarantined, 18) << "two crashes end a job, so that five have ended two at most";

    const auto models = co_await api_->Get(std::string("/v1/models"));
    DR_CHECK(models.has_value());
    EXPECT_THAT(json::serialize(*models), HasSubstr(kReason));
    const auto others = co_await Submit("...", nullptr, "other");
    for (const std::string& id : others) {
      const json::object other = co_await Ended(id);
      EXPECT_TRUE(cli::Succeeded(other)) << json::serialize(other);
    }
    const Status refused = co_await Offer();
    EXPECT_THAT(refused ? "" : refused.error().message(), HasSubstr("the model endless 1 is in quarantine"));

    std::ofstream(folder_ + "/models/endless/labels.txt") << "cyan\nmagenta\nyellow\n";
    Status still = co_await Offer();
    while (!still && clock_->Now() < deadline) {
      co_await SleepUntil(*clock_, clock_->Now() + 100ms);
      still = co_await Offer();
    }
    const auto again = co_await Submit(".");
    const json::object taken_up = co_await Ended(again[0]);
    EXPECT_TRUE(cli::Succeeded(taken_up)) << json::serialize(taken_up);
    const std::string end = co_await service_->Stop();
    EXPECT_EQ(end, "exit status 0");
  };
  io_.RunUntilDone(body());
}

TEST_F(PoisonTest, ACrashIsRememberedAcrossADeathOfTheHub) {
  auto body = [&]() -> Task<void> {
    co_await Start(1);
    const auto ids = co_await Submit("*");
    const json::object first = co_await Running(ids[0], 1);
    kill(PidOf(JobText(first, "worker")), SIGABRT);
    co_await Running(ids[0], 2);
    co_await service_->Kill();
    const Status again = co_await service_->Start();
    EXPECT_TRUE(again.has_value());
    const json::object third = co_await Running(ids[0], 3);
    kill(PidOf(JobText(third, "worker")), SIGABRT);
    const json::object job = co_await Ended(ids[0]);
    EXPECT_THAT(JobText(Error(job), "message"), HasSubstr("2 workers died"));
    EXPECT_THAT(JobText(Error(job), "message"), HasSubstr("signal 6 (SIGABRT)"));
    co_await service_->Stop();
  };
  io_.RunUntilDone(body());
}

// One worker with one lane: the job behind is inferred as soon as the cancelled run has ended.
TEST_F(PoisonTest, ACancelEndsARunWithinATenthOfASecond) {
  auto body = [&]() -> Task<void> {
    co_await Start(1);
    std::vector<double> ms;
    for (int round = 0; round < 5; ++round) {
      const auto ids = co_await Submit("*.");
      co_await Running(ids[0]);
      const Time asked = clock_->Now();
      const auto cancelled = co_await api_->Delete("/v1/jobs/" + ids[0]);
      EXPECT_TRUE(cancelled.has_value());
      const json::object next = co_await Ended(ids[1]);
      EXPECT_TRUE(cli::Succeeded(next)) << json::serialize(next);
      ms.push_back(double((At(next, "decoded") - asked) / 1us) / 1000);
    }
    std::ranges::sort(ms);
    std::cout << fmt::format("from DELETE to the next job's tensor: median {:.1f} ms, at most {:.1f} ms\n", ms[2],
                             ms[4]);
    co_await service_->Stop();
  };
  io_.RunUntilDone(body());
}

TEST_F(PoisonTest, ACancelAlsoReachesARunThatNobodyHasHeardOf) {
  auto body = [&]() -> Task<void> {
    co_await Start(1);
    for (int round = 0; round < 5; ++round) {
      const auto ids = co_await Submit("*.");
      co_await SleepUntil(*clock_, clock_->Now() + round * 15ms);  // up to the moment of its announcement
      const Time asked = clock_->Now();
      const auto cancelled = co_await api_->Delete("/v1/jobs/" + ids[0]);
      EXPECT_TRUE(cancelled.has_value());
      const json::object next = co_await Ended(ids[1]);
      EXPECT_TRUE(cli::Succeeded(next)) << json::serialize(next);
      std::cout << fmt::format("cancelled after {} ms, ended in {:.1f} ms\n", round * 15,
                               double((At(next, "decoded") - asked) / 1us) / 1000);
    }
    co_await service_->Stop();
  };
  io_.RunUntilDone(body());
}

TEST_F(PoisonTest, ADeadlineEndsARun) {
  auto body = [&]() -> Task<void> {
    co_await Start(1);
    const auto ids = co_await Submit("*", "1000");
    co_await Running(ids[0]);
    const json::object job = co_await Ended(ids[0]);
    EXPECT_EQ(JobText(job, "state"), "expired");
    EXPECT_EQ(JobText(Error(job), "message"), "its deadline passed while it ran");
    const Duration took = At(job, "settled") - At(job, "received");
    std::cout << fmt::format("a deadline of 1000 ms: settled after {} ms\n", took / 1ms);
    EXPECT_GE(took, 1000ms);
    co_await service_->Stop();
  };
  io_.RunUntilDone(body());
}

TEST_F(PoisonTest, AStopGivesBackWhatOutlastsItsGrace) {
  auto body = [&]() -> Task<void> {
    co_await Start(1);
    const auto ids = co_await Submit("*");
    co_await Running(ids[0]);
    const std::string end = co_await service_->Stop();
    EXPECT_EQ(end, "exit status 0");
    const Status again = co_await service_->Start();
    EXPECT_TRUE(again.has_value());
    co_await Running(ids[0], 2);
    co_await api_->Delete("/v1/jobs/" + ids[0]);
    co_await service_->Stop();
  };
  io_.RunUntilDone(body());
}

}  // namespace
}  // namespace darkroom::tests
