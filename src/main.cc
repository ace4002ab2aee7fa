#include <CLI/CLI.hpp>
#include <cstdio>
#include <sstream>

#include "cli/commands.h"
#include "cli/output.h"
#include "cli/usage.h"

int main(int argc, char** argv) {
  using namespace darkroom::cli;
  CLI::App app("Darkroom: an elastic inference service for image models", "darkroom");
  int exit = kOk;
  app.set_version_flag("--version", "darkroom " DARKROOM_VERSION);
  for (const auto add : {AddUp, AddRun, AddSubmit, AddStatus, AddCancel, AddReplay, AddModels, AddModel, AddConfig,
                         AddWorker, AddCompletion}) {
    add(app, exit);
  }
  if (argc == 1) {
    std::fputs(app.help().c_str(), stderr);
    return kUsage;
  }
  try {
    app.parse(argc, argv);
  } catch (const CLI::Success& help_or_version) {
    std::ostringstream text;
    app.exit(help_or_version, text, text);
    Print("{}", text.str());
  } catch (const CLI::ParseError& error) {
    PrintError(darkroom::Error(darkroom::Code::kInvalid, ExplainUsageError(app, error)));
    return kUsage;
  }
  const darkroom::Status written = FlushOutput();
  if (!written) {
    PrintError(written.error());
    if (exit == kOk) exit = kFailed;
  }
  return exit;
}
