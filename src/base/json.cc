#include "base/json.h"

#include <fmt/format.h>

#include <boost/json/stream_parser.hpp>

namespace darkroom {
namespace {

std::string_view KindOf(const json::value& value) {
  switch (value.kind()) {
    case json::kind::null:
      return "null";
    case json::kind::bool_:
      return "a boolean";
    case json::kind::int64:
    case json::kind::uint64:
    case json::kind::double_:
      return "a number";
    case json::kind::string:
      return "a string";
    case json::kind::array:
      return "an array";
    case json::kind::object:
      return "an object";
  }
  return "something else";
}

const json::value* Find(const json::object& object, std::string_view key) {
  const json::value* value = object.if_contains(key);
  return value == nullptr || value->is_null() ? nullptr : value;
}

std::unexpected<Error> Wrong(std::string_view key, std::string_view expected, const json::value& found) {
  return Fail(Code::kInvalid, fmt::format("'{}' must be {}, not {}", key, expected, KindOf(found)));
}

}  // namespace

Result<json::value> ParseJson(std::string_view text) {
  json::parse_options options;
  options.max_depth = 32;
  boost::system::error_code error;
  json::stream_parser parser({}, options);
  const std::size_t read = parser.write(text.data(), text.size(), error);
  if (!error) parser.finish(error);
  if (error) return Fail(Code::kInvalid, fmt::format("not valid JSON at byte {}: {}", read, error.message()));
  return parser.release();
}

Result<json::object> ParseJsonObject(std::string_view text) {
  auto value = ParseJson(text);
  if (!value) return Fail(std::move(value).error());
  if (!value->is_object()) {
    return Fail(Code::kInvalid, fmt::format("expected a JSON object, found {}", KindOf(*value)));
  }
  return std::move(value->get_object());
}

Result<std::optional<std::string>> GetString(const json::object& object, std::string_view key) {
  const json::value* value = Find(object, key);
  if (value == nullptr) return std::nullopt;
  if (!value->is_string()) return Wrong(key, "a string", *value);
  return std::string(value->get_string());
}

Result<std::optional<std::int64_t>> GetInt(const json::object& object, std::string_view key, std::int64_t min,
                                           std::int64_t max) {
  const json::value* value = Find(object, key);
  if (value == nullptr) return std::nullopt;
  boost::system::error_code error;
  const auto number = value->is_number() ? value->to_number<std::int64_t>(error) : 0;
  if (!value->is_number()) return Wrong(key, "a whole number", *value);
  if (error || number < min || number > max) {
    return Fail(Code::kInvalid, fmt::format("'{}' must be a whole number from {} to {}", key, min, max));
  }
  return number;
}

Result<std::optional<bool>> GetBool(const json::object& object, std::string_view key) {
  const json::value* value = Find(object, key);
  if (value == nullptr) return std::nullopt;
  if (!value->is_bool()) return Wrong(key, "true or false", *value);
  return value->get_bool();
}

Result<const json::object*> GetObject(const json::object& object, std::string_view key) {
  const json::value* value = Find(object, key);
  if (value == nullptr) return nullptr;
  if (!value->is_object()) return Wrong(key, "an object", *value);
  return &value->get_object();
}

Result<const json::array*> GetArray(const json::object& object, std::string_view key) {
  const json::value* value = Find(object, key);
  if (value == nullptr) return nullptr;
  if (!value->is_array()) return Wrong(key, "an array", *value);
  return &value->get_array();
}

}  // namespace darkroom
