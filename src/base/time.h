// Time in Darkroom: UTC microseconds since 1970, and durations in microseconds.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.h"

namespace darkroom {

using Duration = std::chrono::microseconds;
using Time = std::chrono::sys_time<Duration>;

using std::chrono_literals::operator""us;
using std::chrono_literals::operator""ms;
using std::chrono_literals::operator""s;
using std::chrono_literals::operator""min;
using std::chrono_literals::operator""h;

inline std::int64_t ToMicros(Time t) { return t.time_since_epoch().count(); }
inline Time FromMicros(std::int64_t us) { return Time(Duration(us)); }
inline double Seconds(Duration d) { return std::chrono::duration<double>(d).count(); }

// RFC 3339, UTC, always six decimals: "2026-11-21T09:53:00.000001Z". ParseTime accepts 0 to 9 decimals, "Z" only.
std::string FormatTime(Time t);
Result<Time> ParseTime(std::string_view text);

// "150ms", "30s", "5m", "2h", "14d", "0": a whole number and a unit. Errors: kInvalid with an example.
Result<Duration> ParseDuration(std::string_view text);
// The shortest form that ParseDuration reads back as the same value.
std::string FormatDuration(Duration d);

}  // namespace darkroom
