// `darkroom submit`: hands pictures to a running service.
#include <fmt/format.h>

#include <cstdio>

#include "base/json_writer.h"
#include "cli/commands.h"
#include "cli/output.h"
#include "cli/picture_jobs.h"
#include "cli/server_flag.h"
#include "cli/transform_flags.h"

namespace darkroom::cli {
namespace {

constexpr int kMaxDeadlineMs = 14 * 24 * 3600 * 1000;  // the service's bound

struct SubmitFlags {
  std::vector<std::string> images;
  std::string server = kDefaultServer;
  std::string model, priority, email, webhook, metadata;
  TransformFlags transforms;
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
    transforms.AddTo(fields);
    if (deadline_ms > 0) fields.emplace_back("deadline_ms", std::to_string(deadline_ms));
    return fields;
  }
};

void PrintAccepted(const Submitted& submitted, bool as_json) {
  for (const json::object& job : submitted.jobs) {
    if (as_json) {
      Print("{}\n", WriteJson(job));
    } else if (const std::string id = JobText(job, "id"); !id.empty()) {
      Print("{}  {}\n", id, JobText(job, "state"));
    } else {
      PrintError(Error(Code::kInvalid, Answer(job)));
    }
  }
  if (as_json) return;
  for (const std::string& batch : submitted.batches) Print("follow with: darkroom status --batch {}\n", batch);
}

// Says what was handed in before the rest could not be.
int BreakOff(const Submitted& submitted, std::size_t asked, bool as_json) {
  if (submitted.jobs.empty()) return PrintError(*submitted.error), ExitCode(*submitted.error);
  PrintAccepted(submitted, as_json);
  std::string follow;
  if (!submitted.batches.empty())
    follow = fmt::format(" (the last batch: `darkroom status --batch {}`)", submitted.batches.back());
  PrintError(submitted.error->During(
      fmt::format("{} of {} pictures were handed in{}, the others not", submitted.jobs.size(), asked, follow)));
  return kFailed;
}

Task<int> Submit(Clock& clock, const SubmitFlags& flags, std::vector<std::string> files) {
  ApiClient api(clock, flags.server);
  ProgressLine progress;
  const std::size_t asked = files.size();
  Fields fields = flags.fields();
  Submitted submitted = co_await SubmitPictures(api, std::move(files), std::move(fields), progress);
  if (submitted.error) co_return BreakOff(submitted, asked, flags.json);
  bool all_good = true;
  if (!flags.wait) {
    PrintAccepted(submitted, flags.json);
    for (const json::object& job : submitted.jobs) all_good &= !Ended(job) || Succeeded(job);
  } else {
    auto on_end = [&](const json::object& job) {
      all_good &= Succeeded(job);
      if (!flags.json) return;
      Print("{}\n", WriteJson(job));
      std::fflush(stdout);
    };
    const Status awaited = co_await AwaitJobs(api, submitted, progress, on_end);
    if (!awaited) co_return PrintError(awaited.error()), ExitCode(awaited.error());
    if (!flags.json) Print("{}", JobTable(submitted.jobs));
  }
  co_return all_good ? kOk : submitted.batches.empty() ? kRefused : kFailed;
}

}  // namespace

void AddSubmit(CLI::App& app, int& exit) {
  auto flags = std::make_shared<SubmitFlags>();
  CLI::App* command = app.add_subcommand("submit", "hand pictures to a running service");
  command->add_option("images", flags->images, "pictures, or directories of pictures")->required()->type_name("IMAGE");
  AddServerFlag(*command, flags->server);
  command->add_option("--model", flags->model, "NAME or NAME@VERSION; default the service's");
  command->add_option("--top-k", flags->top_k, "how many labels to answer")->check(CLI::Range(1, 1000));
  flags->transforms.AddTo(*command);
  command->add_option("--priority", flags->priority, "which work goes first")
      ->check(CLI::IsMember({"high", "normal", "low"}));
  command->add_option("--deadline-ms", flags->deadline_ms, "not begun by then: expired")
      ->check(CLI::Range(1, kMaxDeadlineMs));
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
    exit = io.RunUntilDone(Submit(*clock, *flags, std::move(*files)));
  });
}

}  // namespace darkroom::cli
