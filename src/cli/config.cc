// `darkroom config`: the settings as they would be used, each with where it comes from, as a darkroom.toml.
#include "cli/commands.h"
#include "cli/output.h"
#include "cli/setting_flags.h"

namespace darkroom::cli {

void AddConfig(CLI::App& app, int& exit) {
  auto flags = std::make_shared<SettingFlags>();
  CLI::App* command = app.add_subcommand("config", "print the settings, each with where it comes from");
  flags->AddTo(*command);
  command->callback([flags, &exit] {
    const auto loaded = flags->Load();
    if (!loaded) return PrintError(loaded.error()), void(exit = kUsage);
    Print("{}", ToToml(*loaded));
    exit = kOk;
  });
}

}  // namespace darkroom::cli
