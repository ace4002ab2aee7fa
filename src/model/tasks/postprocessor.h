// Postprocessor: from the tensors of a run to the job's answer. One for each task, in a file of its own beside this
// one; docs/formats/result.md says what each answers.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "base/json.h"
#include "base/result.h"
#include "imaging/image.h"
#include "model/package.h"
#include "model/placement.h"
#include "model/tensor.h"

namespace darkroom::model {

// A file beside the result.
struct ProducedFile {
  std::string name;  // "overlay.png"; [a-z0-9._-]
  std::string content_type;
  std::string bytes;
};

struct Answer {
  json::object result;  // what the task adds to result.json
  std::vector<ProducedFile> files;
  std::string summary;  // a few words for people: "chair 0.981"
};

// What was looked at.
struct View {
  const imaging::Image& picture;  // upright, transformed; RGB
  Placement placement;            // of the network's input on it
  int top_k = 0;                  // labels that the job asks for; 0: as the package says
};

// Threads: all members are const.
class Postprocessor {
 public:
  virtual ~Postprocessor() = default;

  // Whether the tensors have the types and shapes that the task needs. Errors: kInvalid naming the key of the package,
  // what was expected and what was found.
  virtual Status Check(const NamedTensors& tensors) const = 0;

  // Whether it looks at the picture itself, which must then be there in full.
  virtual bool NeedsPicture() const { return false; }

  // `tensors` have passed Check. Errors: kInternal for numbers that are not finite, where the answer would hold them.
  virtual Result<Answer> Run(const NamedTensors& tensors, const View& view) const = 0;
};

// `package` is not kNoop and must outlive it.
std::unique_ptr<Postprocessor> MakePostprocessor(const Package& package);

// One for each task.
std::unique_ptr<Postprocessor> MakeClassification(const Package& package, const ClassificationSpec& spec);
std::unique_ptr<Postprocessor> MakeDetection(const Package& package, const DetectionSpec& spec);
std::unique_ptr<Postprocessor> MakeSegmentation(const Package& package, const SegmentationSpec& spec);
std::unique_ptr<Postprocessor> MakeDepth(const Package& package, const DepthSpec& spec);
std::unique_ptr<Postprocessor> MakeImageToImage(const Package& package, const ImageSpec& spec);
std::unique_ptr<Postprocessor> MakeEmbedding(const Package& package, const EmbeddingSpec& spec);
std::unique_ptr<Postprocessor> MakeImageToVoxels(const Package& package, const VoxelSpec& spec);
std::unique_ptr<Postprocessor> MakeRaw(const Package& package, const RawSpec& spec);

// What they share.

// The tensor of that name, or the last one.
const Tensor& Pick(const NamedTensors& tensors, const std::string& name);
// "model.toml:20: [output] name: expected ‹expected›, found "scores" (float32 1×3)".
Error Unfit(const Package& package, const TensorName& at, const NamedTensors& tensors, std::string_view expected);
// kInternal when one of `numbers` is none; `what` names them.
Status CheckFinite(const Package& package, std::span<const float> numbers, std::string_view what);
// Six decimals: more of a float would be noise that differs between machines.
double Rounded(float number);
// 0, 85, 170, …: a colour for each class, told apart well for the first ones. Deterministic.
std::array<std::uint8_t, 3> ColorOf(int index);

}  // namespace darkroom::model
