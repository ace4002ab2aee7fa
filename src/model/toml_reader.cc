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

// "stage.0" → {"stage", 0}; {section, nullopt} for a section that stands there once.
std::pair<std::string_view, std::optional<std::size_t>> Split(std::string_view section) {
  const auto dot = section.find('.');
  if (dot == section.npos) return {section, std::nullopt};
  std::size_t index = 0;
  for (const char digit : section.substr(dot + 1)) index = index * 10 + static_cast<std::size_t>(digit - '0');
  return {section.substr(0, dot), index};
}

}  // namespace

std::string Title(std::string_view section) {
  const auto [name, index] = Split(section);
  return index ? fmt::format("[[{}]] {}", name, *index + 1) : fmt::format("[{}]", name);
}

Result<TomlReader> TomlReader::Parse(std::string_view text, const std::filesystem::path& path) {
  try {
    return TomlReader(toml::parse(text), path);
  } catch (const toml::parse_error& error) {
    return Fail(Code::kInvalid,
                fmt::format("{}:{}: not TOML: {}", path.string(), error.source().begin.line, error.description()));
  }
}

const toml::node* TomlReader::Section(std::string_view section) const {
  const auto [name, index] = Split(section);
  if (!index) return root_.get(name);
  const toml::array* array = root_[name].as_array();
  return array == nullptr ? nullptr : array->get(*index);
}

const toml::node* TomlReader::Find(std::string_view section, std::string_view key) const {
  const toml::node* node = Section(section);
  const toml::table* table = node == nullptr ? nullptr : node->as_table();
  return table == nullptr ? nullptr : table->get(key);
}

int TomlReader::Count(std::string_view repeated) const {
  const toml::array* array = root_[repeated].as_array();
  return array == nullptr ? 0 : static_cast<int>(array->size());
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
  const toml::node* place = node != nullptr ? node : Section(section);
  Record(place, fmt::format("{} {}: expected {}, found {}", Title(section), key, expected, Found(node)));
}

void TomlReader::AllowOnly(std::span<const KnownSection> sections) {
  std::vector<std::string_view> names;
  for (const KnownSection& section : sections) names.push_back(section.name);
  for (const auto& [name, node] : root_) {
    const auto known = std::ranges::find(sections, name.str(), &KnownSection::name);
    if (known == sections.end()) {
      const std::string_view nearest = Nearest(name.str(), names);
      Record(&node, fmt::format("[{}] is not known here{}", name.str(),
                                nearest.empty() ? "" : fmt::format("; the nearest is [{}]", nearest)));
    } else if (!known->repeated) {
      AllowTable(name.str(), node, known->keys);
    } else if (const toml::array* array = node.as_array()) {
      for (std::size_t i = 0; i < array->size(); ++i) {
        AllowTable(fmt::format("{}.{}", name.str(), i), *array->get(i), known->keys);
      }
    } else {
      Record(&node, fmt::format("expected [[{0}]], which may stand there several times, found [{0}]", name.str()));
    }
  }
}

void TomlReader::AllowTable(std::string_view section, const toml::node& node, std::span<const std::string_view> keys) {
  const toml::table* table = node.as_table();
  if (table == nullptr) {
    Record(&node, fmt::format("expected a section {0}, found {1} = {2}", Title(section), section, Found(&node)));
    return;
  }
  for (const auto& [key, value] : *table) {
    if (std::ranges::find(keys, key.str()) != keys.end()) continue;
    const std::string_view nearest = Nearest(key.str(), keys);
    Record(&value, fmt::format("{} {}: not a known key{}", Title(section), key.str(),
                               nearest.empty() ? "" : fmt::format("; the nearest is \"{}\"", nearest)));
  }
}

void TomlReader::AllowKeys(std::string_view section, std::span<const std::string_view> keys, std::string_view of) {
  const toml::node* node = Section(section);
  const toml::table* table = node == nullptr ? nullptr : node->as_table();
  if (table == nullptr) return;
  for (const auto& [key, value] : *table) {
    if (std::ranges::find(keys, key.str()) != keys.end()) continue;
    const std::string known = keys.empty() ? "" : fmt::format(", which has \"{}\"", fmt::join(keys, "\", \""));
    Record(&value, fmt::format("{} {}: means nothing for {}{}", Title(section), key.str(), of, known));
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

float TomlReader::Real(std::string_view section, std::string_view key, float min, float max,
                       std::optional<float> fallback) {
  const toml::node* node = Find(section, key);
  if (node == nullptr && fallback) return *fallback;
  if (node != nullptr && node->is_number()) {
    const double value = node->value<double>().value_or(std::nan(""));
    if (value >= min && value <= max) return static_cast<float>(value);
  }
  Expect(section, key, fmt::format("a number from {} to {}", min, max));
  return fallback.value_or(min);
}

std::array<float, 2> TomlReader::Range(std::string_view section, std::string_view key) {
  const toml::node* node = Find(section, key);
  const toml::array* array = node == nullptr ? nullptr : node->as_array();
  std::array<float, 2> range = {0, 1};
  bool good = array != nullptr && array->size() == 2 && array->get(0)->is_number() && array->get(1)->is_number();
  for (std::size_t i = 0; good && i < 2; ++i) range[i] = static_cast<float>(*array->get(i)->value<double>());
  good = good && std::isfinite(range[0]) && std::isfinite(range[1]) && range[0] < range[1];
  if (!good) Expect(section, key, "two numbers in [brackets], the lower first");
  return range;
}

std::map<std::string, std::string, std::less<>> TomlReader::Names(std::string_view section, std::string_view key) {
  std::map<std::string, std::string, std::less<>> names;
  const toml::node* node = Find(section, key);
  if (node == nullptr) return names;
  const toml::table* table = node->as_table();
  bool good = table != nullptr;
  for (auto it = good ? table->begin() : toml::table::const_iterator(); good && it != table->end(); ++it) {
    good = it->second.is_string();
    if (good) names.emplace(it->first.str(), it->second.as_string()->get());
  }
  if (!good) Expect(section, key, "names of tensors as { theirs = \"ours\" }");
  return names;
}

bool TomlReader::Flag(std::string_view section, std::string_view key, std::optional<bool> fallback) {
  const toml::node* node = Find(section, key);
  if (node == nullptr && fallback) return *fallback;
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
  auto add = [&lines](const std::string& section, const toml::node& node) {
    const toml::table* table = node.as_table();
    if (table == nullptr) return;
    lines.emplace(section, static_cast<int>(node.source().begin.line));
    for (const auto& [key, value] : *table) {
      lines.emplace(fmt::format("{}.{}", section, key.str()), static_cast<int>(value.source().begin.line));
    }
  };
  for (const auto& [section, node] : root_) {
    add(std::string(section.str()), node);
    const toml::array* array = node.as_array();
    for (std::size_t i = 0; array != nullptr && i < array->size(); ++i) {
      add(fmt::format("{}.{}", section.str(), i), *array->get(i));
    }
  }
  return lines;
}

}  // namespace darkroom::model
