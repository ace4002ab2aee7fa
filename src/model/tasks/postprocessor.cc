#include "model/tasks/postprocessor.h"

#include <fmt/format.h>

#include <cmath>

namespace darkroom::model {

std::unique_ptr<Postprocessor> MakePostprocessor(const Package& package) {
  struct Make {
    const Package& package;
    std::unique_ptr<Postprocessor> operator()(const NoopSpec&) const { return nullptr; }
    std::unique_ptr<Postprocessor> operator()(const ClassificationSpec& spec) const {
      return MakeClassification(package, spec);
    }
    std::unique_ptr<Postprocessor> operator()(const DetectionSpec& spec) const { return MakeDetection(package, spec); }
    std::unique_ptr<Postprocessor> operator()(const SegmentationSpec& spec) const {
      return MakeSegmentation(package, spec);
    }
    std::unique_ptr<Postprocessor> operator()(const DepthSpec& spec) const { return MakeDepth(package, spec); }
    std::unique_ptr<Postprocessor> operator()(const ImageSpec& spec) const { return MakeImageToImage(package, spec); }
    std::unique_ptr<Postprocessor> operator()(const EmbeddingSpec& spec) const { return MakeEmbedding(package, spec); }
    std::unique_ptr<Postprocessor> operator()(const VoxelSpec& spec) const { return MakeImageToVoxels(package, spec); }
    std::unique_ptr<Postprocessor> operator()(const RawSpec& spec) const { return MakeRaw(package, spec); }
  };
  return std::visit(Make{package}, package.output);
}

const Tensor& Pick(const NamedTensors& tensors, const std::string& name) {
  if (name.empty()) return tensors.last();
  const Tensor* tensor = tensors.Find(name);
  DR_CHECK(tensor != nullptr);  // Chain::Load looked for it
  return *tensor;
}

Error Unfit(const Package& package, const TensorName& at, const NamedTensors& tensors, std::string_view expected) {
  const std::string& name = at.tensor.empty() ? tensors.last_name() : at.tensor;
  return {Code::kInvalid, fmt::format("{}: expected {}, found \"{}\" ({})", package.Where(at.section, at.key), expected,
                                      name, Describe(Pick(tensors, at.tensor)))};
}

Status CheckFinite(const Package& package, std::span<const float> numbers, std::string_view what) {
  for (const float number : numbers) {
    if (std::isfinite(number)) continue;
    return Fail(
        Code::kInternal,
        fmt::format("model {} {} answered with {} in {}; see whether mean and scale in its model.toml are those "
                    "that it was trained with, and whether its network overflows",
                    package.name, package.version, number, what));
  }
  return {};
}

double Rounded(float number) { return std::round(static_cast<double>(number) * 1e6) / 1e6; }

// Hues a golden angle apart, as bright as can be.
std::array<std::uint8_t, 3> ColorOf(int index) {
  const double hue = std::fmod(index * 137.50776405, 360.0) / 60;
  auto channel = [&](double shift) {
    const double k = std::fmod(shift + hue, 6.0);
    return static_cast<std::uint8_t>(std::lround(255 * (1 - 0.85 * std::max(0.0, std::min({k, 4 - k, 1.0})))));
  };
  return {channel(5), channel(3), channel(1)};
}

}  // namespace darkroom::model
