// `darkroom completion bash|zsh`: a script for the shell that completes commands, flags and file names.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include "cli/commands.h"
#include "cli/output.h"

namespace darkroom::cli {
namespace {

std::vector<std::string> FlagsOf(const CLI::App& command) {
  std::vector<std::string> flags;
  for (const CLI::Option* option : command.get_options()) {
    for (const std::string& name : option->get_lnames()) flags.push_back("--" + name);
  }
  return flags;
}

// bash's programmable completion; zsh reads the same through bashcompinit.
std::string BashScript(const CLI::App& app) {
  std::vector<std::string> commands;
  std::string cases;
  for (const CLI::App* command : app.get_subcommands([](const CLI::App*) { return true; })) {
    commands.push_back(command->get_name());
    std::vector<std::string> words = FlagsOf(*command);
    for (const CLI::App* inner : command->get_subcommands([](const CLI::App*) { return true; })) {
      words.push_back(inner->get_name());
      for (std::string& flag : FlagsOf(*inner)) {
        if (flag != "--help") words.push_back(std::move(flag));
      }
    }
    cases += fmt::format("    {}) words='{}' ;;\n", command->get_name(), fmt::join(words, " "));
  }
  return fmt::format(R"(_darkroom() {{
  local word=${{COMP_WORDS[COMP_CWORD]}} words
  case ${{COMP_WORDS[1]}} in
{}    *) words='{}' ;;
  esac
  if ((COMP_CWORD == 1)); then words='{}'; fi
  COMPREPLY=($(compgen -W "$words" -- "$word"))
  if ((COMP_CWORD > 1)) && [[ $word != -* ]]; then COMPREPLY+=($(compgen -f -- "$word")); fi
}}
complete -o filenames -F _darkroom darkroom
)",
                     cases, fmt::join(FlagsOf(app), " "), fmt::join(commands, " "));
}

}  // namespace

void AddCompletion(CLI::App& app, int& exit) {
  auto shell = std::make_shared<std::string>();
  CLI::App* command = app.add_subcommand("completion", "print a completion script: source <(darkroom completion bash)");
  command->add_option("shell", *shell, "bash or zsh")->required()->check(CLI::IsMember({"bash", "zsh"}));
  command->callback([shell, &app, &exit] {
    if (*shell == "zsh") Print("autoload -U +X bashcompinit && bashcompinit\n");
    Print("{}", BashScript(app));
    exit = kOk;
  });
}

}  // namespace darkroom::cli
