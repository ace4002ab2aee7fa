// Id: a UUIDv7 (RFC 9562): 48 bits of milliseconds, then 74 random bits. Sorts by time; safe in URLs, keys, file names.
#pragma once

#include <array>
#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/time.h"

namespace darkroom {

class Id {
 public:
  Id() = default;  // all zero: "none"

  // A new id for `now`. Ids made by one process strictly grow, also within a millisecond and when `now` does not.
  // Threads: any.
  static Id Make(Time now);

  // 36 characters, lower-case, with hyphens; anything else is nullopt.
  static std::optional<Id> Parse(std::string_view text);

  std::string ToString() const;
  Time time() const;  // to the millisecond
  const std::array<std::uint8_t, 16>& bytes() const { return bytes_; }
  static Id FromBytes(const std::array<std::uint8_t, 16>& bytes);

  auto operator<=>(const Id&) const = default;

 private:
  std::array<std::uint8_t, 16> bytes_{};
};

struct IdHash {
  std::size_t operator()(const Id& id) const;
};

}  // namespace darkroom
