// Which tasks a network's outputs would fit, and what [output] would then say. A part of the draft of a package
// (package_draft.h); pure.
#pragma once

#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "cli/network_facts.h"
#include "cli/package_draft.h"
#include "model/task_spec.h"

namespace darkroom::cli {

// A line of model.toml.
struct DraftLine {
  std::string key;
  std::string value;     // as TOML: "\"NCHW\"", "224"
  std::string why = {};  // for a guess: the reason, and what else it could be
};

// One way to read the outputs.
struct TaskReading {
  model::Task task = model::Task::kRaw;
  int likelihood = 0;                         // against the other readings of the same network; 0 to 10
  std::string why;                            // "one output of 1×1000"
  std::vector<DraftLine> output;              // [output]; of a model with heads nothing
  std::vector<std::vector<DraftLine>> heads;  // [[head]]
  std::vector<LabelsFile> labels;
};

// All readings that a package could be made of, the likeliest first; of two alike the more particular. `labels`: as
// many as the user's file has, or 0; with labels, tasks without classes are left out.
std::vector<TaskReading> ReadTasks(const NetworkFacts& facts, int labels);

// Detection alone (draft_boxes.cc).
std::optional<TaskReading> ReadBoxes(const NetworkFacts& facts, int labels);

// Shared by the readings.

bool IsFloat(const SeenOutput& output);
// Whether the name holds one of the words, in any case.
bool NameHas(const SeenOutput& output, std::initializer_list<std::string_view> words);
// The labels of a lone output with `count` classes.
std::vector<LabelsFile> OneLabelsFile(int count, int labels);
// Text as a basic string of TOML, quoted.
std::string TomlText(std::string_view text);

}  // namespace darkroom::cli
