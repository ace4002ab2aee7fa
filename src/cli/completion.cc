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

std::vector<const CLI::App*> CommandsOf(const CLI::App& app) {
  return app.get_subcommands([](const CLI::App*) { return true; });
}

// bash's programmable completion; zsh reads the same through bashcompinit. Words go by the command, and by the command
// within it for those that have some.
std::string BashScript(const CLI::App& app) {
  std::vector<std::string> commands;
  std::string cases;
  auto add = [&](const std::string& pattern, const std::vector<std::string>& words) {
    cases += fmt::format("    {}) words='{}' ;;\n", pattern, fmt::join(words, " "));
  };
  for (const CLI::App* command : CommandsOf(app)) {
    commands.push_back(command->get_name());
    std::vector<std::string> words = FlagsOf(*command);
    for (const CLI::App* inner : CommandsOf(*command)) {
      words.push_back(inner->get_name());
      add(fmt::format("'{} {}'", command->get_name(), inner->get_name()), FlagsOf(*inner));
    }
    add(fmt::format("'{} '*", command->get_name()), words);
  }
  return fmt::format(R"(_darkroom() {{
  local word=${{COMP_WORDS[COMP_CWORD]}} inner= words
  if ((COMP_CWORD > 2)); then inner=${{COMP_WORDS[2]}}; fi
  case "${{COMP_WORDS[1]}} $inner" in
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
