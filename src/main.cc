#include <CLI/CLI.hpp>
#include <cstdio>

#include "cli/commands.h"
#include "cli/usage.h"

int main(int argc, char** argv) {
  using namespace darkroom::cli;
  CLI::App app("Darkroom: an elastic inference service for image models", "darkroom");
  int exit = kOk;
  app.set_version_flag("--version", "darkroom " DARKROOM_VERSION);
  for (const auto add :
       {AddUp, AddRun, AddSubmit, AddStatus, AddCancel, AddModels, AddConfig, AddWorker, AddCompletion}) {
    add(app, exit);
  }
  if (argc == 1) {
    std::fputs(app.help().c_str(), stderr);
    return kUsage;
  }
  try {
    app.parse(argc, argv);
  } catch (const CLI::Success& help_or_version) {
    return app.exit(help_or_version);
  } catch (const CLI::ParseError& error) {
    std::fprintf(stderr, "darkroom: %s\n", ExplainUsageError(app, error).c_str());
    return kUsage;
  }
  return exit;
}
