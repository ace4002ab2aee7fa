// Jobs per second from upload to result with a model that does nothing, and the CPU time a job costs by process and
// thread: what the service itself takes.
//
//   noop_bench [--workers N] [--count N] [--repeats N] [--batch N] [--clients N]
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <filesystem>
#include <fstream>

#include "base/crypto.h"
#include "base/log.h"
#include "service_bench.h"

namespace darkroom::bench {
namespace {

struct Options {
  int workers = 2;
  int count = 5000;
  int repeats = 5;
  int batch = 50;
  int clients = 8;
};

Task<int> Measure(IoContext& io, Clock& clock, const Options& options) {
  std::ifstream sample(DARKROOM_SOURCE "/models/furniture/samples/chair_1.jpg", std::ios::binary);
  const std::vector<cli::Upload> files{{"chair.jpg", std::string(std::istreambuf_iterator<char>(sample), {})}};
  const std::string data = (std::filesystem::temp_directory_path() / ("darkroom-bench-" + RandomHex(4))).string();
  tests::Service service(io, clock,
                         {DARKROOM_PROGRAM, data, {"--log", "warn", "--workers", std::to_string(options.workers)}});
  const Status started = co_await service.Start();
  if (!started) co_return fmt::print(stderr, "{}\n", started.error().message()), 1;
  co_await Drive(io, clock, service.url(), "noop", files, options.count / 5, options.batch, options.clients);  // warm

  CpuByThread cpu;
  AddCpu(cpu, service, -1);
  std::vector<double> rates;
  fmt::print("jobs/s, {} jobs of {} kB a run, {} at a time from each of {} clients, {} workers:", options.count,
             files[0].bytes.size() / 1000, options.batch, options.clients, options.workers);
  for (int run = 0; run < options.repeats; ++run) {
    const double seconds =
        co_await Drive(io, clock, service.url(), "noop", files, options.count, options.batch, options.clients);
    rates.push_back(options.count / seconds);
    fmt::print(" {:.0f}", rates.back());
    std::fflush(stdout);
  }
  AddCpu(cpu, service, +1);
  fmt::print("\nmedian {:.0f} jobs/s\n", Median(rates));
  PrintCpu(cpu, options.count * options.repeats);
  fmt::print("hub RSS {:.1f} MB with {} jobs stored\n", double(tests::RssBytes(service.pid())) / 1e6,
             options.count * options.repeats);
  co_await service.Stop();
  std::filesystem::remove_all(data);
  co_return 0;
}

}  // namespace
}  // namespace darkroom::bench

int main(int argc, char** argv) {
  using namespace darkroom;
  bench::Options options;
  CLI::App app("The service around a model that does nothing");
  app.add_option("--workers", options.workers)->capture_default_str();
  app.add_option("--count", options.count, "jobs a run")->capture_default_str();
  app.add_option("--repeats", options.repeats)->capture_default_str();
  app.add_option("--batch", options.batch, "jobs a submission")->capture_default_str();
  app.add_option("--clients", options.clients)->capture_default_str();
  CLI11_PARSE(app, argc, argv);
  InitLog("bench", "warn");
  IoContext io;
  const auto clock = MakeSystemClock(io);
  return io.RunUntilDone(bench::Measure(io, *clock, options));
}
