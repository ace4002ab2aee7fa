// JSON as text: what must be known of it before it is taken apart, and pieces of it kept as their author wrote them.
// A parser's values would not do for that: numbers too large for 64 bits come out of it as others.
#pragma once

#include <optional>
#include <string_view>

#include "base/json.h"

namespace darkroom::web {

// How deep the brackets of `text` nest, and how many values it has at most; of any text, JSON or not. Takes no memory,
// so it is asked before a parser is let loose on what a stranger sent.
struct JsonShape {
  int depth = 0;
  std::size_t values = 0;
};
JsonShape ShapeOf(std::string_view text);

// The value of a member of a JSON object, as it stands in the object's text, which must be valid; nullopt where there
// is none of that name. Of several the last, as parsers take it.
std::optional<std::string_view> MemberText(std::string_view object, std::string_view name);

// Whether all numbers in `value` are finite: 1e400 is JSON, but what reads it gets an infinity, which is not.
bool HasFiniteNumbers(const json::value& value);

// Without the white space around it.
std::string_view TrimJson(std::string_view text);

}  // namespace darkroom::web
