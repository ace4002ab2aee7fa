// `darkroom model bench PACKAGE`: how fast it runs here, as a table, and which settings that speaks for.
#include <fmt/format.h>

#include <thread>

#include "base/async.h"
#include "base/json_writer.h"
#include "base/log.h"
#include "cli/commands.h"
#include "cli/model_commands.h"
#include "cli/model_speed.h"
#include "cli/output.h"
#include "cli/picture_files.h"
#include "imaging/encode.h"

namespace darkroom::cli {
namespace {

struct BenchFlags {
  std::string package;
  std::vector<int> threads;
  double seconds = 3;
  std::vector<std::string> images;
  std::string onnxruntime;
  bool json = false;
};

struct Bench {
  std::string pictures;  // which were run, for people
  std::vector<ThreadsRow> rows;
  StepsRow steps;
  std::vector<BatchRow> batches;
  std::string no_batches;  // why there are none
  Memory memory;
  Proposal proposal;
};

// 1, 2, 4, … and as many as there are cores.
std::vector<int> UsualThreads() {
  const int cores = std::max(1, static_cast<int>(std::thread::hardware_concurrency()));
  std::vector<int> threads;
  for (int t = 1; t < cores; t *= 2) threads.push_back(t);
  threads.push_back(cores);
  return threads;
}

// A picture of the size that cameras send to web pages, for packages without samples.
Result<std::string> MadePicture() {
  constexpr int kWidth = 640, kHeight = 480;
  std::vector<std::uint8_t> samples;
  for (int y = 0; y < kHeight; ++y) {
    for (int x = 0; x < kWidth; ++x) {
      for (const int value : {x / 3, y / 2, (x * y) / 1000}) samples.push_back(static_cast<std::uint8_t>(value));
    }
  }
  return imaging::EncodeJpeg(imaging::PixelView(kWidth, kHeight, 3, samples), 90);
}

Result<std::vector<std::string>> Pictures(const model::Package& package, const BenchFlags& flags, std::string* which) {
  const auto files = SamplesOf(package, flags.images);
  if (!files) return Fail(files.error());
  std::vector<std::string> pictures;
  for (const std::string& file : *files) {
    auto bytes = ReadPicture(file);
    if (!bytes) return Fail(bytes.error());
    pictures.push_back(std::move(*bytes));
  }
  *which = fmt::format("{} {}", pictures.size(), flags.images.empty() ? "samples" : "pictures");
  if (!pictures.empty()) return pictures;
  auto made = MadePicture();
  if (!made) return Fail(made.error());
  *which = "a made-up JPEG of 640×480";
  return std::vector<std::string>{std::move(*made)};
}

Result<Bench> Measure(const model::Package& package, const BenchFlags& flags, const Clock& clock) {
  Bench bench;
  const auto pictures = Pictures(package, flags, &bench.pictures);
  if (!pictures) return Fail(pictures.error());
  model::Runtime runtime({flags.onnxruntime});
  const std::int64_t before = ResidentBytes();
  const auto model = model::Model::Load(package, runtime);
  if (!model) return Fail(model.error());
  const auto time = std::chrono::duration_cast<Duration>(std::chrono::duration<double>(flags.seconds));
  for (const int threads : flags.threads.empty() ? UsualThreads() : flags.threads) {
    const bool first = bench.rows.empty();
    auto row = MeasureThreads(**model, *pictures, threads, time, clock, first ? &bench.steps : nullptr);
    if (!row) return Fail(row.error());
    if (first) bench.memory = {.model = ResidentBytes() - before, .available = AvailableBytes()};
    bench.rows.push_back(*row);
  }
  auto batches = MeasureBatches(package, runtime, time / 3, clock, &bench.no_batches);
  if (!batches) return Fail(batches.error());
  if (*batches) bench.batches = std::move(**batches);
  bench.proposal = Propose(bench.rows, bench.batches, bench.memory);
  return bench;
}

void PrintBench(const model::Package& package, const Bench& bench) {
  Print("{} {}: {}; {} MB in memory\n\n", package.name, package.version, bench.pictures,
        std::max<std::int64_t>(1, bench.memory.model / 1'000'000));
  Print("{:>8} {:>12} {:>9} {:>9}\n", "threads", "pictures/s", "p50 ms", "p99 ms");
  for (const ThreadsRow& row : bench.rows) {
    Print("{:>8} {:>12.1f} {:>9.2f} {:>9.2f}\n", row.threads, row.per_s, row.p50_ms, row.p99_ms);
  }
  Print("\nof a picture's time at {} thread{}: decoding {:.2f} ms, preprocessing {:.2f} ms, network {:.2f} ms\n",
        bench.rows[0].threads, bench.rows[0].threads == 1 ? "" : "s", bench.steps.decode_ms, bench.steps.preprocess_ms,
        bench.steps.network_ms);
  if (bench.batches.empty()) {
    Print("no batches: {}\n", bench.no_batches);
  } else {
    Print("\n{:>8} {:>12}   the network alone, on one thread\n", "batch", "pictures/s");
    for (const BatchRow& row : bench.batches) {
      if (row.error.empty())
        Print("{:>8} {:>12.1f}\n", row.batch, row.per_s);
      else
        Print("{:>8} does not run: {}\n", row.batch, row.error);
    }
  }
  const Proposal& proposal = bench.proposal;
  Print("\nproposed: workers = {}, lanes = {} ({})\n", proposal.workers, proposal.lanes, proposal.why);
  if (proposal.batch > 1) {
    Print("batches: {} at once would bring the network {:.0f} % more\n", proposal.batch, proposal.batch_gain * 100);
  } else if (!bench.batches.empty()) {
    Print("batches: gain nothing that counts ({:+.0f} % at best)\n", proposal.batch_gain * 100);
  }
}

void PrintJson(const model::Package& package, const Bench& bench) {
  json::array threads, batches;
  for (const ThreadsRow& row : bench.rows) {
    threads.push_back(json::object{
        {"threads", row.threads}, {"pictures_per_s", row.per_s}, {"p50_ms", row.p50_ms}, {"p99_ms", row.p99_ms}});
  }
  for (const BatchRow& row : bench.batches) {
    if (row.error.empty())
      batches.push_back(json::object{{"batch", row.batch}, {"pictures_per_s", row.per_s}});
    else
      batches.push_back(json::object{{"batch", row.batch}, {"error", row.error}});
  }
  const Proposal& proposal = bench.proposal;
  Print("{}\n", WriteJson(json::object{
                    {"model", json::object{{"name", package.name}, {"version", package.version}}},
                    {"pictures", bench.pictures},
                    {"threads", std::move(threads)},
                    {"steps_ms", json::object{{"decode", bench.steps.decode_ms},
                                              {"preprocess", bench.steps.preprocess_ms},
                                              {"network", bench.steps.network_ms}}},
                    {"batches", std::move(batches)},
                    {"memory", json::object{{"model", bench.memory.model}, {"available", bench.memory.available}}},
                    {"proposal", json::object{{"workers", proposal.workers},
                                              {"lanes", proposal.lanes},
                                              {"batch", proposal.batch},
                                              {"batch_gain", proposal.batch_gain}}}}));
}

int RunBench(const BenchFlags& flags) {
  auto package = model::LoadPackage(flags.package);
  if (!package) return PrintError(package.error()), kUsage;
  if (package->task == model::Task::kNoop) {
    return PrintError(Error(Code::kInvalid, flags.package + ": is a noop, which runs nothing")), kUsage;
  }
  IoContext io;
  const auto clock = MakeSystemClock(io);
  const auto bench = Measure(*package, flags, *clock);
  if (!bench) return PrintError(bench.error()), kFailed;
  if (flags.json)
    PrintJson(*package, *bench);
  else
    PrintBench(*package, *bench);
  return kOk;
}

}  // namespace

void AddModelBench(CLI::App& model, int& exit) {
  auto flags = std::make_shared<BenchFlags>();
  CLI::App* command = model.add_subcommand("bench", "measure a package over threads and batches, and propose settings");
  command->add_option("package", flags->package, "folder of a package")->required()->type_name("DIR");
  command->add_option("--threads", flags->threads, "numbers of threads, as 1,2,4; default up to the cores")
      ->delimiter(',')
      ->allow_extra_args(false)
      ->check(CLI::Range(1, 256))
      ->type_name("N,…");
  command->add_option("--seconds", flags->seconds, "for each row")
      ->check(CLI::Range(0.01, 3600.0))
      ->capture_default_str();
  command->add_option("--image", flags->images, "pictures, or directories of them, instead of the package's samples/")
      ->type_name("IMAGE");
  command->add_flag("--json", flags->json, "print JSON");
  command->add_option("--onnxruntime", flags->onnxruntime, "libonnxruntime.so.1, where it is not found by itself")
      ->envname("DARKROOM_ONNXRUNTIME");
  command->callback([flags, &exit] {
    InitLog("model", "warn");
    exit = RunBench(*flags);
  });
}

}  // namespace darkroom::cli
