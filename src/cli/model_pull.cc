// `darkroom model pull NAME`: a package from a catalogue into the folder of one's own packages.
#include <fmt/format.h>

#include <boost/asio/signal_set.hpp>
#include <csignal>

#include "base/log.h"
#include "cli/commands.h"
#include "cli/model_commands.h"
#include "cli/output.h"
#include "cli/package_pull.h"
#include "cli/progress_line.h"

namespace darkroom::cli {
namespace {

struct PullFlags {
  SettingFlags settings;
  std::string name;
  std::string catalogue;
  std::string onnxruntime;
};

int ExitOf(const Error& error) {
  switch (error.code()) {
    case Code::kUnavailable:
      return kUnreachable;
    case Code::kNotFound:
    case Code::kConflict:
    case Code::kDenied:
      return kRefused;
    case Code::kCancelled:
      return 128 + SIGINT;
    default:
      return kFailed;
  }
}

int RunPull(const PullFlags& flags) {
  const auto folder = OwnFolder(flags.settings);
  if (!folder) return PrintError(folder.error()), kUsage;
  IoContext io;
  http::Client client;
  model::Runtime runtime({flags.onnxruntime});
  ProgressLine progress;
  // What was begun is cleaned up, as after any error.
  asio::signal_set signals(io.context(), SIGINT, SIGTERM);
  signals.async_wait([&](boost::system::error_code error, int) {
    if (!error) client.CancelAll();
  });
  std::function<void(std::uint64_t, std::uint64_t)> show = [&](std::uint64_t done, std::uint64_t total) {
    progress.Show("downloading", total == 0 ? 1 : double(done) / double(total),
                  fmt::format("{:.1f} of {:.1f} MB", double(done) / 1e6, double(total) / 1e6));
  };
  PullOptions options{.wanted = flags.name, .catalogue = flags.catalogue, .models = *folder};
  const auto pulled = io.RunUntilDone(PullPackage(client, runtime, std::move(options), std::move(show)));
  progress.Clear();
  if (!pulled) return PrintError(pulled.error()), ExitOf(pulled.error());
  const model::Package& package = pulled->package;
  Print("{}: {} {}, {}, {}{}\n", pulled->home.string(), package.name, package.version, Name(package.task),
        SizeText(pulled->size), pulled->there_before ? ", was there already" : "");
  return kOk;
}

}  // namespace

void AddModelPull(CLI::App& model, int& exit) {
  auto flags = std::make_shared<PullFlags>();
  CLI::App* command =
      model.add_subcommand("pull", "download a package that a catalogue names, check its digests, and load it");
  command->add_option("name", flags->name, "its newest version, or NAME@VERSION")
      ->required()
      ->type_name("NAME[@VERSION]");
  command->add_option("--catalogue", flags->catalogue, "file or address of the catalogue")
      ->required()
      ->type_name("FILE|URL")
      ->envname("DARKROOM_CATALOGUE");
  command->add_option("--onnxruntime", flags->onnxruntime, "libonnxruntime.so.1, where it is not found by itself")
      ->envname("DARKROOM_ONNXRUNTIME");
  flags->settings.AddTo(*command, kModelFolderSettings);
  command->callback([flags, &exit] {
    InitLog("model", "warn");
    exit = RunPull(*flags);
  });
}

}  // namespace darkroom::cli
