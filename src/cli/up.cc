// `darkroom up`: the whole service on this machine.
#include <fmt/format.h>

#include <boost/asio/signal_set.hpp>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <filesystem>

#include "base/log.h"
#include "cli/commands.h"
#include "cli/hub_options.h"
#include "cli/output.h"
#include "cli/packages.h"
#include "cli/picture_jobs.h"
#include "cli/setting_flags.h"

namespace darkroom::cli {
namespace {

struct UpFlags {
  SettingFlags settings;
  bool demo = false;
};

// Hands the samples of one shipped package in and prints what became of them. False when that failed.
Task<bool> DemoOf(ApiClient& api, std::string model, std::vector<std::string> samples) {
  ProgressLine progress;
  Fields fields{{"model", model}};
  Submitted submitted = co_await SubmitPictures(api, std::move(samples), std::move(fields), progress);
  if (submitted.error) co_return PrintError(submitted.error->During("demo")), false;
  const auto ignore = [](const json::object&) {};
  const Status awaited = co_await AwaitJobs(api, submitted, progress, ignore);
  if (!awaited) co_return PrintError(awaited.error().During("demo")), false;
  Print("\n{}\n{}", model, JobTable(submitted.jobs));
  std::fflush(stdout);
  co_return true;
}

// Those of all packages that are shipped with samples.
Task<void> Demo(Clock& clock, std::string url, std::string shipped) {
  ApiClient api(clock, url);
  for (const model::Package& package : model::FindPackages(shipped).packages) {
    auto samples = ListPictures({(package.toml_path.parent_path() / "samples").string()});
    if (!samples) continue;  // it has none
    const bool shown = co_await DemoOf(api, package.name, std::move(*samples));
    if (!shown) co_return;
  }
  Print("\nSee them at {}; try your own: drop a picture there, or run\n  {} submit PICTURE --wait --server {}\n", url,
        ProgramPath(), url);
  std::fflush(stdout);
}

Task<int> Serve(IoContext& io, Clock& clock, HubOptions options, bool demo, std::string shipped) {
  Signal stop(clock);
  bool stopping = false;
  bool broken = false;
  options.on_fatal = [&](const Error& error) {
    spdlog::critical("storage failed, stopping: {}", error.message());
    stopping = broken = true;
    stop.NotifyAll();
  };
  const std::string data = options.settings.data;
  const Duration grace = options.settings.grace;
  auto hub = co_await Hub::Start(io, clock, std::move(options));
  if (!hub) {
    PrintError(hub.error());
    co_return broken ? kFailed : kUsage;
  }
  Print("Darkroom is ready at {}\n", (*hub)->url());
  Print("  data in {}; Ctrl-C stops it and loses nothing\n", data);
  Print("  SQS and S3 for your own tools at {}; keys in {}/keys.json\n", (*hub)->gateway_endpoint(), data);
  std::fflush(stdout);

  asio::signal_set signals(io.context(), SIGINT, SIGTERM);
  signals.async_wait([&](boost::system::error_code error, int) {
    if (error) return;
    stopping = true;
    stop.NotifyAll();
    // A second signal means now.
    signals.async_wait([](boost::system::error_code again, int) {
      if (!again) std::_Exit(kFailed);
    });
  });
  TaskGroup tasks(io, clock);
  if (demo) tasks.Spawn(Demo(clock, (*hub)->url(), std::move(shipped)));
  while (!stopping) co_await stop.Wait();
  Print("Stopping: running work may go on for {}; Ctrl-C again ends at once\n", FormatDuration(grace));
  std::fflush(stdout);
  co_await (*hub)->Stop();
  co_await tasks.Join(clock.Now() + 1s);
  signals.cancel();
  if (tasks.size() > 0) std::_Exit(broken ? kFailed : kOk);  // a demo that waits for a service that has gone
  co_return broken ? kFailed : kOk;
}

}  // namespace

void AddUp(CLI::App& app, int& exit) {
  auto flags = std::make_shared<UpFlags>();
  CLI::App* command = app.add_subcommand("up", "the whole service on this machine: page, API, queue, workers");
  flags->settings.AddTo(*command);
  command->add_flag("--demo", flags->demo, "hand in the shipped samples and print their results");
  command->callback([flags, &exit] {
    const auto loaded = flags->settings.Load();
    if (!loaded) return PrintError(loaded.error()), void(exit = kUsage);
    InitLog("hub", loaded->settings.log);
    const std::string shipped = ShippedModels();
    IoContext io;
    const auto clock = MakeSystemClock(io);
    auto options = MakeHubOptions(*loaded, shipped);
    if (!options) return PrintError(options.error()), void(exit = kUsage);
    std::signal(SIGPIPE, SIG_IGN);  // a reader of our output may leave
    exit = io.RunUntilDone(Serve(io, *clock, std::move(*options), flags->demo, shipped));
  });
}

}  // namespace darkroom::cli
