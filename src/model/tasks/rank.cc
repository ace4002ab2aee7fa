#include "model/tasks/rank.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "base/result.h"

namespace darkroom::model {

std::vector<Label> Rank(std::span<const float> scores, const std::vector<std::string>& labels, int top_k) {
  DR_CHECK(scores.size() == labels.size());
  std::vector<int> order(scores.size());
  std::iota(order.begin(), order.end(), 0);
  const auto best = order.begin() + std::min<std::ptrdiff_t>(std::max(top_k, 0), std::ssize(order));
  std::partial_sort(order.begin(), best, order.end(),
                    [&](int a, int b) { return scores[a] != scores[b] ? scores[a] > scores[b] : a < b; });
  std::vector<Label> ranked;
  for (auto it = order.begin(); it != best; ++it) ranked.push_back({labels[*it], *it, scores[*it]});
  return ranked;
}

void Softmax(std::span<float> scores) {
  if (scores.empty()) return;
  const float largest = *std::ranges::max_element(scores);
  double sum = 0;
  for (float& score : scores) {
    score = std::exp(score - largest);
    sum += score;
  }
  for (float& score : scores) score = static_cast<float>(score / sum);
}

void Sigmoid(std::span<float> scores) {
  for (float& score : scores) score = 1 / (1 + std::exp(-score));
}

}  // namespace darkroom::model
