// Expectation: what a package's samples should become, kept as expected.json beside model.toml, and how far a run may
// be from it (docs/formats/expected.md). So that a package tells by itself whether it still works elsewhere.
#pragma once

#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/json.h"
#include "base/result.h"

namespace darkroom::cli {

// How far a number may be off.
struct Tolerance {
  double amount = 0;
  bool relative = false;  // to the expected number
};

struct Expectation {
  json::object samples;                                      // by file name: members of the result
  std::map<std::string, Tolerance, std::less<>> tolerances;  // by path: "labels[].score"

  // "labels[1].score: expected 0.98 ± 0.01, found 0.71", one for each difference, at most twenty. `found` may have more
  // members than are expected.
  std::vector<std::string> Differences(const json::object& expected, const json::object& found) const;
};

// Reads FOLDER/expected.json; nullopt where there is none. Errors: kInvalid naming the file and what is wrong in it.
Result<std::optional<Expectation>> ReadExpectation(const std::filesystem::path& folder);

// The parser of that file's text, for which `where` stands in errors.
Result<Expectation> ParseExpectation(std::string_view text, std::string_view where);

// What a result is worth expecting of: without what the machine or the job adds, and without labels that are hardly
// meant, whose order may differ from machine to machine.
json::object WorthExpecting(const json::object& result);

// The file for these samples, by name, with tolerances that fit what stands in results.
std::string WriteExpectation(const std::map<std::string, json::object>& samples);

}  // namespace darkroom::cli
