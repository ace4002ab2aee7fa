// model.toml and labels, which come with models from anywhere.
#include <cstddef>
#include <cstdint>
#include <string>

#include "model/labels.h"
#include "model/package.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace darkroom::model;
  const std::string text(reinterpret_cast<const char*>(data), size);
  (void)ParseLabels(text);

  darkroom::Result<Package> package = ParseModelToml(text, "model.toml");
  if (!package) {
    DR_CHECK(package.error().message().starts_with("model.toml"));
    return 0;
  }
  // Whatever was let through can be worked with.
  DR_CHECK(!package->name.empty() && !package->version.empty());
  if (package->task == Task::kNoop) return 0;
  DR_CHECK(package->input.width > 0 && package->input.height > 0 && package->max_pixels > 0);
  if (package->preprocess.resize == Resize::kShorter) {
    DR_CHECK(package->preprocess.resize_to >= package->input.width);
    DR_CHECK(package->preprocess.resize_to >= package->input.height);
  }
  return 0;
}
