// What commands print. Standard output is for results and may be a file on a full disk or a pipe that nobody reads any
// more: writing never throws, and FlushOutput tells at the end whether all of it arrived. Errors are one line each.
#pragma once

#include <fmt/format.h>

#include <cstdio>
#include <string>
#include <utility>

#include "base/result.h"

namespace darkroom::cli {

template <class... Args>
void Print(fmt::format_string<Args...> format, Args&&... args) {
  const std::string text = fmt::format(format, std::forward<Args>(args)...);
  std::fwrite(text.data(), 1, text.size(), stdout);
}

// kUnavailable when something printed so far could not be written.
Status FlushOutput();

// "darkroom: MESSAGE" on standard error, in one line: file names and the like may hold anything, so control characters
// are not let through to the terminal.
void PrintError(const Error& error);
// "darkroom: warning: MESSAGE".
void PrintWarning(const std::string& message);

}  // namespace darkroom::cli
