#include "model/toml_reader.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <cmath>
#include <sstream>
#include <vector>

#include "base/nearest.h"

namespace darkroom::model {
namespace {

// How a value stands in an error.
std::string Found(const toml::node* node) {
  if (node == nullptr) return "nothing";
  if (node->is_table()) return "a table";
  std::string text;
  if (node->is_string()) {
    text = fmt::format("\"{}\"", node->as_string()->get());
  } else {
    std::ostringstream out;
    node->visit([&](const auto& value) { out << value; });
    text = std::move(out).str();
  }
  constexpr std::size_t kLongest = 80;
  if (text.size() > kLongest) text = text.substr(0, kLongest) + "…";
  return text;
}

}  // namespace

Result<TomlReader> TomlReader::Parse(std::string_view text, const std::filesystem::path& path) {
  try {
    return TomlReader(toml::parse(text), path);
  } catch (const toml::parse_error& error) {
    return Fail(Code::kInvalid,
                fmt::format("{}:{}: not TOML: {}", path.string(), error.source().begin.line, error.description()));
  }
}

const toml::node* TomlReader::Find(std::string_view section, std::string_view key) const {
  const toml::table* table = root_[section].as_table();
  return table == nullptr ? nullptr : table->get(key);
}

void TomlReader::Record(const toml::node* at, std::string_view what) {
  if (!status_) return;
  if (at == nullptr) {
    status_ = Fail(Code::kInvalid, fmt::format("{}: {}", path_.string(), what));
  } else {
    status_ = Fail(Code::kInvalid, fmt::format("{}:{}: {}", path_.string(), at->source().begin.line, what));
  }
}

void TomlReader::Expect(std::string_view section, std::string_view key, std::string_view expected) {
  const toml::node* node = Find(section, key);
  const toml::node* place = node != nullptr ? node : root_.get(section);
  Record(place, fmt::format("[{}] {}: expected {}, found {}", section, key, expected, Found(node)));
}

void TomlReader::AllowOnly(std::span<const KnownSection> sections) {
  std::vector<std::string_view> names;
  for (const KnownSection& section : sections) names.push_back(section.name);
  for (const auto& [name, node] : root_) {
    auto known = std::ranges::find(sections, name.str(), &KnownSection::name);
    if (known == sections.end()) {
      const std::string_view nearest = Nearest(name.str(), names);
      Record(&node, fmt::format("[{}] is not known here{}", name.str(),
                                nearest.empty() ? "" : fmt::format("; the nearest is [{}]", nearest)));
      continue;
    }
    const toml::table* table = node.as_table();
    if (table == nullptr) {
      Record(&node, fmt::format("expected a section [{0}], found {0} = {1}", name.str(), Found(&node)));
      continue;
    }
    for (const auto& [key, value] : *table) {
      if (std::ranges::find(known->keys, key.str()) != known->keys.end()) continue;
      const std::string_view nearest = Nearest(key.str(), known->keys);
      Record(&value, fmt::format("[{}] {}: not a known key{}", name.str(), key.str(),
                                 nearest.empty() ? "" : fmt::format("; the nearest is \"{}\"", nearest)));
    }
  }
}

std::string TomlReader::Text(std::string_view section, std::string_view key, std::optional<std::string> fallback) {
  const toml::node* node = Find(section, key);
  if (node == nullptr && fallback) return *fallback;
  if (node != nullptr && node->is_string()) return node->as_string()->get();
  Expect(section, key, "text in quotes");
  return fallback.value_or("");
}

std::int64_t TomlReader::Integer(std::string_view section, std::string_view key, std::int64_t min, std::int64_t max,
                                 std::optional<std::int64_t> fallback) {
  const toml::node* node = Find(section, key);
  if (node == nullptr && fallback) return *fallback;
  if (node != nullptr && node->is_integer()) {
    const std::int64_t value = node->as_integer()->get();
    if (value >= min && value <= max) return value;
  }
  Expect(section, key, fmt::format("a whole number from {} to {}", min, max));
  return fallback.value_or(min);
}

bool TomlReader::Flag(std::string_view section, std::string_view key) {
  const toml::node* node = Find(section, key);
  if (node != nullptr && node->is_boolean()) return node->as_boolean()->get();
  Expect(section, key, "true or false");
  return false;
}

std::optional<std::size_t> TomlReader::WordIndex(std::string_view section, std::string_view key,
                                                 std::span<const std::string_view> words, bool required) {
  const toml::node* node = Find(section, key);
  if (node == nullptr && !required) return std::nullopt;
  if (node != nullptr && node->is_string()) {
    auto word = std::ranges::find(words, std::string_view(node->as_string()->get()));
    if (word != words.end()) return static_cast<std::size_t>(word - words.begin());
  }
  Expect(section, key, fmt::format("one of \"{}\"", fmt::join(words, "\", \"")));
  return std::nullopt;
}

std::array<float, 3> TomlReader::Numbers(std::string_view section, std::string_view key, int count) {
  const toml::node* node = Find(section, key);
  auto number = [](const toml::node& n) -> std::optional<float> {
    const std::optional<double> value = n.value<double>();  // whole numbers too
    return value && std::isfinite(static_cast<float>(*value)) ? std::optional(static_cast<float>(*value))
                                                              : std::nullopt;
  };
  std::array<float, 3> numbers = {};
  bool good = node != nullptr;
  if (good && node->is_number()) {
    const std::optional<float> value = number(*node);
    good = value.has_value();
    if (good) numbers.fill(*value);
  } else if (good) {
    const toml::array* array = node->as_array();
    good = array != nullptr && array->size() == static_cast<std::size_t>(count);
    for (int i = 0; good && i < count; ++i) {
      const toml::node& element = *array->get(static_cast<std::size_t>(i));
      const std::optional<float> value = element.is_number() ? number(element) : std::nullopt;
      good = value.has_value();
      if (good) numbers[i] = *value;
    }
  }
  if (!good) {
    Expect(section, key, count == 1 ? "a number" : fmt::format("a number or {} in [brackets], one a channel", count));
  }
  return numbers;
}

std::array<std::uint8_t, 3> TomlReader::ColorValue(std::string_view section, std::string_view key,
                                                   std::array<std::uint8_t, 3> fallback) {
  const toml::node* node = Find(section, key);
  if (node == nullptr) return fallback;
  const toml::array* array = node->as_array();
  std::array<std::uint8_t, 3> color = {};
  bool good = array != nullptr && array->size() == color.size();
  for (std::size_t i = 0; good && i < color.size(); ++i) {
    const toml::value<std::int64_t>* value = array->get(i)->as_integer();
    good = value != nullptr && value->get() >= 0 && value->get() <= 255;
    if (good) color[i] = static_cast<std::uint8_t>(value->get());
  }
  if (!good) Expect(section, key, "red, green and blue from 0 to 255 in [brackets]");
  return good ? color : fallback;
}

std::map<std::string, int, std::less<>> TomlReader::Lines() const {
  std::map<std::string, int, std::less<>> lines;
  for (const auto& [section, node] : root_) {
    const toml::table* table = node.as_table();
    if (table == nullptr) continue;
    for (const auto& [key, value] : *table) {
      lines.emplace(fmt::format("{}.{}", section.str(), key.str()), static_cast<int>(value.source().begin.line));
    }
  }
  return lines;
}

}  // namespace darkroom::model
