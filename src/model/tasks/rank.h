// Scores to probabilities, and to the best labels.
#pragma once

#include <span>
#include <string>
#include <vector>

namespace darkroom::model {

struct Label {
  std::string label;
  int index = 0;    // the class, as the network numbers it
  float score = 0;  // a probability when the network, or the package's activation, makes it one
};

// The best `top_k` of `scores`, best first, equal ones by index. `labels` has a name for each score.
std::vector<Label> Rank(std::span<const float> scores, const std::vector<std::string>& labels, int top_k);

// In place; subtracts the largest first, so that no finite input overflows.
void Softmax(std::span<float> scores);
void Sigmoid(std::span<float> scores);

}  // namespace darkroom::model
