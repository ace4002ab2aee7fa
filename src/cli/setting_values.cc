#include "cli/setting_values.h"

#include <arpa/inet.h>
#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <limits>
#include <optional>
#include <utility>

namespace darkroom::cli {
namespace {

constexpr std::pair<std::string_view, std::int64_t> kUnits[] = {
    {"GB", 1'000'000'000}, {"MB", 1'000'000}, {"kB", 1'000}, {"B", 1}};

std::optional<std::int64_t> Number(std::string_view text) {
  std::int64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

bool IsAddress(const std::string& text) {
  in6_addr ignored;
  return text == "localhost" || inet_pton(AF_INET, text.c_str(), &ignored) == 1 ||
         inet_pton(AF_INET6, text.c_str(), &ignored) == 1;
}

}  // namespace

Result<std::int64_t> ParseInt(std::string_view text, std::int64_t min, std::int64_t max) {
  const auto value = Number(text);
  if (!value || *value < min || *value > max) {
    return Fail(Code::kInvalid, fmt::format("'{}' must be a whole number from {} to {}", text, min, max));
  }
  return *value;
}

Result<std::int64_t> ParseSize(std::string_view text, std::int64_t min, std::int64_t max) {
  std::string_view digits = text;
  std::int64_t factor = 1;
  for (const auto& [unit, bytes] : kUnits) {
    if (!text.ends_with(unit)) continue;
    digits.remove_suffix(unit.size());
    factor = bytes;
    break;
  }
  const auto number = Number(digits);
  if (!number || *number < 0) {
    return Fail(Code::kInvalid, fmt::format("'{}' is not a size; write one like 500kB, 25MB or 1GB", text));
  }
  if (*number > max / factor || *number * factor < min) {
    return Fail(Code::kInvalid,
                fmt::format("'{}' must be a size from {} to {}", text, FormatSize(min), FormatSize(max)));
  }
  return *number * factor;
}

std::string FormatSize(std::int64_t bytes) {
  for (const auto& [unit, factor] : kUnits) {
    if (bytes != 0 && bytes % factor == 0) return fmt::format("{}{}", bytes / factor, unit);
  }
  return "0B";
}

Result<Duration> ParseDurationWithin(std::string_view text, Duration min, Duration max) {
  const auto value = ParseDuration(text);
  if (!value) return value;
  if (*value < min || *value > max) {
    return Fail(Code::kInvalid,
                fmt::format("'{}' must be a duration from {} to {}", text, FormatDuration(min), FormatDuration(max)));
  }
  return value;
}

Result<AddressAndPort> ParseListen(std::string_view text) {
  const auto colon = text.rfind(':');
  const auto port = colon == text.npos ? std::nullopt : Number(text.substr(colon + 1));
  if (!port || *port < 0 || *port > 65535) {
    return Fail(Code::kInvalid,
                fmt::format("'{}' is not an address and a port from 0 to 65535; write one like 127.0.0.1:8080", text));
  }
  std::string_view address = text.substr(0, colon);
  if (address.starts_with('[') && address.ends_with(']')) address = address.substr(1, address.size() - 2);
  AddressAndPort listen{std::string(address), int(*port)};
  if (!IsAddress(listen.address)) {
    return Fail(Code::kInvalid, fmt::format("'{}' is not an IP address to listen on; write one like 127.0.0.1:8080, "
                                            "or 0.0.0.0:8080 for all of this machine's",
                                            text));
  }
  return listen;
}

std::string FormatListen(const AddressAndPort& listen) {
  const bool v6 = listen.address.find(':') != std::string::npos;
  return v6 ? fmt::format("[{}]:{}", listen.address, listen.port) : fmt::format("{}:{}", listen.address, listen.port);
}

bool IsHostName(std::string_view text) {
  if (text.starts_with('[') && text.ends_with(']')) {
    in6_addr ignored;
    return inet_pton(AF_INET6, std::string(text.substr(1, text.size() - 2)).c_str(), &ignored) == 1;
  }
  return !text.empty() && std::ranges::all_of(text, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '.' ||
           c == '_';
  });
}

bool IsHostAndPort(std::string_view text) {
  const auto colon = text.rfind(':');
  if (colon == text.npos || text.ends_with(']')) return IsHostName(text);
  const auto port = Number(text.substr(colon + 1));
  return port && *port >= 1 && *port <= 65535 && IsHostName(text.substr(0, colon));
}

std::string TomlString(std::string_view text) {
  std::string quoted = "\"";
  for (const char c : text) {
    if (c == '\n') {
      quoted += "\\n";
    } else if (c == '\t') {
      quoted += "\\t";
    } else if (static_cast<unsigned char>(c) < 0x20 || c == 0x7F) {
      quoted += fmt::format("\\u{:04X}", static_cast<unsigned char>(c));
    } else {
      if (c == '"' || c == '\\') quoted += '\\';
      quoted += c;
    }
  }
  return quoted + "\"";
}

}  // namespace darkroom::cli
