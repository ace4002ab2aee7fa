// What a worker costs beside a bare ONNX Runtime process that loads the same network and runs it on zeros: memory,
// memory of each further lane, and the time from exec to the first result. The bare process is this program again.
//
//   worker_bench [--model DIR] [--images DIR] [--runs N] [--repeats N]
#include <fmt/format.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <iostream>

#include "base/crypto.h"
#include "base/log.h"
#include "cli/picture_jobs.h"
#include "gateway/keys.h"
#include "model/package.h"
#include "model/session.h"
#include "service_bench.h"

namespace darkroom::bench {
namespace {

struct Options {
  std::string model = DARKROOM_SOURCE "/models/furniture";
  std::string images = DARKROOM_SOURCE "/models/furniture/samples";
  int runs = 40;
  int repeats = 7;
  std::string bare;  // a network: be the bare process
};

constexpr double kMegabyte = 1e6;

template <class T>
T Must(Result<T> result) {
  if (result) return std::move(*result);
  fmt::print(stderr, "benchmark: {}\n", result.error().message());
  std::exit(1);
}

// Loads the network, runs it, says so, runs it some more, says so, and stays until its input is closed.
int BeBare(const std::string& file, int runs) {
  model::Runtime runtime;
  const auto session = Must(model::Session::Load(file, runtime));
  std::vector<model::Tensor> zeros;
  for (const model::TensorSpec& spec : session->inputs()) {
    model::Shape shape = spec.shape;
    for (auto& side : shape) side = side < 1 ? 1 : side;
    zeros.emplace_back(spec.type, shape);
  }
  std::vector<const model::Tensor*> given;
  for (const model::Tensor& tensor : zeros) given.push_back(&tensor);
  std::vector<std::size_t> wanted(session->outputs().size());
  for (std::size_t i = 0; i < wanted.size(); ++i) wanted[i] = i;
  for (int run = 0; run < runs; ++run) {
    Must(session->Run(given, wanted));
    if (run == 0) std::cout << "first" << std::endl;
  }
  std::cout << "ran" << std::endl;
  pause();
  return 0;
}

struct Cost {
  double start_s = 0;
  double rss = 0;  // bytes
};

Task<Cost> MeasureBare(IoContext& io, Clock& clock, std::string file, int runs) {
  scaling::Command command{"/proc/self/exe", {"--bare", std::move(file), "--runs", std::to_string(runs)}, {}};
  Cost cost;
  const Time began = clock.Now();
  auto process = Must(scaling::ChildProcess::Start(io, command));
  co_await process.ReadLine();
  cost.start_s = Seconds(clock.Now() - began);
  co_await process.ReadLine();
  cost.rss = double(tests::RssBytes(process.pid()));
  process.Signal(SIGKILL);
  co_await process.Exit();
  co_return cost;
}

class WorkerCost {
 public:
  WorkerCost(IoContext& io, Clock& clock, const Options& options) : io_(io), clock_(clock), options_(options) {
    for (const std::string& path : Must(cli::ListPictures({options.images}))) {
      std::ifstream file(path, std::ios::binary);
      files_.push_back({"picture", std::string(std::istreambuf_iterator<char>(file), {})});
    }
  }
  ~WorkerCost() { std::filesystem::remove_all(data_); }

  // A service whose worker we start ourselves: first the job, then the worker, then its first result.
  Task<Cost> FirstResult() {
    tests::Service service(io_, clock_, {DARKROOM_PROGRAM, data_, Arguments(0, 1)});
    const Status started = co_await service.Start();
    if (!started) Must<int>(Fail(started.error()));
    cli::ApiClient api(clock_, service.url());
    cli::SubmitRequest request;
    request.files.push_back(files_[0]);
    request.idempotency_key = RandomHex(8);
    const auto answer = co_await api.Submit(std::move(request));
    if (!answer) Must<int>(Fail(answer.error()));
    std::string batch = cli::JobText(answer->at("batch").as_object(), "id");
    Cost cost;
    const Time began = clock_.Now();
    auto worker = StartWorker();
    bool succeeded = false;
    auto on_job = [&](const json::object& job) { succeeded = succeeded || cli::Succeeded(job); };
    const auto followed = co_await api.Follow(std::move(batch), on_job);
    if (!followed || !succeeded) Must<int>(Fail(Code::kInternal, "the first job did not succeed"));
    cost.start_s = Seconds(clock_.Now() - began);
    worker.Signal(SIGKILL);
    co_await worker.Exit();
    co_await service.Stop();
    co_return cost;
  }

  // After as many runs as the bare process had.
  Task<double> Rss(int lanes) {
    tests::Service service(io_, clock_, {DARKROOM_PROGRAM, data_, Arguments(1, lanes)});
    const Status started = co_await service.Start();
    if (!started) Must<int>(Fail(started.error()));
    const std::string name = std::filesystem::path(options_.model).filename().string();
    co_await Drive(io_, clock_, service.url(), name, files_, options_.runs * lanes, 10, 2);
    double rss = 0;
    for (const pid_t worker : service.WorkerPids()) rss = std::max(rss, double(tests::RssBytes(worker)));
    co_await service.Stop();
    co_return rss;
  }

 private:
  std::vector<std::string> Arguments(int workers, int lanes) const {
    const std::filesystem::path package(options_.model);
    return {"--log",          "warn",
            "--workers",      std::to_string(workers),
            "--lanes",        std::to_string(lanes),
            "--gateway-port", std::to_string(kGatewayPort),
            "--models",       package.parent_path().string(),
            "--model",        package.filename().string()};
  }

  scaling::ChildProcess StartWorker() const {
    const wire::Credentials keys = Must(gateway::LoadOrCreateKeys(data_ + "/keys.json"));
    const std::filesystem::path package(options_.model);
    const scaling::Command command{
        DARKROOM_PROGRAM,
        {"worker", "--flags-only", "--endpoint", fmt::format("http://127.0.0.1:{}", kGatewayPort), "--input-files",
         data_ + "/objects", "--models", package.parent_path().string(), "--model", package.filename().string(),
         "--lanes", "1", "--log", "warn"},
        {"AWS_ACCESS_KEY_ID=" + keys.access_key, "AWS_SECRET_ACCESS_KEY=" + keys.secret_key}};
    return Must(scaling::ChildProcess::Start(io_, command));
  }

  static constexpr int kGatewayPort = 31'411;
  IoContext& io_;
  Clock& clock_;
  const Options& options_;
  const std::string data_ = (std::filesystem::temp_directory_path() / ("darkroom-bench-" + RandomHex(4))).string();
  std::vector<cli::Upload> files_;
};

Task<int> Measure(IoContext& io, Clock& clock, const Options& options) {
  const model::Package package = Must(model::LoadPackage(options.model));
  const std::string network = package.stages.at(0).network.string();
  WorkerCost worker(io, clock, options);
  std::vector<double> bare_start, start, ratio;
  Cost bare;
  for (int run = 0; run < options.repeats; ++run) {
    bare = co_await MeasureBare(io, clock, network, options.runs);
    const Cost ours = co_await worker.FirstResult();
    bare_start.push_back(bare.start_s);
    start.push_back(ours.start_s);
    ratio.push_back(ours.start_s / bare.start_s);
  }
  fmt::print("exec to first result: bare {:.0f} ms, worker {:.0f} ms, ratio {:.2f} (medians of {})\n",
             Median(bare_start) * 1e3, Median(start) * 1e3, Median(ratio), options.repeats);
  const double one = co_await worker.Rss(1), two = co_await worker.Rss(2), four = co_await worker.Rss(4);
  fmt::print("memory: bare {:.1f} MB, worker {:.1f} MB, ratio {:.2f}\n", bare.rss / kMegabyte, one / kMegabyte,
             one / bare.rss);
  fmt::print("each further lane: the second {:.1f} MB, the third and fourth {:.1f} MB\n", (two - one) / kMegabyte,
             (four - two) / 2 / kMegabyte);
  co_return 0;
}

}  // namespace
}  // namespace darkroom::bench

int main(int argc, char** argv) {
  using namespace darkroom;
  bench::Options options;
  CLI::App app("A worker against a bare ONNX Runtime process");
  app.add_option("--model", options.model, "folder of a model package, with a model.onnx")->capture_default_str();
  app.add_option("--images", options.images, "folder of pictures")->capture_default_str();
  app.add_option("--runs", options.runs, "before memory is looked at, a lane")->capture_default_str();
  app.add_option("--repeats", options.repeats, "of the start")->capture_default_str();
  app.add_option("--bare", options.bare, "a network: be the bare process");
  CLI11_PARSE(app, argc, argv);
  if (!options.bare.empty()) return bench::BeBare(options.bare, options.runs);
  InitLog("bench", "warn");
  IoContext io;
  const auto clock = MakeSystemClock(io);
  return io.RunUntilDone(bench::Measure(io, *clock, options));
}
