#include "web/json_text.h"

#include <algorithm>
#include <cmath>

namespace darkroom::web {
namespace {

// Where the string ends whose opening quote is at `begin`: behind its closing quote, or at the end of the text.
std::size_t EndOfString(std::string_view text, std::size_t begin) {
  std::size_t at = begin + 1;
  while (true) {
    at = text.find('"', at);
    if (at == text.npos) return text.size();
    std::size_t backslashes = 0;
    while (text[at - 1 - backslashes] == '\\') ++backslashes;
    ++at;
    if (backslashes % 2 == 0) return at;
  }
}

bool Opens(char c) { return c == '{' || c == '['; }
bool Closes(char c) { return c == '}' || c == ']'; }

// `token`: a key with its quotes.
bool IsKey(std::string_view token, std::string_view name) {
  if (token.substr(1, token.size() - 2) == name) return true;
  if (!token.contains('\\')) return false;
  const auto key = ParseJson(token);
  return key && key->is_string() && std::string_view(key->get_string()) == name;
}

}  // namespace

JsonShape ShapeOf(std::string_view text) {
  JsonShape shape{.depth = 0, .values = 1};
  int depth = 0;
  for (std::size_t at = 0; at < text.size();) {
    const char c = text[at];
    if (c == '"') {
      at = EndOfString(text, at);
      continue;
    }
    if (Opens(c)) shape.depth = std::max(shape.depth, ++depth);
    if (Closes(c)) --depth;
    if (Opens(c) || c == ',') ++shape.values;
    ++at;
  }
  return shape;
}

std::optional<std::string_view> MemberText(std::string_view object, std::string_view name) {
  std::optional<std::string_view> found;
  int depth = 0;
  bool at_key = true;   // the next string of the outermost object is a key
  bool wanted = false;  // the present member is the one
  std::size_t value = 0;
  for (std::size_t at = 0; at < object.size();) {
    const char c = object[at];
    if (c == '"') {
      const std::size_t end = EndOfString(object, at);
      if (depth == 1 && std::exchange(at_key, false)) wanted = IsKey(object.substr(at, end - at), name);
      at = end;
      continue;
    }
    if (depth == 1 && c == ':') value = at + 1;
    if (depth == 1 && (c == ',' || c == '}')) {
      if (std::exchange(wanted, false)) found = TrimJson(object.substr(value, at - value));
      at_key = true;
    }
    if (Opens(c)) ++depth;
    if (Closes(c)) --depth;
    ++at;
  }
  return found;
}

bool HasFiniteNumbers(const json::value& value) {
  if (value.is_double()) return std::isfinite(value.get_double());
  if (value.is_array()) return std::ranges::all_of(value.get_array(), HasFiniteNumbers);
  if (value.is_object()) {
    return std::ranges::all_of(value.get_object(), [](const auto& member) { return HasFiniteNumbers(member.value()); });
  }
  return true;
}

std::string_view TrimJson(std::string_view text) {
  constexpr std::string_view kSpace = " \t\r\n";
  const auto begin = text.find_first_not_of(kSpace);
  if (begin == text.npos) return {};
  return text.substr(begin, text.find_last_not_of(kSpace) - begin + 1);
}

}  // namespace darkroom::web
