#include "wire/sqs_message.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/crypto.h"
#include "http/ascii.h"

namespace darkroom::wire {
namespace {

constexpr std::size_t kMaxAttributes = 10;
constexpr std::size_t kMaxName = 256;  // of attributes and types, in bytes

bool IsAttributeName(std::string_view name) {
  const bool alphabet = std::all_of(name.begin(), name.end(),
                                    [](char c) { return http::IsAlphaNumeric(c) || c == '_' || c == '-' || c == '.'; });
  return !name.empty() && name.size() <= kMaxName && alphabet && name.front() != '.' && name.back() != '.' &&
         name.find("..") == std::string_view::npos;
}

bool IsAttributeType(std::string_view type) {
  const std::string_view logical = type.substr(0, type.find('.'));
  return type.size() <= kMaxName && (logical == "String" || logical == "Number" || logical == "Binary");
}

void AppendSized(std::string_view part, std::string& out) {
  for (int shift = 24; shift >= 0; shift -= 8) out += char((part.size() >> shift) & 0xFF);
  out += part;
}

// Reads the code point at `at` and moves on; -1 for broken UTF-8.
std::int32_t NextCodePoint(std::string_view text, std::size_t& at) {
  const auto lead = static_cast<unsigned char>(text[at]);
  const std::size_t length = lead < 0x80 ? 1 : lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : 2;
  if ((lead >= 0x80 && lead < 0xC2) || lead > 0xF4 || at + length > text.size()) return -1;
  std::int32_t point = length == 1 ? lead : lead & (0x7F >> length);
  for (std::size_t i = 1; i < length; ++i) {
    const auto next = static_cast<unsigned char>(text[at + i]);
    if ((next & 0xC0) != 0x80) return -1;
    point = point << 6 | (next & 0x3F);
  }
  at += length;
  static constexpr std::int32_t kShortest[] = {0, 0, 0x80, 0x800, 0x10000};
  return point < kShortest[length] ? -1 : point;
}

Result<MessageAttribute> ReadMessageAttribute(std::string_view name, const json::value& value) {
  const auto wrong = [&](std::string_view why) {
    return Fail(Code::kInvalid, fmt::format("the message attribute '{}' {}", name, why));
  };
  if (!IsAttributeName(name)) return wrong("must have a name of 1 to 256 of A-Z, a-z, 0-9, '_', '-' and '.'");
  if (!value.is_object()) return wrong("must be an object");
  auto type = GetString(value.get_object(), "DataType");
  auto text = GetString(value.get_object(), "StringValue");
  auto binary = GetString(value.get_object(), "BinaryValue");
  for (const auto* field : {&type, &text, &binary}) {
    if (!*field) return Fail(field->error());
  }
  if (!*type || !IsAttributeType(**type)) return wrong("must have a DataType of String, Number or Binary");
  MessageAttribute attribute{.type = **type, .value = ""};
  if (attribute.binary()) {
    auto bytes = *binary ? FromBase64(**binary) : std::nullopt;
    if (!bytes || bytes->empty()) return wrong("must have a BinaryValue in base64");
    attribute.value = std::move(*bytes);
    return attribute;
  }
  if (!*text || (*text)->empty()) return wrong("must have a StringValue");
  if (!IsMessageText(**text)) return wrong("has characters that a message must not have");
  attribute.value = std::move(**text);
  return attribute;
}

}  // namespace

bool IsMessageText(std::string_view text) {
  for (std::size_t at = 0; at < text.size();) {
    const auto byte = static_cast<unsigned char>(text[at]);
    if (byte >= 0x20 && byte < 0x80) {  // nearly all of it
      ++at;
      continue;
    }
    const std::int32_t point = NextCodePoint(text, at);
    const bool allowed = point == 0x9 || point == 0xA || point == 0xD || (point >= 0x20 && point <= 0xD7FF) ||
                         (point >= 0xE000 && point <= 0xFFFD) || (point >= 0x10000 && point <= 0x10FFFF);
    if (!allowed) return false;
  }
  return true;
}

Result<MessageAttributes> ReadMessageAttributes(const json::object& object) {
  if (object.size() > kMaxAttributes) return Fail(Code::kInvalid, "a message has at most 10 attributes");
  MessageAttributes attributes;
  for (const auto& [name, value] : object) {
    auto attribute = ReadMessageAttribute(name, value);
    if (!attribute) return Fail(std::move(attribute).error());
    attributes.emplace(name, std::move(*attribute));
  }
  return attributes;
}

json::object WriteMessageAttributes(const MessageAttributes& attributes) {
  json::object object;
  for (const auto& [name, attribute] : attributes) {
    json::object one;
    one["DataType"] = attribute.type;
    if (attribute.binary()) {
      one["BinaryValue"] = Base64(attribute.value);
    } else {
      one["StringValue"] = attribute.value;
    }
    object[name] = std::move(one);
  }
  return object;
}

std::string Md5Hex(std::string_view text) { return Hex(AsView(Md5(text))); }

std::string Md5OfAttributes(const MessageAttributes& attributes) {
  std::string bytes;
  for (const auto& [name, attribute] : attributes) {
    AppendSized(name, bytes);
    AppendSized(attribute.type, bytes);
    bytes += attribute.binary() ? '\2' : '\1';
    AppendSized(attribute.value, bytes);
  }
  return Md5Hex(bytes);
}

std::size_t SizeOf(const MessageAttributes& attributes) {
  std::size_t size = 0;
  for (const auto& [name, attribute] : attributes) size += name.size() + attribute.type.size() + attribute.value.size();
  return size;
}

}  // namespace darkroom::wire
