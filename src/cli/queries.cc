// `darkroom status`: the service, one batch or one job. `darkroom cancel`, `darkroom models`: likewise one question to
// a running service, answered as a few lines or as the service's JSON.
#include <fmt/format.h>

#include "base/json_writer.h"
#include "cli/commands.h"
#include "cli/output.h"
#include "cli/picture_jobs.h"
#include "cli/server_flag.h"

namespace darkroom::cli {
namespace {

struct QueryFlags {
  std::string server = kDefaultServer;
  bool json = false;
  std::string job;
  std::string batch;
  std::vector<std::string> jobs;
};

void AddCommon(CLI::App& command, QueryFlags& flags) {
  AddServerFlag(command, flags.server);
  command.add_flag("--json", flags.json, "print the service's JSON");
}

// For ids: '' comes of a variable that is not set, and must not ask about something else.
std::string MustNotBeEmpty(const std::string& text) { return text.empty() ? "an id is missing here ('')" : ""; }

// Runs `ask` on a loop of its own.
template <class F>
int Ask(const QueryFlags& flags, F ask) {
  IoContext io;
  const auto clock = MakeSystemClock(io);
  ApiClient api(*clock, flags.server);
  return io.RunUntilDone(ask(api, flags));
}

void PrintCounts(const json::object& object, std::string_view key) {
  const auto counts = GetObject(object, key);
  if (!counts || *counts == nullptr) return;
  for (const auto& [state, count] : **counts) {
    if (count.is_number() && count.to_number<std::int64_t>() > 0) {
      Print("  {:<10} {}\n", std::string_view(state), count.to_number<std::int64_t>());
    }
  }
}

void WarnOfQuarantine(const std::string& model, const std::string& version, const json::object& quarantine) {
  PrintWarning(fmt::format("the model {} {} is in quarantine since {}: {}", model, version,
                           JobText(quarantine, "since"), JobText(quarantine, "reason")));
}

void PrintService(const json::object& status) {
  Print("Darkroom {}\n", JobText(status, "version"));
  if (const auto workers = GetArray(status, "workers"); workers && *workers != nullptr) {
    Print("workers    {}\n", (*workers)->size());
    for (const json::value& worker : **workers) {
      if (worker.is_object())
        Print("  {:<16} {}\n", JobText(worker.get_object(), "id"), JobText(worker.get_object(), "state"));
    }
  }
  Print("jobs\n");
  PrintCounts(status, "jobs");
  const auto quarantine = GetArray(status, "quarantine");
  if (!quarantine || *quarantine == nullptr) return;
  for (const json::value& judged : **quarantine) {
    if (!judged.is_object()) continue;
    const json::object& model = judged.get_object();
    WarnOfQuarantine(JobText(model, "model"), JobText(model, "version"), model);
  }
}

void PrintJob(const json::object& job) {
  Print("{}", JobTable({job}));
  if (const json::value* position = job.if_contains("queue_position")) {
    Print("place in the queue: {}\n", WriteJson(*position));
  }
  const auto timeline = GetObject(job, "timeline");
  if (!timeline || *timeline == nullptr) return;
  for (const auto& [step, time] : **timeline) {
    if (time.is_string()) Print("  {:<10} {}\n", std::string_view(step), std::string_view(time.get_string()));
  }
}

std::string JobPath(std::string_view id) { return "/v1/jobs/" + http::PercentEncode(id); }
std::string BatchPath(std::string_view id) { return "/v1/batches/" + http::PercentEncode(id); }

Task<int> AskStatus(ApiClient& api, const QueryFlags& flags) {
  const std::string path = !flags.job.empty()     ? JobPath(flags.job)
                           : !flags.batch.empty() ? BatchPath(flags.batch)
                                                  : std::string("/v1/status");
  const auto answer = co_await api.Get(path);
  if (!answer) co_return PrintError(answer.error()), ExitCode(answer.error());
  if (flags.json) {
    Print("{}\n", WriteJson(*answer));
  } else if (!flags.job.empty()) {
    PrintJob(*answer);
  } else if (!flags.batch.empty()) {
    PrintCounts(*answer, "counts");
  } else {
    PrintService(*answer);
  }
  co_return kOk;
}

Task<int> CancelBatch(ApiClient& api, const QueryFlags& flags) {
  const std::string path = BatchPath(flags.batch);
  const auto batch = co_await api.Delete(path);
  if (!batch) co_return PrintError(batch.error().During(flags.batch)), ExitCode(batch.error());
  if (flags.json)
    Print("{}\n", WriteJson(*batch));
  else
    PrintCounts(*batch, "counts");
  co_return kOk;
}

Task<int> AskCancel(ApiClient& api, const QueryFlags& flags) {
  if (!flags.batch.empty()) co_return co_await CancelBatch(api, flags);
  int exit = kOk;
  for (const std::string& id : flags.jobs) {
    const std::string path = JobPath(id);
    const auto job = co_await api.Delete(path);
    if (!job) {
      PrintError(job.error().During(id));
      exit = ExitCode(job.error());
    } else {
      Print("{}\n", flags.json ? WriteJson(*job) : id + "  " + JobText(*job, "state"));
    }
  }
  co_return exit;
}

Task<int> AskModels(ApiClient& api, const QueryFlags& flags) {
  const auto answer = co_await api.Get(std::string("/v1/models"));
  if (!answer) co_return PrintError(answer.error()), ExitCode(answer.error());
  if (flags.json) co_return Print("{}\n", WriteJson(*answer)), kOk;
  const auto models = GetArray(*answer, "models");
  if (!models || *models == nullptr) co_return kOk;
  for (const json::value& value : **models) {
    if (!value.is_object()) continue;
    const json::object& model = value.get_object();
    const auto is_default = GetBool(model, "default");
    Print("{} {:<20} {:<8} {:<16} {}\n", is_default && is_default->value_or(false) ? "*" : " ", JobText(model, "name"),
          JobText(model, "version"), JobText(model, "task"), JobText(model, "description"));
  }
  for (const json::value& value : **models) {
    if (!value.is_object()) continue;
    const json::object& model = value.get_object();
    const auto quarantine = GetObject(model, "quarantine");
    if (!quarantine || *quarantine == nullptr) continue;
    WarnOfQuarantine(JobText(model, "name"), JobText(model, "version"), **quarantine);
  }
  if (const auto errors = GetArray(*answer, "errors"); errors && *errors != nullptr) {
    for (const json::value& error : **errors) {
      if (error.is_object()) PrintWarning("left out: " + JobText(error.get_object(), "message"));
    }
  }
  co_return kOk;
}

}  // namespace

void AddStatus(CLI::App& app, int& exit) {
  auto flags = std::make_shared<QueryFlags>();
  CLI::App* command = app.add_subcommand("status", "how the service, a batch or a job is doing");
  command->add_option("job", flags->job, "a job's id")->type_name("JOB")->check(MustNotBeEmpty);
  command->add_option("--batch", flags->batch, "a batch's id")->excludes("job")->check(MustNotBeEmpty);
  AddCommon(*command, *flags);
  command->callback([flags, &exit] { exit = Ask(*flags, AskStatus); });
}

void AddCancel(CLI::App& app, int& exit) {
  auto flags = std::make_shared<QueryFlags>();
  CLI::App* command = app.add_subcommand("cancel", "cancel jobs that have not ended");
  command->add_option("jobs", flags->jobs, "ids of jobs")->type_name("JOB")->check(MustNotBeEmpty);
  command->add_option("--batch", flags->batch, "a batch's id: all of its jobs")
      ->excludes("jobs")
      ->check(MustNotBeEmpty);
  AddCommon(*command, *flags);
  command->callback([flags, &exit] {
    if (flags->jobs.empty() && flags->batch.empty()) throw CLI::RequiredError("JOB or --batch");
    exit = Ask(*flags, AskCancel);
  });
}

void AddModels(CLI::App& app, int& exit) {
  auto flags = std::make_shared<QueryFlags>();
  CLI::App* command = app.add_subcommand("models", "the models a service offers; * is the default");
  AddCommon(*command, *flags);
  command->callback([flags, &exit] { exit = Ask(*flags, AskModels); });
}

}  // namespace darkroom::cli
