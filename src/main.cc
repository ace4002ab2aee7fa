#include <CLI/CLI.hpp>

#include "cli/commands.h"

int main(int argc, char** argv) {
  using namespace darkroom::cli;
  CLI::App app("Darkroom: an elastic inference service for image models", "darkroom");
  int exit = kOk;
  app.set_version_flag("--version", "darkroom " DARKROOM_VERSION);
  app.require_subcommand(1);
  for (const auto add :
       {AddUp, AddRun, AddSubmit, AddStatus, AddCancel, AddModels, AddConfig, AddWorker, AddCompletion}) {
    add(app, exit);
  }
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? kOk : kUsage;
  }
  return exit;
}
