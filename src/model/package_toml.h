// The sections of model.toml, each read by a function of its own. Private to the parser (package_toml.cc).
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "model/package.h"
#include "model/toml_reader.h"

namespace darkroom::model {

// A package's or stage's name stands in URLs, metrics, object keys and file names.
bool IsName(std::string_view text, std::size_t longest);

// A file of the package: a relative path that stays within its folder.
std::filesystem::path FileOf(TomlReader& reader, const Package& package, std::string_view section, std::string_view key,
                             std::string fallback);

// [[stage]], or the one stage that stands for `[model] file`. `input` has been read.
void ReadStages(TomlReader& reader, Package* package);
// [output] and [[head]] for package->task.
void ReadOutput(TomlReader& reader, Package* package);

extern const std::span<const std::string_view> kStageKeys, kOutputKeys, kHeadKeys;

}  // namespace darkroom::model
