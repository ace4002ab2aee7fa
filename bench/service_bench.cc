#include "service_bench.h"

#include <fmt/format.h>
#include <unistd.h>

#include <cstdlib>

#include "base/crypto.h"
#include "cli/picture_jobs.h"

namespace darkroom::bench {
namespace {

struct Load {
  std::string url;
  std::string model;
  const std::vector<cli::Upload>* files;
  int left;   // jobs not handed in yet
  int batch;  // jobs of a submission
};

[[noreturn]] void GiveUp(const std::string& why) {
  fmt::print(stderr, "benchmark: {}\n", why);
  std::exit(1);
}

Task<void> OneClient(Clock& clock, Load& load) {
  cli::ApiClient api(clock, load.url);
  while (load.left > 0) {
    const int size = std::min(load.batch, load.left);
    cli::SubmitRequest request;
    request.fields = {{"model", load.model}};
    request.idempotency_key = RandomHex(8);
    for (int i = 0; i < size; ++i)
      request.files.push_back((*load.files)[std::size_t(load.left - i) % load.files->size()]);
    load.left -= size;
    const auto answer = co_await api.Submit(std::move(request));
    if (!answer) GiveUp(answer.error().message());
    int failed = 0;
    auto on_job = [&](const json::object& job) { failed += cli::Ended(job) && !cli::Succeeded(job); };
    std::string id = cli::JobText(answer->at("batch").as_object(), "id");
    const auto followed = co_await api.Follow(std::move(id), on_job);
    if (!followed) GiveUp(followed.error().message());
    if (failed > 0) GiveUp(fmt::format("{} jobs failed", failed));
  }
}

void Add(CpuByThread& sum, const std::string& process, pid_t pid, double sign) {
  const tests::CpuUse use = tests::CpuOf(pid);
  sum[process] += sign * use.total_s;
  for (const auto& [thread, seconds] : use.threads) sum[process + ": " + thread] += sign * seconds;
}

}  // namespace

void AddCpu(CpuByThread& sum, const tests::Service& service, double sign) {
  Add(sum, "hub", service.pid(), sign);
  for (const pid_t worker : service.WorkerPids()) Add(sum, "workers", worker, sign);
  Add(sum, "client", getpid(), sign);
}

void PrintCpu(const CpuByThread& cpu, int jobs) {
  fmt::print("CPU microseconds a job, by process and thread:\n");
  for (const auto& [name, seconds] : cpu) {
    const double micros = seconds / jobs * 1e6;
    if (micros >= 1) fmt::print("  {:<24} {:>7.0f}\n", name, micros);
  }
}

Task<double> Drive(IoContext& io, Clock& clock, std::string url, std::string model,
                   const std::vector<cli::Upload>& files, int total, int batch, int clients) {
  Load load{std::move(url), std::move(model), &files, total, batch};
  const Time start = clock.Now();
  TaskGroup group(io, clock);
  for (int i = 0; i < clients; ++i) group.Spawn(OneClient(clock, load));
  co_await group.Join();
  co_return Seconds(clock.Now() - start);
}

}  // namespace darkroom::bench
