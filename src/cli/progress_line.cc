#include "cli/progress_line.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>

namespace darkroom::cli {

ProgressLine::ProgressLine() : terminal_(isatty(STDERR_FILENO) == 1) {}

void ProgressLine::Show(std::string_view what, double share, std::string_view count) {
  if (!terminal_) return;
  constexpr std::size_t kWidth = 30;
  const auto filled = std::size_t(std::clamp(share, 0.0, 1.0) * kWidth);
  std::string line = fmt::format("\r{} ", what);
  for (std::size_t i = 0; i < kWidth; ++i) line += i < filled ? "█" : "░";
  line += fmt::format(" {}\x1b[K", count);
  const std::lock_guard lock(mutex_);
  if (line == shown_) return;
  shown_ = std::move(line);
  std::fputs(shown_.c_str(), stderr);
  std::fflush(stderr);
}

void ProgressLine::Clear() {
  const std::lock_guard lock(mutex_);
  if (shown_.empty()) return;
  shown_.clear();
  std::fputs("\r\x1b[K", stderr);
  std::fflush(stderr);
}

}  // namespace darkroom::cli
