// The subcommands. Each Add… declares one on `app` and, when it is chosen, sets `exit` by running it.
#pragma once

#include <CLI/CLI.hpp>

namespace darkroom::cli {

// Exit codes of all commands (docs/cli.md).
enum Exit : int {
  kOk = 0,
  kFailed = 1,       // it ran, and a job failed or the service broke
  kUsage = 2,        // wrong arguments, settings or files; nothing was done
  kUnreachable = 3,  // no service at that address, or it was lost on the way
  kRefused = 4,      // the service said no: over a limit, unknown model, no such job
};

void AddUp(CLI::App& app, int& exit);
void AddWorker(CLI::App& app, int& exit);
void AddRun(CLI::App& app, int& exit);
void AddSubmit(CLI::App& app, int& exit);
void AddStatus(CLI::App& app, int& exit);
void AddCancel(CLI::App& app, int& exit);
void AddModels(CLI::App& app, int& exit);
void AddModel(CLI::App& app, int& exit);
void AddReplay(CLI::App& app, int& exit);
void AddConfig(CLI::App& app, int& exit);
void AddCompletion(CLI::App& app, int& exit);

}  // namespace darkroom::cli
