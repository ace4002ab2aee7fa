#include "base/time.h"

#include <fmt/format.h>

#include <array>
#include <charconv>
#include <limits>

namespace darkroom {
namespace {

struct Unit {
  std::string_view name;
  std::int64_t micros;
};
constexpr std::array<Unit, 7> kUnits{{{"d", 86'400'000'000},
                                      {"h", 3'600'000'000},
                                      {"m", 60'000'000},
                                      {"min", 60'000'000},
                                      {"s", 1'000'000},
                                      {"ms", 1'000},
                                      {"us", 1}}};

// Reads exactly `digits` decimal digits at `text[at]`; -1 when there are not so many.
int Digits(std::string_view text, std::size_t at, std::size_t digits) {
  if (at + digits > text.size()) return -1;
  int value = 0;
  for (std::size_t i = at; i < at + digits; ++i) {
    if (text[i] < '0' || text[i] > '9') return -1;
    value = value * 10 + (text[i] - '0');
  }
  return value;
}

}  // namespace

std::string FormatTime(Time t) {
  const auto day = std::chrono::floor<std::chrono::days>(t);
  const std::chrono::year_month_day date(day);
  const std::chrono::hh_mm_ss<Duration> clock(t - day);
  return fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}.{:06}Z", int(date.year()), unsigned(date.month()),
                     unsigned(date.day()), clock.hours().count(), clock.minutes().count(), clock.seconds().count(),
                     clock.subseconds().count());
}

Result<Time> ParseTime(std::string_view text) {
  const auto bad = [&] {
    return Fail(Code::kInvalid, fmt::format("'{}' is not a UTC time like 2026-11-21T09:53:00Z", text.substr(0, 40)));
  };
  const int year = Digits(text, 0, 4), month = Digits(text, 5, 2), day = Digits(text, 8, 2);
  const int hour = Digits(text, 11, 2), minute = Digits(text, 14, 2), second = Digits(text, 17, 2);
  if (year < 0 || month < 0 || day < 0 || hour < 0 || hour > 23 || minute < 0 || minute > 59 || second < 0 ||
      second > 59 || text[4] != '-' || text[7] != '-' || text[10] != 'T' || text[13] != ':' || text[16] != ':') {
    return bad();
  }
  const std::chrono::year_month_day date{std::chrono::year(year), std::chrono::month(unsigned(month)),
                                         std::chrono::day(unsigned(day))};
  if (!date.ok()) return bad();
  std::size_t at = 19;
  std::int64_t micros = 0;
  if (at < text.size() && text[at] == '.') {
    std::int64_t scale = 100'000;
    const std::size_t first = ++at;
    for (; at < text.size() && text[at] >= '0' && text[at] <= '9'; ++at, scale /= 10)
      micros += (text[at] - '0') * scale;
    if (at == first || at - first > 9) return bad();
  }
  if (text.substr(at) != "Z") return bad();
  return Time(std::chrono::sys_days(date)) + std::chrono::hours(hour) + std::chrono::minutes(minute) +
         std::chrono::seconds(second) + Duration(micros);
}

Result<Duration> ParseDuration(std::string_view text) {
  std::int64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  const std::string_view unit = text.substr(std::size_t(end - text.data()));
  if (error == std::errc() && value >= 0) {
    if (value == 0 && unit.empty()) return Duration(0);
    for (const Unit& u : kUnits) {
      if (unit == u.name && value <= std::numeric_limits<std::int64_t>::max() / u.micros)
        return Duration(value * u.micros);
    }
  }
  return Fail(Code::kInvalid,
              fmt::format("'{}' is not a duration; write one like 500ms, 30s, 5m, 2h or 14d", text.substr(0, 40)));
}

std::string FormatDuration(Duration d) {
  if (d.count() == 0) return "0s";
  for (const Unit& u : kUnits) {
    if (d.count() % u.micros == 0) return fmt::format("{}{}", d.count() / u.micros, u.name);
  }
  return fmt::format("{}us", d.count());
}

}  // namespace darkroom
