// --server: where the service of a client command is.
#pragma once

#include <CLI/CLI.hpp>
#include <string>
#include <string_view>

#include "base/result.h"

namespace darkroom::cli {

inline constexpr const char* kDefaultServer = "http://127.0.0.1:8080";

// "http://host:8080" or "https://host"; a last '/' is taken off. kInvalid: anything else, a path too.
Result<std::string> ParseServer(std::string_view text);

// Adds --server, else $DARKROOM_SERVER; `server` must outlive the parsing.
void AddServerFlag(CLI::App& command, std::string& server);

}  // namespace darkroom::cli
