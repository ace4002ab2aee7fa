// The embedded engine's costs: a message's way at a thousand and at a million messages queued, of no group and of a
// thousand groups, group commit against a bare loop of append and fdatasync, objects, settling. Data goes under TMPDIR:
// choose a real disk.
//
// Prints, after the table, what a million queued messages cost over a thousand of no group. `cpu_us` is the processor
// time of all threads an operation: it stays comparable when other work slows the machine.
#include <benchmark/benchmark.h>
#include <fcntl.h>
#include <sys/resource.h>
#include <unistd.h>

#include <chrono>
#include <cstdio>
#include <filesystem>
#include <map>
#include <memory>
#include <stdexcept>

#include "base/crypto.h"
#include "embedded/engine.h"

namespace darkroom::embedded {
namespace {

constexpr std::size_t kBodyBytes = 300;  // about a job's request
constexpr int kWarmUpRounds = 50;

template <class T>
T Must(Result<T> result) {
  if (!result) throw std::runtime_error(result.error().message());
  if constexpr (!std::is_void_v<T>) return std::move(*result);
}

double CpuSeconds() {
  rusage usage{};
  ::getrusage(RUSAGE_SELF, &usage);
  const auto seconds = [](const timeval& t) { return double(t.tv_sec) + double(t.tv_usec) * 1e-6; };
  return seconds(usage.ru_utime) + seconds(usage.ru_stime);
}

double WallSeconds() {
  return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

// An engine in a directory of its own.
class Site {
 public:
  Site() : directory_((std::filesystem::temp_directory_path() / ("darkroom-bench-" + RandomHex(6))).string()) {
    EngineOptions options;
    options.data_dir = directory_;
    engine_ = Must(Engine::Open(std::move(options), io_, *clock_));
  }
  ~Site() {
    engine_.reset();
    std::filesystem::remove_all(directory_);
  }

  Engine& operator*() { return *engine_; }
  Engine* operator->() { return engine_.get(); }
  Clock& clock() { return *clock_; }
  template <class T>
  T Run(Task<Result<T>> task) {
    return Must(io_.RunUntilDone(std::move(task)));
  }
  // `call` is a coroutine, given the number of the caller; all run at the same time.
  template <class Call>
  void RunTogether(int callers, Call& call) {
    TaskGroup group(io_, *clock_);
    for (int i = 0; i < callers; ++i) group.Spawn(call(i));
    io_.RunUntilDone(group.Join());
  }

 private:
  const std::string directory_;
  IoContext io_;
  std::unique_ptr<Clock> clock_ = MakeSystemClock(io_);
  std::unique_ptr<Engine> engine_;
};

// The group of the message sent as the `number`th; none where there is but one.
std::string GroupOf(std::int64_t number, std::int64_t groups) {
  return groups == 1 ? "" : "model-" + std::to_string(number % groups);
}

std::shared_ptr<Queue> Prefill(Site& site, std::int64_t messages, std::int64_t groups) {
  auto queue = site.Run(site->queues().Create("queue", {.visibility = 12h}));
  const std::string body(kBodyBytes, 'x');
  for (std::int64_t done = 0; done < messages; done += 10'000) {
    const auto count = std::size_t(std::min<std::int64_t>(10'000, messages - done));
    std::vector<SendRequest> requests(count);
    for (std::size_t i = 0; i < count; ++i)
      requests[i] = {.body = body, .group = GroupOf(done + std::int64_t(i), groups)};
    site.Run(queue->Send(std::move(requests)));
  }
  return queue;
}

// Time of one kind of operation.
struct Cost {
  double wall = 0, cpu = 0;
  std::int64_t operations = 0;

  template <class F>
  void Add(std::int64_t count, F run) {
    const double wall_before = WallSeconds(), cpu_before = CpuSeconds();
    run();
    wall += WallSeconds() - wall_before;
    cpu += CpuSeconds() - cpu_before;
    operations += count;
  }
  double wall_us() const { return wall * 1e6 / double(operations); }
  double cpu_us() const { return cpu * 1e6 / double(operations); }
};

void Report(benchmark::State& state, const std::string& name, const Cost& cost) {
  state.counters[name + "_us"] = cost.wall_us();
  state.counters[name + "_cpu_us"] = cost.cpu_us();
}

struct Length {
  std::int64_t queued = 0, groups = 1;
  auto operator<=>(const Length&) const = default;
};
using Costs = std::map<std::pair<std::string, Length>, Cost>;  // by operation and queue length

// Each caller sends a message, then each receives one, then each acks it: the queue keeps its length.
void MessageCycle(benchmark::State& state, Site& site, Queue& queue, Length length, Costs& costs) {
  const int callers = int(state.range(0));
  const std::string body(kBodyBytes, 'x');
  std::vector<std::string> receipts(std::size_t(callers), "");
  std::int64_t sent = 0;
  auto send = [&](int) -> Task<void> {
    std::vector<SendRequest> requests(1);
    requests[0].body = body;
    requests[0].group = GroupOf(sent++, length.groups);
    Must(co_await queue.Send(std::move(requests)));
  };
  auto receive = [&](int caller) -> Task<void> {
    ReceiveOptions options;
    auto messages = Must(co_await queue.Receive(std::move(options)));
    receipts[std::size_t(caller)] = messages.at(0).receipt;
  };
  auto ack = [&](int caller) -> Task<void> {
    std::vector<std::string> own{receipts[std::size_t(caller)]};
    Must(co_await queue.Ack(std::move(own)));
  };
  // Past the first touch of a freshly filled table's pages.
  for (int i = 0; i < kWarmUpRounds; ++i) {
    site.RunTogether(callers, send);
    site.RunTogether(callers, receive);
    site.RunTogether(callers, ack);
  }
  Cost sends, receives, acks;
  for (auto _ : state) {
    sends.Add(callers, [&] { site.RunTogether(callers, send); });
    receives.Add(callers, [&] { site.RunTogether(callers, receive); });
    acks.Add(callers, [&] { site.RunTogether(callers, ack); });
  }
  Report(state, "send", sends);
  Report(state, "receive", receives);
  Report(state, "ack", acks);
  state.SetItemsProcessed(state.iterations() * callers * 3);
  if (callers < 64) return;
  costs[{"send", length}] = sends;
  costs[{"receive", length}] = receives;
  costs[{"ack", length}] = acks;
}

// What group commit stands beside: so many records appended and one fdatasync.
void RawAppend(benchmark::State& state) {
  const std::string path = (std::filesystem::temp_directory_path() / ("darkroom-bench-" + RandomHex(6))).string();
  const int file = ::open(path.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
  const std::string record(kBodyBytes, 'x');
  Cost appends;
  for (auto _ : state) {
    appends.Add(state.range(0), [&] {
      for (int i = 0; i < state.range(0); ++i) {
        if (::write(file, record.data(), record.size()) != ssize_t(record.size())) state.SkipWithError("write");
      }
      if (::fdatasync(file) != 0) state.SkipWithError("fdatasync");
    });
  }
  ::close(file);
  std::filesystem::remove(path);
  Report(state, "append", appends);
  state.SetItemsProcessed(state.iterations() * state.range(0));
}

void ObjectCycle(benchmark::State& state, Site& site) {
  constexpr int kCallers = 8;
  const auto store = site.Run(site->objects().Create("bench"));
  const std::string body(std::size_t(state.range(0)), 'x');
  const auto key = [](int caller) { return "key/" + std::to_string(caller); };
  auto put = [&](int caller) -> Task<void> {
    std::string name = key(caller), copy = body;
    PutOptions options;
    Must(co_await store->Put(std::move(name), std::move(copy), std::move(options)));
  };
  auto get = [&](int caller) -> Task<void> {
    std::string name = key(caller);
    Must(co_await store->Get(std::move(name), std::nullopt));
  };
  Cost puts, gets;
  for (auto _ : state) {
    puts.Add(kCallers, [&] { site.RunTogether(kCallers, put); });
    gets.Add(kCallers, [&] { site.RunTogether(kCallers, get); });
  }
  Report(state, "put", puts);
  Report(state, "get", gets);
  state.SetBytesProcessed(state.iterations() * kCallers * 2 * state.range(0));
}

// A job's whole way in the store: created and marked as sent, started, settled, each 64 at a time.
void JobCycle(benchmark::State& state, Site& site) {
  constexpr int kJobs = 64;
  Cost creates, starts, settles;
  for (auto _ : state) {
    const Time now = site.clock().Now();
    NewBatch batch;
    batch.batch.id = Id::Make(now);
    batch.batch.created = now;
    std::vector<Id> ids;
    std::vector<JobStart> started;
    std::vector<Outcome> outcomes;
    for (int i = 0; i < kJobs; ++i) {
      Job job;
      job.id = Id::Make(now);
      job.index = i;
      job.model.name = "furniture";
      job.timeline.received = now;
      batch.jobs.push_back(job);
      ids.push_back(job.id);
      started.push_back({job.id, 1, "worker-1", now});
      Outcome outcome;
      outcome.job = job.id;
      outcome.state = JobState::kSucceeded;
      outcome.run = "0123456789abcdef";
      outcome.result = R"({"labels":[{"name":"chair","score":0.97},{"name":"stool","score":0.02}]})";
      outcome.artifacts = {{"result.json", "application/json", 300, "\"0123456789abcdef\""}};
      outcomes.push_back(outcome);
    }
    creates.Add(kJobs, [&] {
      site.Run(site->jobs().Create(batch));
      site.Run(site->jobs().MarkSent(ids, now));
    });
    starts.Add(kJobs, [&] { site.Run(site->jobs().MarkStarted(started)); });
    settles.Add(kJobs, [&] { site.Run(site->jobs().Settle(outcomes, now)); });
  }
  Report(state, "create", creates);
  Report(state, "start", starts);
  Report(state, "settle", settles);
  state.SetItemsProcessed(state.iterations() * kJobs);
}

void PrintRatios(const Costs& costs, Length few, Length many) {
  std::printf("\n%lld queued of %lld groups over %lld of %lld, 64 callers:\n", static_cast<long long>(many.queued),
              static_cast<long long>(many.groups), static_cast<long long>(few.queued),
              static_cast<long long>(few.groups));
  for (const char* operation : {"send", "receive", "ack"}) {
    const auto small = costs.find({operation, few}), large = costs.find({operation, many});
    if (small == costs.end() || large == costs.end()) continue;
    std::printf("  %-8s wall %.2f  cpu %.2f\n", operation, large->second.wall_us() / small->second.wall_us(),
                large->second.cpu_us() / small->second.cpu_us());
  }
}

int RunAll(int argc, char** argv) {
  constexpr Length kLengths[] = {{1'000, 1}, {1'000, 1'000}, {1'000'000, 1}, {1'000'000, 1'000}};
  benchmark::Initialize(&argc, argv);
  Costs costs;
  Site objects_and_jobs;
  // Sites are filled when their first benchmark runs.
  struct Filled {
    Site site;
    std::shared_ptr<Queue> queue;
  };
  std::map<Length, std::unique_ptr<Filled>> filled;
  for (const Length length : kLengths) {
    const auto run = [&costs, &filled, length](benchmark::State& state) {
      auto& at = filled[length];
      if (!at) {
        at = std::make_unique<Filled>();
        at->queue = Prefill(at->site, length.queued, length.groups);
      }
      MessageCycle(state, at->site, *at->queue, length, costs);
    };
    const std::string name =
        "Message/queued:" + std::to_string(length.queued) + "/groups:" + std::to_string(length.groups) + "/callers";
    benchmark::RegisterBenchmark(name.c_str(), run)->Arg(1)->Arg(8)->Arg(64)->MinTime(4)->UseRealTime();
  }
  benchmark::RegisterBenchmark("RawAppend/group", RawAppend)->Arg(1)->Arg(8)->Arg(64)->UseRealTime();
  const auto objects = [&](benchmark::State& state) { ObjectCycle(state, objects_and_jobs); };
  benchmark::RegisterBenchmark("Object/bytes", objects)
      ->Arg(4'000)
      ->Arg(60'000)
      ->Arg(100'000)
      ->Arg(1'000'000)
      ->UseRealTime();
  const auto jobs = [&](benchmark::State& state) { JobCycle(state, objects_and_jobs); };
  benchmark::RegisterBenchmark("Job", jobs)->UseRealTime();
  benchmark::RunSpecifiedBenchmarks();
  for (const Length length : kLengths) PrintRatios(costs, kLengths[0], length);
  return 0;
}

}  // namespace
}  // namespace darkroom::embedded

int main(int argc, char** argv) { return darkroom::embedded::RunAll(argc, argv); }
