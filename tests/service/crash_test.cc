// The promise, tried: clients hand in jobs while hub and workers are killed at random; afterwards each job that got a
// 202 has one terminal state with one result, retries by Idempotency-Key have made no doubles, and nothing is left
// over.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <iostream>
#include <map>
#include <random>
#include <set>

#include "base/crypto.h"
#include "cli/api_client.h"
#include "cli/names.h"
#include "cli/picture_jobs.h"
#include "domain/job.h"
#include "embedded/engine.h"
#include "ledger/sweeper.h"
#include "service.h"

namespace darkroom::tests {
namespace {

constexpr int kJobs = 2000;
constexpr int kClients = 12;
constexpr int kKills = 40;
constexpr Duration kDeadline = 600s;  // for everything; far more than a slow machine needs

// The smallest PNG there is, with `tag` in a text chunk so that every picture differs: the model `noop` does not look.
std::string TinyPng(std::uint32_t tag) {
  const auto big_endian = [](std::uint32_t v) {
    return std::string{char(v >> 24), char(v >> 16), char(v >> 8), char(v)};
  };
  const auto chunk = [&](const std::string& type, const std::string& data) {
    return big_endian(std::uint32_t(data.size())) + type + data + big_endian(Crc32(type + data));
  };
  const std::string header = big_endian(1) + big_endian(1) + std::string("\x08\x00\x00\x00\x00", 5);
  const std::string pixels("\x78\x9c\x63\x60\x00\x00\x00\x02\x00\x01", 10);
  return std::string("\x89PNG\r\n\x1a\n", 8) + chunk("IHDR", header) +
         chunk("tEXt", "tag" + std::string(1, '\0') + std::to_string(tag)) + chunk("IDAT", pixels) + chunk("IEND", "");
}

struct Accepted {
  std::string key;
  std::string batch;
  std::vector<std::string> jobs;
};

class CrashTest : public testing::Test {
 protected:
  CrashTest() {
    const char* given = std::getenv("DARKROOM_SEED");
    seed_ = given != nullptr ? unsigned(std::stoul(given)) : std::random_device{}();
    random_.seed(seed_);
    std::cout << "seed " << seed_ << " (DARKROOM_SEED repeats it)\n";
    data_ = testing::TempDir() + "darkroom-crash-" + RandomHex(4);
  }
  ~CrashTest() override {
    std::error_code ignored;
    if (!HasFailure()) std::filesystem::remove_all(data_, ignored);
  }

  int Random(int from, int to) { return std::uniform_int_distribution(from, to)(random_); }
  // Every other seed has each result stored as an object, of which the right one must stay and others go.
  bool stores_results() const { return seed_ % 2 == 0; }
  std::string inline_result() const { return stores_results() ? "1B" : "64kB"; }
  bool Late() const { return clock_->Now() > deadline_; }

  // Submits until it is accepted, however often the service goes down on the way. One in ten asks again afterwards.
  Task<void> Client(int number) {
    cli::ApiClient api(*clock_, service_->url());
    while (submitted_ < kJobs && !Late()) {
      const int size = std::min(Random(1, 8), kJobs - submitted_);
      submitted_ += size;
      cli::SubmitRequest request;
      request.fields = {{"model", "noop"}};
      request.idempotency_key = fmt::format("client {} batch {}", number, submitted_);
      for (int i = 0; i < size; ++i) request.files.push_back({fmt::format("{}.png", i), TinyPng(random_())});
      Accepted accepted = co_await SubmitUntilAccepted(api, request);
      if (Random(1, 10) == 1) {
        const Accepted again = co_await SubmitUntilAccepted(api, request);
        EXPECT_EQ(again.jobs, accepted.jobs) << "a retry of " << request.idempotency_key << " made doubles";
      }
      accepted_.push_back(std::move(accepted));
    }
    --clients_;
  }

  Task<Accepted> SubmitUntilAccepted(cli::ApiClient& api, cli::SubmitRequest request) {
    Accepted accepted;
    accepted.key = request.idempotency_key;
    while (!Late()) {
      const auto answer = co_await api.Submit(request);
      if (answer) {
        for (const json::value& job : answer->at("jobs").as_array()) {
          accepted.jobs.push_back(cli::JobText(job.as_object(), "id"));
        }
        accepted.batch = cli::JobText(answer->at("batch").as_object(), "id");
        co_return accepted;
      }
      if (!Retryable(answer.error().code())) ADD_FAILURE() << answer.error().message();
      co_await SleepUntil(*clock_, clock_->Now() + 20ms);
    }
    ADD_FAILURE() << "not accepted in time";
    co_return accepted;
  }

  // Kills the hub (one in four) or a worker, again and again, and starts the hub anew.
  Task<void> Killer() {
    while ((kills_ < kKills || clients_ > 0) && !Late()) {
      co_await SleepUntil(*clock_, clock_->Now() + Duration(Random(10'000, 250'000)));
      if (Random(1, 4) == 1) {
        ++hub_kills_;
        co_await service_->Kill();
        const Status started = co_await service_->Start();
        if (!started) {
          ADD_FAILURE() << started.error().message();
          std::fflush(nullptr);
          std::_Exit(1);  // without a service nothing here would end before its deadline
        }
      } else {
        const auto workers = service_->WorkerPids();
        if (workers.empty()) continue;
        kill(workers[std::size_t(Random(0, int(workers.size()) - 1))], SIGKILL);
      }
      ++kills_;
    }
  }

  Task<void> AwaitAll() {
    cli::ApiClient api(*clock_, service_->url());
    for (const Accepted& accepted : accepted_) {
      while (!Late()) {
        const auto batch = co_await api.Get("/v1/batches/" + accepted.batch);
        const json::value* done = batch ? batch->if_contains("done") : nullptr;
        if (done != nullptr && done->is_bool() && done->get_bool()) break;
        co_await SleepUntil(*clock_, clock_->Now() + 20ms);
      }
    }
    EXPECT_FALSE(Late()) << "some jobs did not end";
  }

  // Each job as the API tells it: ended well, one artifact, and that artifact is there.
  Task<void> AuditApi() {
    cli::ApiClient api(*clock_, service_->url());
    for (const Accepted& accepted : accepted_) {
      for (const std::string& id : accepted.jobs) {
        const auto job = co_await api.Get("/v1/jobs/" + id);
        if (!job) {
          ADD_FAILURE() << id << ": " << job.error().message();
          continue;
        }
        EXPECT_EQ(cli::JobText(*job, "state"), "succeeded") << json::serialize(*job);
        const auto artifact = co_await api.Download("/v1/jobs/" + id + "/artifacts/result.json");
        EXPECT_TRUE(artifact.has_value()) << id;
      }
    }
  }

  // The sweep that the next start of the hub, or the next interval, would do.
  Task<void> Sweep(embedded::Engine& engine) {
    ledger::SweeperPorts ports;
    std::array<std::shared_ptr<Queue>, kPriorities.size()> queues;
    for (const Priority priority : kPriorities) {
      std::string name = cli::RequestQueueName(priority);
      auto queue = co_await engine.queues().Open(name);
      queues[std::size_t(priority)] = *queue;
      ports.requests[std::size_t(priority)] = queue->get();
    }
    std::string input_name(cli::kInputBucket), output_name(cli::kOutputBucket);
    const auto inputs = co_await engine.objects().Open(input_name);
    const auto outputs = co_await engine.objects().Open(output_name);
    JobNews news(*clock_);
    ports.jobs = &engine.jobs();
    ports.inputs = inputs->get();
    ports.outputs = outputs->get();
    ports.news = &news;
    ledger::Sweeper sweeper(io_, *clock_, ports);
    const auto report = co_await sweeper.Sweep();
    EXPECT_TRUE(report.has_value());
    EXPECT_EQ(report ? report->sent : -1, 0) << "jobs that had ended were sent again";
  }

  // The engine's own tables, the hub being stopped.
  Task<void> AuditEngine(embedded::Engine& engine) {
    co_await Sweep(engine);
    std::set<std::string> known;
    for (const Accepted& accepted : accepted_) known.insert(accepted.jobs.begin(), accepted.jobs.end());
    std::map<std::string, std::string> runs;
    JobQuery query;
    query.limit = 1000;
    do {
      const auto page = co_await engine.jobs().List(query);
      for (const Job& job : page->jobs) {
        runs[job.id.ToString()] = job.run;
        EXPECT_TRUE(known.contains(job.id.ToString())) << "a job that no client was told of: " << job.id.ToString();
      }
      query.cursor = page->next;
    } while (!query.cursor.empty());
    EXPECT_EQ(runs.size(), known.size());

    for (const char* bucket : {"darkroom-input", "darkroom-output"}) {
      std::string bucket_name = bucket;
      const auto store = co_await engine.objects().Open(bucket_name);
      std::string after;
      std::size_t objects = 0;
      while (true) {
        std::string prefix;
        const auto list = co_await (*store)->List(prefix, after, 1000);
        for (const ObjectInfo& object : list->objects) {
          ++objects;
          const std::string id = object.key.substr(object.key.find('/') + 1, 36);
          EXPECT_TRUE(runs.contains(id)) << "orphan " << object.key;
          const bool output = object.key.starts_with("output/");
          EXPECT_TRUE(!output || object.key == "output/" + id + "/" + runs[id] + "/result.json")
              << "left by a run that did not count: " << object.key;
        }
        if (!list->truncated) break;
        after = list->objects.back().key;
      }
      const bool empty = bucket_name == cli::kOutputBucket && !stores_results();
      EXPECT_EQ(objects, empty ? 0 : known.size()) << bucket;
    }
    std::string all;
    const auto names = co_await engine.queues().List(all);
    for (const std::string& name : *names) {
      const auto queue = co_await engine.queues().Open(name);
      const auto stats = co_await (*queue)->Stats();
      EXPECT_EQ(stats->visible + stats->in_flight + stats->delayed, 0) << name;
    }
  }

  Task<void> Run() {
    const Status started = co_await service_->Start();
    EXPECT_TRUE(started.has_value());
    TaskGroup group(io_, *clock_);
    clients_ = kClients;
    for (int i = 0; i < kClients; ++i) group.Spawn(Client(i));
    group.Spawn(Killer());
    co_await group.Join();
    co_await AwaitAll();
    co_await AuditApi();
    co_await AwaitQuiet();
    const std::string end = co_await service_->Stop();
    EXPECT_EQ(end, "exit status 0");
  }

  // Until no message is left: repeated work of settled jobs runs out, its outcomes are ignored.
  Task<void> AwaitQuiet() {
    cli::ApiClient api(*clock_, service_->url());
    int quiet = 0;
    while (quiet < 3 && !Late()) {
      const auto metrics = co_await api.Download("/metrics");
      quiet = metrics && NoMessages(*metrics) ? quiet + 1 : 0;
      co_await SleepUntil(*clock_, clock_->Now() + 50ms);
    }
  }
  static bool NoMessages(const std::string& metrics) {
    std::size_t at = 0;
    while ((at = metrics.find("\ndarkroom_queue_messages{", at)) != std::string::npos) {
      const auto end = metrics.find('\n', at + 1);
      if (!metrics.substr(at, end - at).ends_with(" 0")) return false;
      at = end;
    }
    return true;
  }

  IoContext io_;
  std::unique_ptr<Clock> clock_ = MakeSystemClock(io_);
  const Time deadline_ = clock_->Now() + kDeadline;
  unsigned seed_ = 0;
  std::mt19937 random_;
  std::string data_;
  std::unique_ptr<Service> service_;
  int submitted_ = 0;
  int clients_ = 0;
  int kills_ = 0;
  int hub_kills_ = 0;
  std::vector<Accepted> accepted_;
};

TEST_F(CrashTest, KillingAnyProcessAtAnyMomentLosesAndDoublesNothing) {
  // More attempts than the shipped four: workers are killed eight times a second here, and on a busy machine the job
  // that comes again first may be held by four of them. That counts, and rightly: it may be what they die of.
  service_ =
      std::make_unique<Service>(io_, *clock_,
                                ServiceOptions{DARKROOM_PROGRAM,
                                               data_,
                                               {"--workers", "3", "--log", "error", "--sweep-interval", "1s", "--lease",
                                                "5s", "--max-receives", "20", "--inline-result", inline_result()}});
  io_.RunUntilDone(Run());
  std::cout << submitted_ << " jobs in " << accepted_.size() << " batches, " << kills_ << " kills, " << hub_kills_
            << " of them of the hub\n";
  EXPECT_GE(kills_, kKills);
  EXPECT_GE(hub_kills_, 1);

  embedded::EngineOptions options;
  options.data_dir = data_;
  auto engine = embedded::Engine::Open(std::move(options), io_, *clock_);
  ASSERT_TRUE(engine.has_value()) << engine.error().message();
  io_.RunUntilDone(AuditEngine(**engine));
}

}  // namespace
}  // namespace darkroom::tests
