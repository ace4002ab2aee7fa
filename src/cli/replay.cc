// `darkroom replay JOB`: runs a job that succeeded once more, with the same picture, model and options, and says
// whether the same comes out.
#include <fmt/format.h>

#include "base/json_writer.h"
#include "cli/commands.h"
#include "cli/output.h"
#include "cli/picture_jobs.h"
#include "cli/result_difference.h"
#include "cli/server_flag.h"

namespace darkroom::cli {
namespace {

struct ReplayFlags {
  std::string server = kDefaultServer;
  std::string job;
  bool json = false;
};

// What the job was asked for, with the version that ran it.
Fields FieldsOf(const json::object& job) {
  Fields fields;
  if (const auto model = GetObject(job, "model"); model && *model != nullptr) {
    fields.emplace_back("model", JobText(**model, "name") + "@" + JobText(**model, "version"));
  }
  for (const char* key : {"top_k", "transforms", "seed"}) {
    if (const json::value* value = job.if_contains(key)) fields.emplace_back(key, WriteJson(*value));
  }
  return fields;
}

int Report(const ReplayFlags& flags, const json::object& before, const json::object& after) {
  const std::vector<std::string> differences = Differences(before, after);
  if (flags.json) {
    json::array lines(differences.begin(), differences.end());
    Print("{}\n", WriteJson(json::object{{"job", JobText(before, "id")},
                                         {"replay", JobText(after, "id")},
                                         {"same", differences.empty()},
                                         {"differences", std::move(lines)}}));
  } else if (differences.empty()) {
    Print("the same: {}\n", Answer(after));
  } else {
    Print("not the same as job {}, see job {}:\n", JobText(before, "id"), JobText(after, "id"));
    for (const std::string& line : differences) Print("  {}\n", line);
  }
  return differences.empty() ? kOk : kFailed;
}

Task<int> Replay(Clock& clock, const ReplayFlags& flags) {
  ApiClient api(clock, flags.server);
  std::string path = "/v1/jobs/" + http::PercentEncode(flags.job);
  const auto before = co_await api.Get(path);
  if (!before) co_return PrintError(before.error().During(flags.job)), ExitCode(before.error());
  if (!Succeeded(*before)) {
    PrintError(Error(Code::kConflict, fmt::format("job {} is {}; only one that succeeded can be compared", flags.job,
                                                  JobText(*before, "state"))));
    co_return kRefused;
  }
  auto picture = co_await api.Download(path + "/input");
  if (!picture) co_return PrintError(picture.error().During("its picture")), ExitCode(picture.error());
  Upload upload{FileName(*before), std::move(*picture)};
  Fields fields = FieldsOf(*before);
  Submitted submitted = co_await SubmitUpload(api, std::move(upload), std::move(fields));
  if (submitted.error) co_return PrintError(*submitted.error), ExitCode(*submitted.error);
  ProgressLine progress;
  const auto unseen = [](const json::object&) {};
  const Status awaited = co_await AwaitJobs(api, submitted, progress, unseen);
  if (!awaited) co_return PrintError(awaited.error()), ExitCode(awaited.error());
  const json::object& after = submitted.jobs.at(0);
  if (!Succeeded(after)) co_return Print("{}", JobTable(submitted.jobs)), kFailed;
  co_return Report(flags, *before, after);
}

}  // namespace

void AddReplay(CLI::App& app, int& exit) {
  auto flags = std::make_shared<ReplayFlags>();
  CLI::App* command = app.add_subcommand("replay", "run a job once more and compare what comes out");
  command->add_option("job", flags->job, "its id")->required()->type_name("JOB")->check([](const std::string& id) {
    return std::string(id.empty() ? "an id is missing here ('')" : "");
  });
  AddServerFlag(*command, flags->server);
  command->add_flag("--json", flags->json, "print one JSON object");
  command->callback([flags, &exit] {
    IoContext io;
    const auto clock = MakeSystemClock(io);
    exit = io.RunUntilDone(Replay(*clock, *flags));
  });
}

}  // namespace darkroom::cli
