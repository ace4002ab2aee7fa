// How the results of two jobs differ, in words.
#pragma once

#include <string>
#include <vector>

#include "base/json.h"

namespace darkroom::cli {

// A number may differ by this much: another processor sums in another order.
inline constexpr double kTolerance = 1e-4;

// Lines as "result.labels[0].score: 0.981 became 0.972" for two jobs that succeeded, as the service tells them: model,
// members of the result, and artifacts by their content. Empty: they are the same.
std::vector<std::string> Differences(const json::object& before, const json::object& after);

}  // namespace darkroom::cli
