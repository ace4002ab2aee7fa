#include "tidy/source_tree.h"

#include <algorithm>
#include <array>
#include <fstream>

namespace darkroom::tidy {
namespace {

namespace fs = std::filesystem;

bool IsForeignFolder(const std::string& name) {
  static constexpr std::array<std::string_view, 3> kForeign = {"build", "node_modules", "__pycache__"};
  return std::ranges::find(kForeign, name) != kForeign.end() || (name.starts_with('.') && name != ".ci");
}

bool IsText(const fs::path& path) {
  static constexpr std::array<std::string_view, 22> kText = {
      ".cc",  ".h",  ".c",   ".cmake", ".txt",  ".md",   ".py",  ".ts",  ".js",   ".mjs", ".css",
      ".svg", ".sh", ".awk", ".json",  ".toml", ".yaml", ".yml", ".sql", ".html", ".xml", ""};
  return std::ranges::find(kText, path.extension().string()) != kText.end();
}

SourceFile Read(const fs::path& root, const fs::path& path) {
  SourceFile file{path.lexically_relative(root).generic_string(), {}};
  std::ifstream in(path);
  for (std::string line; std::getline(in, line);) file.lines.push_back(line);
  return file;
}

}  // namespace

bool IsTest(std::string_view path) {
  static constexpr std::array<std::string_view, 6> kEndings = {"_test.cc",   "_fixture.h",  "_fixture.cc",
                                                               "/testing.h", "/testing.cc", "_contract.h"};
  return std::ranges::any_of(kEndings, [&](std::string_view ending) { return path.ends_with(ending); });
}

std::vector<SourceFile> ReadProject(const fs::path& root) {
  std::vector<SourceFile> files;
  for (auto it = fs::recursive_directory_iterator(root); it != fs::recursive_directory_iterator(); ++it) {
    if (it->is_directory()) {
      if (IsForeignFolder(it->path().filename())) it.disable_recursion_pending();
    } else if (it->is_regular_file() && IsText(it->path())) {
      files.push_back(Read(root, it->path()));
    }
  }
  std::ranges::sort(files, {}, &SourceFile::path);
  return files;
}

}  // namespace darkroom::tidy
