// "Did you mean": the known word that a mistyped one is nearest to.
#pragma once

#include <algorithm>
#include <cstddef>
#include <numeric>
#include <span>
#include <string_view>
#include <utility>
#include <vector>

namespace darkroom {

// Insertions, deletions and replacements of a letter, and swaps of two neighbours, that turn `a` into `b` (the optimal
// string alignment distance).
inline std::size_t EditDistance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> before(b.size() + 1), above(b.size() + 1), row(b.size() + 1);
  std::iota(row.begin(), row.end(), std::size_t{0});
  for (std::size_t i = 0; i < a.size(); ++i) {
    std::swap(before, above);
    std::swap(above, row);
    row[0] = i + 1;
    for (std::size_t j = 0; j < b.size(); ++j) {
      row[j + 1] = std::min({above[j + 1] + 1, row[j] + 1, above[j] + (a[i] == b[j] ? 0 : 1)});
      const bool swapped = i > 0 && j > 0 && a[i] == b[j - 1] && a[i - 1] == b[j];
      if (swapped) row[j + 1] = std::min(row[j + 1], before[j - 1] + 1);
    }
  }
  return row.back();
}

// The first of the nearest words, when it is near enough to have been meant: one letter off, or a third of the longer
// word's letters. Else empty. Of a long `word` only the begin is compared, so that input of any size costs little.
inline std::string_view Nearest(std::string_view word, std::span<const std::string_view> known) {
  const std::string_view start = word.substr(0, 64);
  auto distance = [&](std::string_view other) { return EditDistance(start, other); };
  const auto nearest = std::ranges::min_element(known, {}, distance);
  if (nearest == known.end()) return {};
  const std::size_t letters = std::max(start.size(), nearest->size());
  return distance(*nearest) <= std::max<std::size_t>(1, letters / 3) ? *nearest : std::string_view();
}

}  // namespace darkroom
