// TaskSpec: what a model is for, and how its tensors become an answer: the section [output] of model.toml, by task.
// docs/models.md explains each with an example; model/tasks/ does what is said here.
#pragma once

#include <array>
#include <filesystem>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace darkroom::model {

enum class Task {
  kClassification,
  kDetection,
  kSegmentation,
  kDepth,
  kImageToImage,
  kEmbedding,
  kImageToVoxels,
  kRaw,
  kTransform,  // no network; answers the picture after its transforms
  kNoop,  // no network; answers an empty result without looking at the picture. Measures the service around a model.
};
enum class Color { kRgb, kBgr, kGray, kRgba };

// The words of model.toml. Static storage.
std::string_view Name(Task task);
std::string_view Name(Color color);

// How a network's numbers become probabilities.
enum class Activation { kNone, kSoftmax, kSigmoid };

// The names of classes, in their order.
struct Labels {
  std::filesystem::path path;
  std::vector<std::string> names;
};

// In all of these a tensor's name may be empty: then it is the last one that the stages made.

// One head: result.labels. Several: each under its name too.
struct ClassificationSpec {
  struct Head {
    std::string name;    // "category"; empty when it is the only one
    std::string tensor;  // 1×C
    Labels labels;
    Activation activation = Activation::kNone;
    bool multi_label = false;  // any number of labels may hold at once
    float threshold = 0;       // labels with a lower score are left out; for multi_label
    int top_k = 5;
  };
  std::vector<Head> heads;  // one at least
};

enum class BoxFormat {
  kSeparate,  // boxes 1×N×4 and scores 1×N×C
  kClassed,   // boxes N×4, scores N and classes N, as torchvision's detectors answer
  kYolov5,    // one tensor 1×N×(5+C): box, objectness, scores
  kYolov8,    // one tensor 1×(4+C)×N: box, scores
  kFinal,     // one tensor 1×N×6: corners, score, class; overlaps have been suppressed
};
struct DetectionSpec {
  BoxFormat format = BoxFormat::kSeparate;
  std::string tensor;  // of the formats with one
  std::string boxes, scores, classes;
  bool centres = false;   // x, y of the centre, width, height; else x, y of two corners
  bool relative = false;  // in units of the input's sides; else in its pixels
  bool sigmoid = false;   // of scores and objectness
  float min_score = 0.25f;
  float max_overlap = 0.45f;  // intersection over union, above which the lesser box of a class goes; 1 keeps all
  int max_boxes = 100;
  Labels labels;
};

struct SegmentationSpec {
  std::string tensor;  // 1×C×H×W scores, or 1×H×W or 1×1×H×W classes as whole numbers
  Labels labels;
};

struct DepthSpec {
  std::string tensor;          // 1×H×W or 1×1×H×W
  bool near_is_large = false;  // as of inverse depth
};

struct ImageSpec {
  std::string tensor;                   // 1×C×H×W or 1×H×W×C with C = 1 or 3, as [input] layout says
  std::array<float, 2> range = {0, 1};  // what becomes 0 and 255
  Color color = Color::kRgb;            // order of the channels
};

struct EmbeddingSpec {
  std::string tensor;  // 1×D
  bool normalise = false;
};

struct VoxelSpec {
  std::string tensor;        // a cube of occupancies from 0 to 1, as 1×1×D×D×D
  std::string axes = "zyx";  // which way its sides run (mesh::Voxels::FromTensor)
  float threshold = 0.5f;
  float side = 1;     // metres along a side of the grid
  std::string depth;  // a tensor to be shown as depth.png; empty: none
};

struct RawSpec {};
struct NoopSpec {};

using TaskSpec = std::variant<NoopSpec, ClassificationSpec, DetectionSpec, SegmentationSpec, DepthSpec, ImageSpec,
                              EmbeddingSpec, VoxelSpec, RawSpec>;

// A tensor that a task reads, and the key of model.toml that names it, or could.
struct TensorName {
  std::string section;  // "output", "head.0"
  std::string key;
  std::string tensor;  // empty: the last one made
};
// Empty for tasks that take whatever there is.
std::vector<TensorName> TensorsOf(const TaskSpec& spec);

}  // namespace darkroom::model
