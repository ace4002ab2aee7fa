// "Did you mean": the known word that a mistyped one is nearest to.
#pragma once

#include <algorithm>
#include <cstddef>
#include <numeric>
#include <span>
#include <string_view>
#include <vector>

namespace darkroom {

// Single-letter insertions, deletions and replacements that turn `a` into `b`.
inline std::size_t EditDistance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> row(b.size() + 1);
  std::iota(row.begin(), row.end(), std::size_t{0});
  for (std::size_t i = 0; i < a.size(); ++i) {
    std::size_t diagonal = row[0];
    row[0] = i + 1;
    for (std::size_t j = 0; j < b.size(); ++j) {
      const std::size_t above = row[j + 1];
      row[j + 1] = std::min({above + 1, row[j] + 1, diagonal + (a[i] == b[j] ? 0 : 1)});
      diagonal = above;
    }
  }
  return row.back();
}

// The first of the nearest words; empty when there are none. Of a long `word` only the begin is compared, so that input
// of any size costs little.
inline std::string_view Nearest(std::string_view word, std::span<const std::string_view> known) {
  const std::string_view start = word.substr(0, 64);
  auto distance = [&](std::string_view other) { return EditDistance(start, other); };
  auto nearest = std::ranges::min_element(known, {}, distance);
  return nearest == known.end() ? std::string_view() : *nearest;
}

}  // namespace darkroom
