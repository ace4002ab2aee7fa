#include "base/id.h"

#include <cstring>
#include <mutex>

#include "base/crypto.h"

namespace darkroom {
namespace {

bool IsHyphenPosition(std::size_t i) { return i == 8 || i == 13 || i == 18 || i == 23; }

int HexValue(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  return -1;
}

}  // namespace

Id Id::Make(Time now) {
  // RFC 9562, 6.2, method 2: within a millisecond the random part counts up from a random start.
  static std::mutex mutex;
  static std::uint64_t last_millis = 0;
  static std::uint64_t counter = 0;  // 74 bits would be rand_a and rand_b; we count in the upper 42 of them
  std::uint64_t low;
  RandomBytes(&low, sizeof low);
  std::uint64_t millis, count;
  {
    const std::lock_guard lock(mutex);
    millis = std::uint64_t(ToMicros(now) / 1000);
    if (millis > last_millis) {
      last_millis = millis;
      counter = (low >> 24) & 0x1FF'FFFF'FFFF;  // 41 bits: room to count up
    } else {
      millis = last_millis;
      ++counter;
    }
    count = counter;
  }
  Id id;
  for (int i = 0; i < 6; ++i) id.bytes_[i] = std::uint8_t(millis >> (40 - 8 * i));
  id.bytes_[6] = std::uint8_t(0x70 | ((count >> 38) & 0x0F));  // version 7, then the count's top bits
  id.bytes_[7] = std::uint8_t(count >> 30);
  id.bytes_[8] = std::uint8_t(0x80 | ((count >> 24) & 0x3F));  // variant 10
  id.bytes_[9] = std::uint8_t(count >> 16);
  id.bytes_[10] = std::uint8_t(count >> 8);
  id.bytes_[11] = std::uint8_t(count);
  std::memcpy(&id.bytes_[12], &low, 4);
  return id;
}

std::optional<Id> Id::Parse(std::string_view text) {
  if (text.size() != 36) return std::nullopt;
  Id id;
  int nibble = 0;
  for (std::size_t i = 0; i < 36; ++i) {
    if (IsHyphenPosition(i)) {
      if (text[i] != '-') return std::nullopt;
      continue;
    }
    const int value = HexValue(text[i]);
    if (value < 0) return std::nullopt;
    id.bytes_[nibble / 2] |= std::uint8_t(value << (nibble % 2 == 0 ? 4 : 0));
    ++nibble;
  }
  return id;
}

std::string Id::ToString() const {
  static constexpr char kHex[] = "0123456789abcdef";
  std::string text;
  text.reserve(36);
  for (int i = 0; i < 16; ++i) {
    if (IsHyphenPosition(text.size())) text += '-';
    text += kHex[bytes_[i] >> 4];
    text += kHex[bytes_[i] & 15];
  }
  return text;
}

Time Id::time() const {
  std::int64_t millis = 0;
  for (int i = 0; i < 6; ++i) millis = millis << 8 | bytes_[i];
  return FromMicros(millis * 1000);
}

Id Id::FromBytes(const std::array<std::uint8_t, 16>& bytes) {
  Id id;
  id.bytes_ = bytes;
  return id;
}

std::size_t IdHash::operator()(const Id& id) const {
  std::uint64_t high, low;
  std::memcpy(&high, id.bytes().data(), 8);
  std::memcpy(&low, id.bytes().data() + 8, 8);
  return std::size_t(high * 0x9E3779B97F4A7C15 ^ low);
}

}  // namespace darkroom
