// Images per second through the whole service (upload over HTTP, durable queue, workers, results) over those of a bare
// loop that does the same decode, preprocess and run on as many threads: same images, same model, taking turns.
//
//   pipeline_bench [--model DIR] [--images DIR] [--workers N] [--lanes N] [--count N] [--repeats N]
#include <fmt/format.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <atomic>
#include <filesystem>
#include <fstream>
#include <thread>

#include "base/crypto.h"
#include "base/log.h"
#include "cli/picture_jobs.h"
#include "model/model.h"
#include "service_bench.h"

namespace darkroom::bench {
namespace {

struct Options {
  std::string model = DARKROOM_SOURCE "/models/furniture";
  std::string images = DARKROOM_SOURCE "/models/furniture/samples";
  int workers = 2;
  int lanes = 1;  // of each worker; the bare loop has as many threads as all workers together
  int count = 400;
  int repeats = 5;
};

std::vector<cli::Upload> ReadImages(const std::string& folder) {
  const auto paths = cli::ListPictures({folder});
  std::vector<cli::Upload> files;
  for (const std::string& path : paths.value_or(std::vector<std::string>())) {
    std::ifstream file(path, std::ios::binary);
    files.push_back(
        {std::filesystem::path(path).filename().string(), std::string(std::istreambuf_iterator<char>(file), {})});
  }
  return files;
}

// Seconds for `count` images on `threads` threads with one shared session.
double BareLoop(const model::Model& model, const Clock& clock, const std::vector<cli::Upload>& files, int count,
                int threads) {
  std::atomic<int> next = 0;
  const Time start = clock.Now();
  {
    std::vector<std::jthread> pool;
    for (int t = 0; t < threads; ++t) {
      pool.emplace_back([&] {
        for (int i = next++; i < count; i = next++) {
          const auto prediction = model.Run(files[std::size_t(i) % files.size()].bytes.view(), clock);
          DR_CHECK(prediction.has_value());
        }
      });
    }
  }
  return Seconds(clock.Now() - start);
}

Task<int> Measure(IoContext& io, Clock& clock, const Options& options) {
  auto package = model::LoadPackage(options.model);
  if (!package) co_return fmt::print(stderr, "{}\n", package.error().message()), 2;
  const std::string name = package->name;
  model::Runtime runtime;
  const auto bare = model::Model::Load(std::move(*package), runtime);
  if (!bare) co_return fmt::print(stderr, "{}\n", bare.error().message()), 2;
  const auto files = ReadImages(options.images);
  if (files.empty()) co_return fmt::print(stderr, "no pictures in {}\n", options.images), 2;

  const std::string data = (std::filesystem::temp_directory_path() / ("darkroom-bench-" + RandomHex(4))).string();
  const std::string packages = std::filesystem::path(options.model).parent_path().string();
  tests::Service service(io, clock,
                         {DARKROOM_PROGRAM,
                          data,
                          {"--log", "warn", "--workers", std::to_string(options.workers), "--lanes",
                           std::to_string(options.lanes), "--models", packages, "--model", name}});
  const Status started = co_await service.Start();
  if (!started) co_return fmt::print(stderr, "{}\n", started.error().message()), 1;

  const int batch = 50, clients = 4;
  co_await Drive(io, clock, service.url(), name, files, options.count / 4, batch, clients);  // warm
  std::vector<double> ratios;
  fmt::print("{:>4} {:>14} {:>14} {:>7}   {} images, {} workers with {} lanes, {}\n", "run", "bare images/s", "service",
             "ratio", options.count, options.workers, options.lanes, name);
  CpuByThread cpu;
  double bare_cpu_s = 0;
  for (int run = 1; run <= options.repeats; ++run) {
    bare_cpu_s -= tests::CpuOf(getpid()).total_s;
    const double bare_s = BareLoop(**bare, clock, files, options.count, options.workers * options.lanes);
    bare_cpu_s += tests::CpuOf(getpid()).total_s;
    AddCpu(cpu, service, -1);
    const double service_s = co_await Drive(io, clock, service.url(), name, files, options.count, batch, clients);
    AddCpu(cpu, service, +1);
    ratios.push_back(bare_s / service_s);
    fmt::print("{:>4} {:>14.1f} {:>14.1f} {:>7.3f}\n", run, options.count / bare_s, options.count / service_s,
               ratios.back());
    std::fflush(stdout);
  }
  fmt::print("median ratio {:.3f}\n", Median(ratios));
  PrintCpu(cpu, options.count * options.repeats);
  fmt::print("  {:<24} {:>7.0f}\n", "bare loop", bare_cpu_s / (options.count * options.repeats) * 1e6);
  co_await service.Stop();
  std::filesystem::remove_all(data);
  co_return 0;
}

}  // namespace
}  // namespace darkroom::bench

int main(int argc, char** argv) {
  using namespace darkroom;
  bench::Options options;
  CLI::App app("Whole service against a bare loop");
  app.add_option("--model", options.model, "folder of a model package")->capture_default_str();
  app.add_option("--images", options.images, "folder of pictures")->capture_default_str();
  app.add_option("--workers", options.workers)->capture_default_str();
  app.add_option("--lanes", options.lanes, "threads of a worker")->capture_default_str();
  app.add_option("--count", options.count, "images a run")->capture_default_str();
  app.add_option("--repeats", options.repeats)->capture_default_str();
  CLI11_PARSE(app, argc, argv);
  InitLog("bench", "warn");
  IoContext io;
  const auto clock = MakeSystemClock(io);
  return io.RunUntilDone(bench::Measure(io, *clock, options));
}
