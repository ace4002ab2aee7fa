// TomlReader: takes values out of a model.toml and judges them on the way.
#pragma once

#include <toml++/toml.h>

#include <array>
#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>

#include "base/result.h"

namespace darkroom::model {

// A section that may stand in the file, and its keys.
struct KnownSection {
  std::string_view name;
  std::span<const std::string_view> keys;
  bool repeated = false;  // [[name]], any number of times; the first is addressed as "name.0"
};

// How a section is written in errors: "[input]", "[[stage]] 1" for "stage.0".
std::string Title(std::string_view section);

// Keeps the first error: once something was wrong, getters return their fallback and the caller looks at status() at
// the end. An error names file, line, key, what was expected and what was found.
class TomlReader {
 public:
  // Errors: kInvalid when `text` is not TOML.
  static Result<TomlReader> Parse(std::string_view text, const std::filesystem::path& path);

  // An error, with the nearest known key, when something stands there that is not known.
  void AllowOnly(std::span<const KnownSection> sections);

  bool Has(std::string_view section, std::string_view key) const { return Find(section, key) != nullptr; }
  bool HasSection(std::string_view section) const { return Section(section) != nullptr; }
  int Count(std::string_view repeated) const;  // how often [[repeated]] stands there
  // Errors for keys that are known but mean nothing here, as "min" of another operation.
  void AllowKeys(std::string_view section, std::span<const std::string_view> keys, std::string_view of);

  // Without a fallback the key must be there.
  std::string Text(std::string_view section, std::string_view key, std::optional<std::string> fallback);
  std::int64_t Integer(std::string_view section, std::string_view key, std::int64_t min, std::int64_t max,
                       std::optional<std::int64_t> fallback);
  // A finite number, whole or not.
  float Real(std::string_view section, std::string_view key, float min, float max, std::optional<float> fallback);
  // [low, high], low below high.
  std::array<float, 2> Range(std::string_view section, std::string_view key);
  bool Flag(std::string_view section, std::string_view key, std::optional<bool> fallback = std::nullopt);
  // { theirs = "ours", … }; empty when it is not there.
  std::map<std::string, std::string, std::less<>> Names(std::string_view section, std::string_view key);
  // One of the words, as the value it stands for.
  template <class T>
  T Word(std::string_view section, std::string_view key, std::span<const std::pair<std::string_view, T>> words,
         std::optional<T> fallback);
  // One number for all channels, or `count` of them in an array.
  std::array<float, 3> Numbers(std::string_view section, std::string_view key, int count);
  // Three whole numbers from 0 to 255.
  std::array<std::uint8_t, 3> ColorValue(std::string_view section, std::string_view key,
                                         std::array<std::uint8_t, 3> fallback);

  // Records that a value is not what it should be.
  void Expect(std::string_view section, std::string_view key, std::string_view expected);

  const Status& status() const { return status_; }
  // Line of each key that is there: "input.width" → 12.
  std::map<std::string, int, std::less<>> Lines() const;

 private:
  TomlReader(toml::table root, std::filesystem::path path) : root_(std::move(root)), path_(std::move(path)) {}

  const toml::node* Section(std::string_view section) const;
  const toml::node* Find(std::string_view section, std::string_view key) const;
  void AllowTable(std::string_view section, const toml::node& node, std::span<const std::string_view> keys);
  void Record(const toml::node* at, std::string_view what);
  std::optional<std::size_t> WordIndex(std::string_view section, std::string_view key,
                                       std::span<const std::string_view> words, bool required);

  toml::table root_;
  std::filesystem::path path_;
  Status status_;
};

template <class T>
T TomlReader::Word(std::string_view section, std::string_view key,
                   std::span<const std::pair<std::string_view, T>> words, std::optional<T> fallback) {
  std::vector<std::string_view> names;
  for (const auto& [name, value] : words) names.push_back(name);
  const std::optional<std::size_t> index = WordIndex(section, key, names, !fallback.has_value());
  return index ? words[*index].second : fallback.value_or(T());
}

}  // namespace darkroom::model
