// `darkroom run`: pictures in, results out, without a service: starts one in a temporary directory, hands the pictures
// in, writes what they became and leaves nothing behind.
#include <fmt/format.h>

#include <boost/asio/signal_set.hpp>
#include <csignal>
#include <cstdio>
#include <cstdlib>

#include "base/json_writer.h"
#include "base/log.h"
#include "cli/commands.h"
#include "cli/hub_options.h"
#include "cli/output.h"
#include "cli/packages.h"
#include "cli/picture_jobs.h"
#include "cli/result_files.h"
#include "cli/setting_flags.h"
#include "cli/temporary_directory.h"
#include "cli/transform_flags.h"

namespace darkroom::cli {
namespace {

constexpr std::string_view kRunSettings[] = {"model",       "models",        "workers",   "lanes",
                                             "onnxruntime", "max_file_size", "max_pixels"};

struct RunFlags {
  SettingFlags settings;
  std::vector<std::string> images;
  std::string out;
  int top_k = 0;
  TransformFlags transforms;
  bool json = false;
};

// One run of the command, from the start of its hub to the end. Threads: the loop's alone.
class Run {
 public:
  Run(IoContext& io, Clock& clock, const RunFlags& flags)
      : io_(io), clock_(clock), flags_(flags), signals_(io.context(), SIGINT, SIGTERM), changed_(clock) {}

  // `options` but for the data directory. Returns the exit code.
  Task<int> Go(HubOptions options, std::vector<std::string> files);

 private:
  void WatchSignals();
  void End(int exit, std::string why);
  Task<void> Develop(ApiClient& api, std::vector<std::string> files, Fields fields);

  IoContext& io_;
  Clock& clock_;
  const RunFlags& flags_;
  asio::signal_set signals_;  // from before the directory is there: no signal may leave it behind
  std::optional<TemporaryDirectory> directory_;
  ProgressLine progress_;
  std::optional<int> exit_;  // set once: by the work itself, or by what breaks it off
  Signal changed_;
  std::size_t ended_ = 0;  // jobs
};

// The first reason counts.
void Run::End(int exit, std::string why) {
  if (exit_) return;
  exit_ = exit;
  progress_.Clear();
  if (!why.empty()) PrintError(Error(Code::kCancelled, std::move(why)));
  changed_.NotifyAll();
}

void Run::WatchSignals() {
  signals_.async_wait([this](boost::system::error_code error, int signal) {
    if (error) return;
    const std::string lost = flags_.out.empty() ? "" : "; no results were written";
    End(128 + signal, fmt::format("interrupted after {} pictures{}", ended_, lost));
    // A second signal means now.
    signals_.async_wait([this](boost::system::error_code again, int second) {
      if (again) return;
      if (directory_) directory_->Remove();
      std::_Exit(128 + second);
    });
  });
}

Task<int> Run::Go(HubOptions options, std::vector<std::string> files) {
  WatchSignals();
  auto directory = TemporaryDirectory::Make("darkroom-run");
  if (!directory) co_return PrintError(directory.error()), kUsage;
  directory_.emplace(std::move(*directory));
  options.settings.data = directory_->path();
  options.on_fatal = [this](const Error& error) { End(kFailed, "storage failed: " + error.message()); };
  const int hopeless = 4 + options.settings.workers;
  options.on_worker_death = [this, hopeless](int in_a_row) {
    if (in_a_row >= hopeless) {
      End(kFailed, fmt::format("no worker stays alive: {} died before one was ready", in_a_row));
    }
  };
  Fields fields{{"model", options.settings.model}};
  if (flags_.top_k > 0) fields.emplace_back("top_k", std::to_string(flags_.top_k));
  flags_.transforms.AddTo(fields);
  auto hub = co_await Hub::Start(io_, clock_, std::move(options));
  if (!hub) co_return PrintError(hub.error()), kUsage;

  std::optional<ApiClient> api(std::in_place, clock_, (*hub)->url());
  TaskGroup tasks(io_, clock_);
  tasks.Spawn(Develop(*api, std::move(files), std::move(fields)));
  while (!exit_) co_await changed_.Wait();
  api->Stop();
  const bool left = co_await tasks.Join(clock_.Now() + 1s);
  if (left) api.reset();
  co_await (*hub)->Stop();
  signals_.cancel();
  if (!left) {  // it reads a pipe that nobody closes
    directory_->Remove();
    std::fflush(nullptr);
    std::_Exit(*exit_);
  }
  co_return *exit_;
}

Task<void> Run::Develop(ApiClient& api, std::vector<std::string> files, Fields fields) {
  const std::size_t asked = files.size();
  Submitted submitted = co_await SubmitPictures(api, std::move(files), std::move(fields), progress_);
  if (exit_) co_return;
  if (submitted.error && submitted.jobs.empty()) {
    co_return End(ExitCode(*submitted.error), submitted.error->message());
  }
  bool all_good = !submitted.error;
  if (submitted.error) {
    PrintError(submitted.error->During(fmt::format("{} of {} pictures were taken", submitted.jobs.size(), asked)));
  }
  auto on_end = [&](const json::object& job) {
    ++ended_;
    all_good &= Succeeded(job);
    if (!flags_.json) return;
    Print("{}\n", WriteJson(job));
    const Status written = FlushOutput();
    if (!written) End(kFailed, "");  // main says so, as after every command
  };
  const Status awaited = co_await AwaitJobs(api, submitted, progress_, on_end);
  if (exit_) co_return;
  if (!awaited) co_return End(kFailed, awaited.error().message());
  if (!flags_.json) Print("{}", JobTable(submitted.jobs));
  if (!flags_.out.empty()) {
    const Status written = co_await WriteResults(api, submitted.jobs, flags_.out);
    if (!written) co_return End(kFailed, written.error().message());
    if (!flags_.json) Print("results in {}\n", flags_.out);
  }
  End(all_good ? kOk : submitted.batches.empty() ? kRefused : kFailed, "");
}

// What `run` decides itself. nullopt: it cannot begin, which has been said.
std::optional<HubOptions> OptionsOf(const RunFlags& flags) {
  auto loaded = flags.settings.Load();
  if (!loaded) return PrintError(loaded.error()), std::nullopt;
  Settings& settings = loaded->settings;
  if (settings.workers == 0) {
    const std::string& origin = loaded->origins.find("workers")->second;
    return PrintError(Error(Code::kInvalid, origin + ": run needs at least one worker")), std::nullopt;
  }
  settings.listen_address = "127.0.0.1";
  settings.listen_port = 0;
  settings.gateway_port = 0;
  settings.log = "error";
  settings.grace = 1s;  // nothing runs at the end, or what runs is given up
  auto options = MakeHubOptions(*loaded, ShippedModels());
  if (!options) return PrintError(options.error()), std::nullopt;
  return std::move(*options);
}

}  // namespace

void AddRun(CLI::App& app, int& exit) {
  auto flags = std::make_shared<RunFlags>();
  CLI::App* command = app.add_subcommand("run", "develop pictures in one go, without a service");
  command->add_option("images", flags->images, "pictures, or directories of pictures")->required()->type_name("IMAGE");
  flags->settings.AddTo(*command, kRunSettings);
  command->add_option("--out", flags->out, "directory for the results (PICTURE.result.json, …)")->type_name("DIR");
  flags->transforms.AddTo(*command);
  command->add_option("--top-k", flags->top_k, "how many labels to answer")->check(CLI::Range(1, 1000));
  command->add_flag("--json", flags->json, "one JSON object a job and line");
  command->callback([flags, &exit] {
    exit = kUsage;
    InitLog("run", "error");
    auto options = OptionsOf(*flags);
    if (!options) return;
    auto files = ListPictures(flags->images);
    if (!files) return PrintError(files.error());
    const Status out = flags->out.empty() ? Status() : PrepareDirectory(flags->out);
    if (!out) return PrintError(out.error());
    std::signal(SIGPIPE, SIG_IGN);  // output that nobody reads must not leave the directory behind
    IoContext io;
    const auto clock = MakeSystemClock(io);
    Run run(io, *clock, *flags);
    exit = io.RunUntilDone(run.Go(std::move(*options), std::move(*files)));
  });
}

}  // namespace darkroom::cli
