// `darkroom submit`: hands pictures to a running service.
#include <fmt/format.h>

#include <cstdio>

#include "cli/commands.h"
#include "cli/picture_jobs.h"
#include "cli/setting_flags.h"

namespace darkroom::cli {
namespace {

struct SubmitFlags {
  std::vector<std::string> images;
  std::string server = kDefaultServer;
  std::string model, priority, email, webhook, metadata;
  int top_k = 0;
  int deadline_ms = 0;
  bool wait = false;
  bool json = false;

  Fields fields() const {
    Fields fields;
    const std::pair<const char*, const std::string*> texts[] = {
        {"model", &model}, {"priority", &priority}, {"email", &email}, {"webhook", &webhook}, {"metadata", &metadata}};
    for (const auto& [name, value] : texts) {
      if (!value->empty()) fields.emplace_back(name, *value);
    }
    if (top_k > 0) fields.emplace_back("top_k", std::to_string(top_k));
    if (deadline_ms > 0) fields.emplace_back("deadline_ms", std::to_string(deadline_ms));
    return fields;
  }
};

void PrintLine(const json::object& job) {
  fmt::print("{}\n", json::serialize(job));
  std::fflush(stdout);
}

Task<int> Submit(IoContext& io, Clock& clock, const SubmitFlags& flags, std::vector<std::string> files) {
  ApiClient api(io, clock, flags.server);
  ProgressLine progress;
  auto submitted = co_await SubmitPictures(api, std::move(files), flags.fields(), progress);
  if (!submitted) {
    progress.Clear();
    co_return PrintError(submitted.error()), ExitCode(submitted.error());
  }
  if (!flags.wait) {
    for (const json::object& job : submitted->jobs) {
      if (flags.json)
        PrintLine(job);
      else
        fmt::print("{}  {}\n", JobText(job, "id"), JobText(job, "state"));
    }
    if (!flags.json) {
      for (const std::string& batch : submitted->batches)
        fmt::print("follow with: darkroom status --batch {}\n", batch);
    }
    co_return kOk;
  }
  bool all_good = true;
  auto on_end = [&](const json::object& job) {
    all_good &= Succeeded(job);
    if (flags.json) PrintLine(job);
  };
  const Status awaited = co_await AwaitJobs(api, *submitted, progress, on_end);
  if (!awaited) co_return PrintError(awaited.error()), ExitCode(awaited.error());
  if (!flags.json) fmt::print("{}", JobTable(submitted->jobs));
  co_return all_good ? kOk : kFailed;
}

}  // namespace

void AddSubmit(CLI::App& app, int& exit) {
  auto flags = std::make_shared<SubmitFlags>();
  CLI::App* command = app.add_subcommand("submit", "hand pictures to a running service");
  command->add_option("images", flags->images, "pictures, or directories of pictures")->required()->type_name("IMAGE");
  command->add_option("--server", flags->server, "address of the service")
      ->envname("DARKROOM_SERVER")
      ->capture_default_str();
  command->add_option("--model", flags->model, "NAME or NAME@VERSION; default the service's");
  command->add_option("--top-k", flags->top_k, "how many labels to answer")->check(CLI::Range(1, 1000));
  command->add_option("--priority", flags->priority, "which work goes first")
      ->check(CLI::IsMember({"high", "normal", "low"}));
  command->add_option("--deadline-ms", flags->deadline_ms, "not begun by then: expired")->check(CLI::PositiveNumber);
  command->add_option("--email", flags->email, "stored with the batch");
  command->add_option("--webhook", flags->webhook, "stored with the batch");
  command->add_option("--metadata", flags->metadata, "a JSON object, given back with each job");
  command->add_flag("--wait", flags->wait, "wait for the results and print them");
  command->add_flag("--json", flags->json, "one JSON object a job and line");
  command->callback([flags, &exit] {
    auto files = ListPictures(flags->images);
    if (!files) return PrintError(files.error()), void(exit = kUsage);
    IoContext io;
    const auto clock = MakeSystemClock(io);
    exit = io.RunUntilDone(Submit(io, *clock, *flags, std::move(*files)));
  });
}

}  // namespace darkroom::cli
