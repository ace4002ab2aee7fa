// `darkroom model remove NAME[@VERSION]`: takes packages out of one's own folders, after a question.
#include <fmt/format.h>
#include <unistd.h>

#include <iostream>

#include "base/log.h"
#include "cli/commands.h"
#include "cli/model_commands.h"
#include "cli/output.h"
#include "cli/package_remove.h"
#include "cli/packages.h"

namespace darkroom::cli {
namespace {

struct RemoveFlags {
  SettingFlags settings;
  std::string name;
  bool yes = false;
};

// Whether the user means it.
bool Agrees(const std::vector<std::filesystem::path>& folders) {
  for (const auto& folder : folders) Print("{}\n", folder.string());
  Print("Remove {}? [y/N] ", folders.size() == 1 ? "it" : fmt::format("all {}", folders.size()));
  const Status flushed = FlushOutput();
  std::string answer;
  return flushed && std::getline(std::cin, answer) && (answer == "y" || answer == "Y" || answer == "yes");
}

int RunRemove(const RemoveFlags& flags) {
  const auto loaded = flags.settings.Load();
  if (!loaded) return PrintError(loaded.error()), kUsage;
  const auto folders = FoldersToRemove(loaded->settings.models, ShippedModels(), flags.name);
  if (!folders) return PrintError(folders.error()), kRefused;
  if (!flags.yes && isatty(STDIN_FILENO) != 1) {
    for (const auto& folder : *folders) Print("{}\n", folder.string());
    return PrintError(Error(Code::kInvalid, "nobody can be asked here; --yes removes them without a question")), kUsage;
  }
  if (!flags.yes && !Agrees(*folders)) return Print("nothing was removed\n"), kOk;
  for (const auto& folder : *folders) {
    const Status removed = RemoveFolder(folder);
    if (!removed) return PrintError(removed.error()), kFailed;
    // Of a model whose last version it was.
    std::error_code ignored;
    const auto parent = folder.parent_path();
    if (parent.filename() == flags.name.substr(0, flags.name.find('@')) && std::filesystem::is_empty(parent, ignored)) {
      std::filesystem::remove(parent, ignored);
    }
    Print("removed {}\n", folder.string());
  }
  return kOk;
}

}  // namespace

void AddModelRemove(CLI::App& model, int& exit) {
  auto flags = std::make_shared<RemoveFlags>();
  CLI::App* command = model.add_subcommand("remove", "take packages out of your own folders");
  command->add_option("name", flags->name, "all its versions, or NAME@VERSION")
      ->required()
      ->type_name("NAME[@VERSION]");
  command->add_flag("--yes", flags->yes, "do not ask");
  flags->settings.AddTo(*command, kModelFolderSettings);
  command->callback([flags, &exit] {
    InitLog("model", "warn");
    exit = RunRemove(*flags);
  });
}

}  // namespace darkroom::cli
