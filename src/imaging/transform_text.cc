#include "imaging/transform_text.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstdint>
#include <optional>

#include "imaging/transform_fields.h"

namespace darkroom::imaging {
namespace {

std::string_view Trimmed(std::string_view text) {
  const std::size_t begin = text.find_first_not_of(" \t\n");
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(" \t\n") + 1 - begin);
}

// What stands before the first `separator`, which is taken off `text` with it; nullopt when `text` was used up before.
std::optional<std::string_view> NextPart(std::optional<std::string_view>& text, char separator) {
  if (!text) return std::nullopt;
  const std::size_t end = text->find(separator);
  const std::string_view part = Trimmed(text->substr(0, end));
  if (end == std::string_view::npos) {
    text.reset();
  } else {
    text->remove_prefix(end + 1);
  }
  return part;
}

// nullopt when it is not one.
std::optional<json::value> NumberOf(std::string_view text) {
  const char* const end = text.data() + text.size();
  std::int64_t whole = 0;
  if (auto [stop, error] = std::from_chars(text.data(), end, whole); error == std::errc() && stop == end) return whole;
  double number = 0;
  auto [stop, error] = std::from_chars(text.data(), end, number);
  if (error != std::errc() || stop != end || !std::isfinite(number)) return std::nullopt;
  return number;
}

// The numbers between the separators; nullopt when there is anything else.
std::optional<json::array> NumbersOf(std::string_view text, std::string_view separator) {
  json::array numbers;
  for (;;) {
    const std::size_t end = text.find(separator);
    std::optional<json::value> number = NumberOf(text.substr(0, end));
    if (!number) return std::nullopt;
    numbers.push_back(*std::move(number));
    if (end == std::string_view::npos) return numbers;
    text.remove_prefix(end + separator.size());
  }
}

json::value ValueOf(std::string_view text) {
  if (text == "true") return true;
  if (text == "false") return false;
  if (std::optional<json::value> number = NumberOf(text)) return *std::move(number);
  for (const std::string_view separator : {"..", "/"}) {
    if (text.find(separator) == std::string_view::npos) continue;
    if (std::optional<json::array> numbers = NumbersOf(text, separator)) return *std::move(numbers);
  }
  return json::string(text);
}

// "50x70" as two numbers.
std::optional<std::pair<json::value, json::value>> SizeOf(std::string_view text) {
  const std::size_t by = text.find('x');
  if (by == std::string_view::npos) return std::nullopt;
  std::optional<json::value> width = NumberOf(text.substr(0, by));
  std::optional<json::value> height = NumberOf(text.substr(by + 1));
  if (!width || !height) return std::nullopt;
  return std::pair(*std::move(width), *std::move(height));
}

// Sets width and height, or of a pad all four sides ("8" is all of them, "8x4" is 8 left and right). The fault, if any.
std::string SetSize(json::object& object, std::string_view op, std::string_view text) {
  auto size = SizeOf(text);
  if (op == "pad") {
    if (std::optional<json::value> all = NumberOf(text)) size.emplace(*all, *all);
    if (!size) return fmt::format("expected a number of pixels, or two like 8x4; found '{}'", Shown(text));
    object["left"] = object["right"] = size->first;
    object["top"] = object["bottom"] = size->second;
    return {};
  }
  if (!size) return fmt::format("expected a size like 640x480; found '{}'", Shown(text));
  object["width"] = size->first;
  object["height"] = size->second;
  return {};
}

// One argument, the `nameless`th of those without a name.
std::string SetArgument(json::object& object, const OpSpelling& spelling, std::string_view text,
                        std::size_t& nameless) {
  std::string_view key, value;
  if (const std::size_t equals = text.find('='); equals != std::string_view::npos) {
    key = Trimmed(text.substr(0, equals));
    value = Trimmed(text.substr(equals + 1));
  } else if (nameless < spelling.nameless.size() && !spelling.nameless[nameless].empty()) {
    key = spelling.nameless[nameless++];
    value = text;
  } else {
    return fmt::format("'{}' needs a name, as in key={}", Shown(text), Shown(text));
  }
  if (key.empty() || value.empty()) return fmt::format("expected key=value; found '{}'", Shown(text));
  const bool is_size = key == "size" && spelling.nameless[0] == "size";
  constexpr std::string_view kLengths[] = {"width", "height", "left", "top", "right", "bottom"};
  const bool has_size = std::ranges::any_of(kLengths, [&](std::string_view length) { return object.contains(length); });
  if (object.contains(key) || (is_size && has_size)) {
    return fmt::format("'{}' stands there twice", Shown(key));
  }
  if (is_size) return SetSize(object, spelling.name, value);
  object[key] = ValueOf(value);
  return {};
}

}  // namespace

std::string Shown(std::string_view text) {
  constexpr std::size_t kMost = 40;
  std::string shown(text.substr(0, kMost));
  for (char& c : shown) {
    if (c < ' ' || c > '~') c = '?';
  }
  return text.size() > kMost ? shown + "..." : shown;
}

std::string TransformName(std::size_t index, std::string_view op) {
  if (op.empty()) return fmt::format("transform {}", index + 1);
  return fmt::format("transform {} ({})", index + 1, Shown(op));
}

Result<json::array> ExpandTransformText(std::string_view text) {
  json::array list;
  if (Trimmed(text).empty()) return list;
  std::optional<std::string_view> left = text;
  while (std::optional<std::string_view> part = NextPart(left, ',')) {
    if (list.size() == kMaxTransforms) {
      return Fail(Code::kTooLarge, fmt::format("more than {} transforms", kMaxTransforms));
    }
    const std::string_view op = *NextPart(part, ':');
    if (op.empty()) return Fail(Code::kInvalid, TransformName(list.size(), "") + ": its name is missing");
    const auto* spelling = std::ranges::find(kOps, op, &OpSpelling::name);
    if (spelling == std::end(kOps)) spelling = nullptr;
    json::object object = {{"op", op}};
    std::size_t nameless = 0;
    while (std::optional<std::string_view> argument = NextPart(part, ':')) {
      // An unknown name is what to report, not what its arguments lack.
      const std::string fault = spelling ? SetArgument(object, *spelling, *argument, nameless) : std::string();
      if (!fault.empty()) return Fail(Code::kInvalid, TransformName(list.size(), op) + ": " + fault);
    }
    list.push_back(std::move(object));
  }
  return list;
}

}  // namespace darkroom::imaging
