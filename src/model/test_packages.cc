#include "model/test_packages.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <sstream>

namespace darkroom::model {

namespace fs = std::filesystem;

const std::string_view kMeansToml = R"([model]
name = "means"
version = "1"
task = "classification"

[input]
name = "image"
layout = "NCHW"
type = "float32"
width = 8
height = 8

[preprocess]
resize = "stretch"
color = "RGB"
mean = [0, 0, 0]
scale = 1

[output]
name = "scores"
softmax = false
top_k = 3
)";

TemporaryFolder::TemporaryFolder() {
  std::string pattern = (fs::temp_directory_path() / "darkroom-model-XXXXXX").string();
  DR_CHECK(::mkdtemp(pattern.data()) != nullptr);
  path_ = pattern;
}

TemporaryFolder::~TemporaryFolder() {
  std::error_code ignored;
  fs::remove_all(path_, ignored);
}

std::string Replaced(std::string_view text, std::string_view from, std::string_view to) {
  const std::size_t at = text.find(from);
  DR_CHECK(at != text.npos);
  return std::string(text.substr(0, at)).append(to).append(text.substr(at + from.size()));
}

fs::path WritePackage(const fs::path& folder, std::string_view toml, std::string_view labels,
                      std::string_view network) {
  fs::create_directories(folder);
  std::ofstream(folder / "model.toml") << toml;
  std::ofstream(folder / "labels.txt") << labels;
  const fs::path weights = fs::path(DARKROOM_MODEL_TESTDATA) / (std::string(network) + ".onnx");
  fs::copy_file(weights, folder / "model.onnx", fs::copy_options::overwrite_existing);
  return folder;
}

std::string ReadAll(const fs::path& path) {
  std::ifstream in(path, std::ios::binary);
  EXPECT_TRUE(in) << path;
  std::ostringstream out;
  out << in.rdbuf();
  return std::move(out).str();
}

fs::path SharedFolder() {
  const char* folder = std::getenv("DARKROOM_SHARED");
  return folder != nullptr ? fs::path(folder) : fs::path(DARKROOM_SOURCE_DIR) / "../shared";
}

}  // namespace darkroom::model
