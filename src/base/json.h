// Reading JSON that strangers or older versions wrote: bounded parsing, and getters whose errors name the place.
// Writing is Boost.JSON as it is.
#pragma once

#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>
#include <boost/json/value.hpp>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"

namespace darkroom {

namespace json = boost::json;

// Parses one JSON value, at most 32 levels deep, nothing after it. Errors: kInvalid with the byte where it went wrong.
Result<json::value> ParseJson(std::string_view text);
// The same, and it must be an object.
Result<json::object> ParseJsonObject(std::string_view text);

// Typed members of an object. Absent or null is nullopt; the wrong type or range is kInvalid naming the key, what was
// expected and what was found.
Result<std::optional<std::string>> GetString(const json::object& object, std::string_view key);
Result<std::optional<std::int64_t>> GetInt(const json::object& object, std::string_view key, std::int64_t min,
                                           std::int64_t max);
Result<std::optional<bool>> GetBool(const json::object& object, std::string_view key);
// Borrowed from `object`; nullptr when absent.
Result<const json::object*> GetObject(const json::object& object, std::string_view key);
Result<const json::array*> GetArray(const json::object& object, std::string_view key);

}  // namespace darkroom
