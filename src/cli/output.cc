#include "cli/output.h"

#include <cerrno>
#include <cstring>
#include <limits>
#include <string_view>

#include "web/client_text.h"

namespace darkroom::cli {
namespace {

void PrintLine(std::string_view start, std::string_view message) {
  const std::string line =
      fmt::format("{}{}\n", start, web::CleanText(message, std::numeric_limits<std::size_t>::max()));
  std::fwrite(line.data(), 1, line.size(), stderr);
}

}  // namespace

Status FlushOutput() {
  errno = 0;
  const bool flushed = std::fflush(stdout) == 0;
  if (flushed && std::ferror(stdout) == 0) return {};
  // An earlier write's errno is gone by now.
  return Fail(Code::kUnavailable, fmt::format("standard output cannot be written{}{}", errno != 0 ? ": " : "",
                                              errno != 0 ? strerror(errno) : ""));
}

void PrintError(const Error& error) { PrintLine("darkroom: ", error.message()); }

void PrintWarning(const std::string& message) { PrintLine("darkroom: warning: ", message); }

}  // namespace darkroom::cli
