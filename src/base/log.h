// Logging: spdlog to stderr, one line an event: time, level, thread's room, message.
#pragma once

#include <spdlog/spdlog.h>

#include <string_view>

namespace darkroom {

// Sets the process's log format and level ("debug", "info", "warn", "error"; anything else is "info").
// `process` stands in each line: "hub", "worker 3". Call once, before threads start.
void InitLog(std::string_view process, std::string_view level);

}  // namespace darkroom
