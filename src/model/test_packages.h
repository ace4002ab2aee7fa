// Packages that tests write into a folder of their own.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>

#include "model/package.h"

namespace darkroom::model {

// A folder that goes away with the object.
class TemporaryFolder {
 public:
  TemporaryFolder();
  ~TemporaryFolder();
  TemporaryFolder(const TemporaryFolder&) = delete;
  const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
};

// A good model.toml for testdata/means.onnx, to be varied: an 8×8 input, three labels.
extern const std::string_view kMeansToml;

// `text` with the one place where `from` stands replaced by `to`.
std::string Replaced(std::string_view text, std::string_view from, std::string_view to);

// Writes FOLDER/model.toml, FOLDER/labels.txt and, as FOLDER/model.onnx, testdata/<network>.onnx. Returns `folder`.
std::filesystem::path WritePackage(const std::filesystem::path& folder, std::string_view toml,
                                   std::string_view labels = "red\ngreen\nblue\n", std::string_view network = "means");

// The file's bytes; the test fails when it cannot be read.
std::string ReadAll(const std::filesystem::path& path);

// Where the real classifiers and photographs are, when they are: $DARKROOM_SHARED, else ../shared beside the source
// tree.
std::filesystem::path SharedFolder();

}  // namespace darkroom::model
