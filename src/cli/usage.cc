#include "cli/usage.h"

#include <fmt/format.h>

#include <algorithm>
#include <vector>

#include "base/nearest.h"

namespace darkroom::cli {
namespace {

// The command that was being read: the last subcommand that was named, else the program itself.
const CLI::App& Innermost(const CLI::App& app) {
  const auto named = app.get_subcommands();
  return named.empty() ? app : Innermost(*named.back());
}

// "darkroom model add".
std::string FullName(const CLI::App& command) {
  const CLI::App* parent = command.get_parent();
  return parent == nullptr ? std::string("darkroom") : FullName(*parent) + " " + command.get_name();
}

bool HasCommands(const CLI::App& command) {
  return !command.get_subcommands([](const CLI::App*) { return true; }).empty();
}

std::vector<std::string> Words(const CLI::App& command, bool flags) {
  std::vector<std::string> words;
  if (flags) {
    for (const CLI::Option* option : command.get_options()) {
      for (const std::string& name : option->get_lnames()) words.push_back("--" + name);
    }
  } else {
    for (const CLI::App* sub : command.get_subcommands([](const CLI::App*) { return true; }))
      words.push_back(sub->get_name());
  }
  return words;
}

// Nearest without the hyphens of flags: they say nothing of how alike two are.
std::string_view NearestWord(std::string_view wrong, const std::vector<std::string_view>& known) {
  constexpr std::string_view kHyphens = "--";
  const auto bare = [&](std::string_view word) {
    return word.starts_with(kHyphens) ? word.substr(kHyphens.size()) : word;
  };
  std::vector<std::string_view> words;
  for (const std::string_view word : known) words.push_back(bare(word));
  const std::string_view nearest = Nearest(bare(wrong.substr(0, wrong.find('='))), words);
  const auto found = std::ranges::find(words, nearest);
  return nearest.empty() ? nearest : known[std::size_t(found - words.begin())];
}

}  // namespace

std::string ExplainUsageError(const CLI::App& app, const CLI::ParseError& error) {
  const CLI::App& command = Innermost(app);
  const std::string name = FullName(command);
  std::string what = error.what();
  std::vector<std::string> extras = app.remaining(true);
  if (!extras.empty()) {
    // CLI11 gives them last first; a flag explains the values that follow it.
    std::ranges::reverse(extras);
    const auto flag = std::ranges::find_if(extras, [](const std::string& e) { return e.starts_with('-'); });
    const bool is_flag = flag != extras.end();
    const std::string& wrong = is_flag ? *flag : extras.front();
    const std::vector<std::string> words = Words(command, is_flag);
    const std::vector<std::string_view> known(words.begin(), words.end());
    const std::string_view nearest = NearestWord(wrong, known);
    what = is_flag                ? fmt::format("there is no flag '{}'", wrong)
           : HasCommands(command) ? fmt::format("there is no command '{}'", wrong)
                                  : fmt::format("'{}' is one argument too many", wrong);
    if (!nearest.empty())
      what += fmt::format("; did you mean '{}'?", nearest);
    else
      what += '.';
  } else {
    while (what.ends_with('\n')) what.pop_back();
    what += '.';
  }
  return fmt::format("{} See `{} --help`.", what, name);
}

}  // namespace darkroom::cli
