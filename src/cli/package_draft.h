// A model.toml for a network that nobody has described yet. What the network says itself is known; the rest is guessed
// from shapes, names and the numbers that noise became, and every guess says so in a comment, with what it could be
// instead. Pure: no files, no networks.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "cli/network_facts.h"
#include "model/task_spec.h"

namespace darkroom::cli {

struct DraftOptions {
  std::string name;  // of the package
  std::string version = "1";
  std::optional<model::Task> task;  // when the user says it
  int labels = 0;                   // as many as the file that the user named has; 0: none was named
};

// A file of labels that the package needs.
struct LabelsFile {
  std::string name;  // "labels.txt"
  int count = 0;
  bool named = false;  // the user's file is meant, else its labels are made up: "class 0", …
};

struct Guess {
  std::string key;    // "[preprocess] mean"
  std::string value;  // as in the file
  std::string why;    // and what else it could be
};

struct Draft {
  model::Task task = model::Task::kRaw;
  std::string toml;
  std::vector<LabelsFile> labels;
  std::vector<Guess> guesses;
};

// Errors: kInvalid when the outputs fit no task, or not the one that was asked for, or when the labels that were named
// fit no output.
Result<Draft> DraftPackage(const NetworkFacts& facts, const DraftOptions& options);

}  // namespace darkroom::cli
