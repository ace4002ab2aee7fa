// Wrong arguments, said in one line that tells what to do.
#pragma once

#include <CLI/CLI.hpp>
#include <string>

namespace darkroom::cli {

// "there is no flag '--worker'; did you mean '--workers'? See `darkroom up --help`".
std::string ExplainUsageError(const CLI::App& app, const CLI::ParseError& error);

}  // namespace darkroom::cli
