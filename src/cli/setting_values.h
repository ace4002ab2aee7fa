// How the values of settings are written. Errors are kInvalid and say what was found and what is allowed.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.h"
#include "base/time.h"

namespace darkroom::cli {

Result<std::int64_t> ParseInt(std::string_view text, std::int64_t min, std::int64_t max);

// "25MB": bytes, or decimal multiples of them.
Result<std::int64_t> ParseSize(std::string_view text, std::int64_t min, std::int64_t max);
// The shortest form that ParseSize reads back as the same number.
std::string FormatSize(std::int64_t bytes);

Result<Duration> ParseDurationWithin(std::string_view text, Duration min, Duration max);

struct AddressAndPort {
  std::string address;  // IPv4, IPv6 without brackets, or "localhost"
  int port = 0;
};
Result<AddressAndPort> ParseListen(std::string_view text);  // "127.0.0.1:8080", "[::1]:0"
std::string FormatListen(const AddressAndPort& listen);

// The name of a host as it stands in a URL: letters, digits, '-', '.', '_', or an IPv6 address in brackets.
bool IsHostName(std::string_view text);
// "name:1" with a port from 1 to 65535, or without one.
bool IsHostAndPort(std::string_view text);

// `text` as a string of TOML.
std::string TomlString(std::string_view text);

}  // namespace darkroom::cli
