// The files of the project as tests see them that judge the sources themselves.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace darkroom::tidy {

struct SourceFile {
  std::string path;  // relative to the top of the project, "src/base/clock.h"
  std::vector<std::string> lines;

  bool Ends(std::string_view suffix) const { return std::string_view(path).ends_with(suffix); }
  bool IsIn(std::string_view folder) const { return std::string_view(path).starts_with(folder); }
};

// Tests and what only they include: x_test.cc, x_fixture.h, testing.h, the contract suites.
bool IsTest(std::string_view path);

// Every text file under `root` that belongs to the project, sorted by path. What is generated or fetched (build/,
// node_modules/, hidden folders other than .ci/) is left out, and so are pictures and models.
std::vector<SourceFile> ReadProject(const std::filesystem::path& root);

}  // namespace darkroom::tidy
