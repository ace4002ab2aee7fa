#include "base/json_writer.h"

#include <charconv>
#include <cmath>

namespace darkroom {
namespace {

void Append(std::string& out, const json::value& value);

void Append(std::string& out, std::string_view text) {
  constexpr char kHex[] = "0123456789abcdef";
  out += '"';
  for (const char c : text) {
    if (c == '"' || c == '\\') {
      out += '\\';
      out += c;
    } else if (c == '\n') {
      out += "\\n";
    } else if (static_cast<unsigned char>(c) < 0x20) {
      out += "\\u00";
      out += kHex[c >> 4];
      out += kHex[c & 15];
    } else {
      out += c;
    }
  }
  out += '"';
}

template <class Number>
void AppendNumber(std::string& out, Number number) {
  char digits[32];
  out.append(digits, std::to_chars(std::begin(digits), std::end(digits), number).ptr);
}

void Append(std::string& out, const json::object& object) {
  char before = '{';
  for (const auto& [key, value] : object) {
    out += before;
    Append(out, std::string_view(key));
    out += ':';
    Append(out, value);
    before = ',';
  }
  out += object.empty() ? "{}" : "}";
}

void Append(std::string& out, const json::array& array) {
  char before = '[';
  for (const json::value& value : array) {
    out += before;
    Append(out, value);
    before = ',';
  }
  out += array.empty() ? "[]" : "]";
}

void Append(std::string& out, const json::value& value) {
  switch (value.kind()) {
    case json::kind::null:
      out += "null";
      break;
    case json::kind::bool_:
      out += value.get_bool() ? "true" : "false";
      break;
    case json::kind::int64:
      AppendNumber(out, value.get_int64());
      break;
    case json::kind::uint64:
      AppendNumber(out, value.get_uint64());
      break;
    case json::kind::double_:
      if (std::isfinite(value.get_double()))
        AppendNumber(out, value.get_double());
      else
        out += "null";
      break;
    case json::kind::string:
      Append(out, std::string_view(value.get_string()));
      break;
    case json::kind::array:
      Append(out, value.get_array());
      break;
    case json::kind::object:
      Append(out, value.get_object());
      break;
  }
}

}  // namespace

std::string WriteJson(const json::value& value) {
  std::string text;
  Append(text, value);
  return text;
}

std::string WriteJson(const json::object& object) {
  std::string text;
  Append(text, object);
  return text;
}

}  // namespace darkroom
