// `darkroom worker`: one worker process. `darkroom up` starts it with all it needs to know; by hand, give it the
// endpoint and the keys (DATA/keys.json).
#include "worker/worker.h"

#include <sys/prctl.h>
#include <unistd.h>

#include <boost/asio/signal_set.hpp>
#include <csignal>
#include <cstdio>
#include <cstdlib>

#include "aws/s3.h"
#include "aws/sqs.h"
#include "base/crypto.h"
#include "base/log.h"
#include "cli/commands.h"
#include "cli/names.h"
#include "cli/output.h"
#include "cli/package_follower.h"
#include "cli/packages.h"
#include "cli/setting_flags.h"
#include "ports/worker_notices.h"
#include "worker/lane_record.h"
#include "worker/model_runner.h"

namespace darkroom::cli {
namespace {

struct WorkerFlags {
  SettingFlags settings;
  std::string endpoint;
  std::string input_files;
  std::string lane_records;
};

// The queues and buckets of the service at the endpoint, and what they stand on.
struct Remote {
  explicit Remote(wire::Credentials keys) : credentials(std::move(keys)) {}

  http::Client http{"darkroom-worker"};
  aws::StaticCredentials credentials;
  std::unique_ptr<aws::SqsQueueService> queue_service;
  std::unique_ptr<aws::S3ObjectService> object_service;
  std::array<std::shared_ptr<Queue>, kPriorities.size()> requests;
  std::shared_ptr<Queue> results;
  std::shared_ptr<ObjectStore> inputs;
  std::shared_ptr<ObjectStore> outputs;

  worker::WorkerPorts ports() const {
    return {{requests[0].get(), requests[1].get(), requests[2].get()}, results.get(), inputs.get(), outputs.get()};
  }
};

Task<Result<std::shared_ptr<Queue>>> OpenQueue(QueueService& service, std::string name) {
  auto queue = co_await service.Open(name);
  if (queue && *queue == nullptr)
    co_return Fail(Code::kNotFound, "there is no queue '" + name + "'; is this a Darkroom service?");
  co_return queue;
}

Task<Result<std::shared_ptr<ObjectStore>>> OpenBucket(ObjectService& service, std::string name) {
  auto store = co_await service.Open(name);
  if (store && *store == nullptr) co_return Fail(Code::kNotFound, "there is no bucket '" + name + "'");
  co_return store;
}

Task<Status> Connect(Remote& remote, Clock& clock, const std::string& endpoint) {
  aws::S3Options options;
  options.endpoint = endpoint;
  auto queues = aws::SqsQueueService::Make(remote.http, clock, remote.credentials, options);
  if (!queues) co_return Fail(queues.error());
  remote.queue_service = std::move(*queues);
  auto objects = aws::S3ObjectService::Make(remote.http, clock, remote.credentials, options);
  if (!objects) co_return Fail(objects.error());
  remote.object_service = std::move(*objects);

  for (const Priority priority : kPriorities) {
    std::string name = RequestQueueName(priority);
    auto queue = co_await OpenQueue(*remote.queue_service, std::move(name));
    if (!queue) co_return Fail(queue.error());
    remote.requests[std::size_t(priority)] = *queue;
  }
  std::string results_name(kResults);
  auto results = co_await OpenQueue(*remote.queue_service, std::move(results_name));
  if (!results) co_return Fail(results.error());
  remote.results = *results;
  std::string input_name(kInputBucket);
  auto inputs = co_await OpenBucket(*remote.object_service, std::move(input_name));
  if (!inputs) co_return Fail(inputs.error());
  remote.inputs = *inputs;
  std::string output_name(kOutputBucket);
  auto outputs = co_await OpenBucket(*remote.object_service, std::move(output_name));
  if (!outputs) co_return Fail(outputs.error());
  remote.outputs = *outputs;
  co_return Status();
}

// Ends with the hub that started us: after a kill -9 of it nobody else would end us.
void DieWithParent() {
  const char* parent = std::getenv("DARKROOM_PARENT");
  if (parent == nullptr) return;
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (getppid() != std::atoi(parent)) std::_Exit(kUnreachable);  // it died before we asked
}

Task<void> WarmUp(WorkThread& thread, worker::ModelRunner& runner, std::string model) {
  auto load = [&runner, &model] { return runner.Warm(model); };
  const Status loaded = co_await RunOn(thread, std::move(load));
  if (!loaded) {
    spdlog::error("jobs of the default model fail until this is mended, others run: {}", loaded.error().message());
  }
}

// Tells the hub that jobs can come, once the default model has been loaded or could not be, and from then on each
// second that our loop turns (scaling/local_fleet.h). Jobs of other models are taken meanwhile; a load that takes very
// long is not waited for. On a person's terminal there is nobody to tell the second.
Task<void> SpeakUp(TaskGroup& warming, Clock& clock) {
  constexpr Duration kLongestWarmUp = 60s;
  const bool warm = co_await warming.Join(clock.Now() + kLongestWarmUp);
  if (!warm) spdlog::warn("the default model is still being loaded after {}", FormatDuration(kLongestWarmUp));
  std::puts("ready");
  std::fflush(stdout);
  while (std::getenv("DARKROOM_PARENT") != nullptr) {
    co_await SleepUntil(clock, clock.Now() + 1s);
    std::puts("alive");
    std::fflush(stdout);
  }
}

// A worker of the hub leaves that to the hub.
Task<void> RemoveOwnNotices(Remote& remote, std::string name) {
  if (std::getenv("DARKROOM_PARENT") != nullptr) co_return;
  const Status removed = co_await RemoveNotices(*remote.queue_service, std::move(name));
  if (!removed) spdlog::warn("could not remove the queue of notices: {}", removed.error().message());
}

// Works until SIGTERM or SIGINT, then drains.
Task<int> Work(IoContext& io, Clock& clock, const WorkerFlags& flags, const Settings& settings,
               std::string worker_name) {
  const auto keys = aws::FindCredentials(aws::ProcessEnvironment());
  if (!keys) co_return PrintError(keys.error()), kUsage;
  worker::WorkerOptions options;
  std::optional<worker::LaneRecord> record;
  if (!flags.lane_records.empty()) {
    auto created = worker::LaneRecord::Create(LaneRecordPath(flags.lane_records, worker_name), settings.lanes);
    if (!created) co_return PrintError(created.error()), kFailed;
    options.lane_record = &record.emplace(std::move(*created));
  }

  model::Runtime runtime({settings.onnxruntime});
  const auto directories = PackageDirectories(ShippedModels(), settings.models);
  const auto find = [&directories] { return FindAllPackages(directories); };
  worker::ModelCache models(find, runtime, settings.model_memory);
  worker::ModelRunner runner(models, clock);
  WorkThread warm_thread("warm-up");
  TaskGroup warming(io, clock);
  if (!settings.model.empty()) warming.Spawn(WarmUp(warm_thread, runner, settings.model));  // while we connect

  Remote remote(*keys);
  const Status connected = co_await Connect(remote, clock, flags.endpoint);
  if (!connected) {
    co_await warming.Join();
    co_return PrintError(connected.error().During(flags.endpoint)), kUnreachable;
  }

  options.name = worker_name;
  options.lanes = settings.lanes;
  options.input_files = flags.input_files;
  options.visibility = settings.lease;
  options.inline_result = std::size_t(settings.inline_result);
  options.cancel_polls = [&remote] { remote.http.CancelAll(); };
  options.open_notices = [&remote, worker_name] { return OpenNotices(*remote.queue_service, worker_name); };
  worker::Worker worker(io, clock, remote.ports(), runner, std::move(options));
  worker.Start();
  io.Spawn(SpeakUp(warming, clock));
  PackageFollower follower(io, clock, directories, [&models] { models.Refresh(); });
  follower.Start();

  asio::signal_set signals(io.context(), SIGTERM, SIGINT);
  co_await signals.async_wait(asio::use_awaitable);
  co_await worker.Drain(clock.Now() + settings.grace);
  constexpr Duration kLastCall = 2s;
  TaskGroup leaving(io, clock);
  leaving.Spawn(RemoveOwnNotices(remote, worker_name));
  co_await leaving.Join(clock.Now() + kLastCall);
  std::fflush(nullptr);
  std::_Exit(kOk);  // a run that outlasted the grace still holds its thread
}

}  // namespace

void AddWorker(CLI::App& app, int& exit) {
  auto flags = std::make_shared<WorkerFlags>();
  CLI::App* command = app.add_subcommand("worker", "one worker process; `darkroom up` starts these itself");
  flags->settings.AddTo(*command, kWorkerSettings);
  flags->settings.AddFlagsOnly(*command);
  command->add_option("--endpoint", flags->endpoint, "address of the gateway, or of SQS and S3")
      ->envname("AWS_ENDPOINT_URL")
      ->required();
  command
      ->add_option("--input-files", flags->input_files,
                   "DATA/objects of a service on this machine: read pictures there")
      ->type_name("DIR");
  command
      ->add_option("--lane-records", flags->lane_records,
                   "note there what runs at each moment, for whoever asks what this process died of")
      ->type_name("DIR");
  command->callback([flags, &exit] {
    DieWithParent();
    const auto loaded = flags->settings.Load();
    if (!loaded) return PrintError(loaded.error()), void(exit = kUsage);
    const char* given = std::getenv("DARKROOM_WORKER_NAME");
    const std::string name = given != nullptr ? given : "worker-" + RandomHex(4);
    InitLog(name, loaded->settings.log);
    IoContext io;
    const auto clock = MakeSystemClock(io);
    exit = io.RunUntilDone(Work(io, *clock, *flags, loaded->settings, name));
  });
}

}  // namespace darkroom::cli
