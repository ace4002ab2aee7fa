// --transform and --seed: what is done to pictures before their model sees them.
#pragma once

#include <CLI/CLI.hpp>
#include <optional>
#include <string>
#include <vector>

#include "cli/picture_jobs.h"

namespace darkroom::cli {

struct TransformFlags {
  std::vector<std::string> transforms;  // each a list of its own; they follow each other
  std::optional<std::int64_t> seed;

  // Must outlive the parsing.
  void AddTo(CLI::App& command);
  void AddTo(Fields& fields) const;
};

}  // namespace darkroom::cli
