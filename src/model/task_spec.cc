#include "model/task_spec.h"

namespace darkroom::model {
namespace {

using Names = std::vector<TensorName>;

Names Of(const NoopSpec&) { return {}; }
Names Of(const RawSpec&) { return {}; }
template <class Spec>  // with one tensor
Names Of(const Spec& spec) {
  return {{"output", "name", spec.tensor}};
}

Names Of(const ClassificationSpec& spec) {
  Names names;
  for (std::size_t i = 0; i < spec.heads.size(); ++i) {
    const ClassificationSpec::Head& head = spec.heads[i];
    if (head.name.empty())
      names.push_back({"output", "name", head.tensor});
    else
      names.push_back({"head." + std::to_string(i), "tensor", head.tensor});
  }
  return names;
}

Names Of(const DetectionSpec& spec) {
  if (spec.format != BoxFormat::kSeparate && spec.format != BoxFormat::kClassed) {
    return {{"output", "name", spec.tensor}};
  }
  Names names = {{"output", "boxes", spec.boxes}, {"output", "scores", spec.scores}};
  if (spec.format == BoxFormat::kClassed) names.push_back({"output", "classes", spec.classes});
  return names;
}

Names Of(const VoxelSpec& spec) {
  Names names = {{"output", "name", spec.tensor}};
  if (!spec.depth.empty()) names.push_back({"output", "depth", spec.depth});
  return names;
}

}  // namespace

std::vector<TensorName> TensorsOf(const TaskSpec& spec) {
  return std::visit([](const auto& task) { return Of(task); }, spec);
}

}  // namespace darkroom::model
