// Depth: how far each pixel is, as numbers and as a picture in which near is light.
#include <fmt/format.h>

#include <algorithm>

#include "mesh/npy.h"
#include "model/tasks/draw.h"
#include "model/tasks/postprocessor.h"
#include "model/tasks/region.h"

namespace darkroom::model {
namespace {

class Depth : public Postprocessor {
 public:
  Depth(const Package& package, const DepthSpec& spec)
      : package_(package), spec_(spec), names_(TensorsOf(package.output)) {}

  Status Check(const NamedTensors& tensors) const override {
    const Tensor& tensor = Pick(tensors, spec_.tensor);
    const bool flat = (tensor.rank() == 3 && tensor.side(0) == 1) ||
                      (tensor.rank() == 4 && tensor.side(0) == 1 && tensor.side(1) == 1);
    if (flat && tensor.type() == ElementType::kFloat32 && tensor.elements() > 0) return {};
    return Fail(Unfit(package_, names_[0], tensors, "float32 1×H×W or 1×1×H×W"));
  }

  Result<Answer> Run(const NamedTensors& tensors, const View& view) const override {
    const Tensor& tensor = Pick(tensors, spec_.tensor);
    const std::span<const float> numbers = tensor.floats();
    if (Status finite = CheckFinite(package_, numbers, "its depths"); !finite) return Fail(finite.error());
    const std::int64_t height = tensor.side(tensor.rank() - 2), width = tensor.side(tensor.rank() - 1);
    const auto [least, most] = std::ranges::minmax(numbers);

    Answer answer;
    answer.result["depth"] = json::object{{"min", Rounded(least)},
                                          {"max", Rounded(most)},
                                          {"near", spec_.near_is_large ? "large" : "small"},
                                          {"width", width},
                                          {"height", height}};
    answer.result["region"] = RegionOf(package_, view.placement);
    auto drawn = DrawGray(static_cast<int>(width), static_cast<int>(height), numbers,
                          spec_.near_is_large ? least : most, spec_.near_is_large ? most : least);
    if (!drawn) return Fail(drawn.error());
    answer.files.push_back({"depth.png", "image/png", std::move(*drawn)});
    const std::int64_t shape[] = {height, width};
    auto array = mesh::WriteNpy(numbers, shape);
    if (!array) return Fail(array.error());
    answer.files.push_back({"depth.npy", "application/octet-stream", std::move(*array)});
    answer.summary = fmt::format("depth {:.3g} to {:.3g}", least, most);
    return answer;
  }

 private:
  const Package& package_;
  const DepthSpec& spec_;
  const std::vector<TensorName> names_;
};

}  // namespace

std::unique_ptr<Postprocessor> MakeDepth(const Package& package, const DepthSpec& spec) {
  return std::make_unique<Depth>(package, spec);
}

}  // namespace darkroom::model
