// Model: a package made ready to run: picture in, labels out.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/json.h"
#include "base/result.h"
#include "imaging/image.h"
#include "model/package.h"
#include "model/runtime.h"

namespace darkroom::model {

class Session;

struct Label {
  std::string label;
  int index = 0;    // the class, as the network numbers it
  float score = 0;  // a probability when the network, or softmax = true, makes it one
};

// The picture as it was handed in, upright.
struct PictureInfo {
  int width = 0;
  int height = 0;
  imaging::Format format = imaging::Format::kJpeg;
};

// When each step ended, by the clock handed in. kNoop gives them all the same time.
struct StepTimes {
  Time decoded;
  Time preprocessed;
  Time inferred;
};

struct Prediction {
  Task task = Task::kClassification;
  std::vector<Label> labels;           // best first, equal scores by index; empty for kNoop
  std::optional<PictureInfo> picture;  // nothing for kNoop
  StepTimes times;
};

struct PredictOptions {
  int top_k = 0;              // labels to return; 0: as the package says. More than there are classes: all of them.
  std::stop_token stop = {};  // ends a run early, with kCancelled
};

// A picture made into the network's input.
struct PreparedInput {
  std::vector<std::byte> tensor;  // elements of the package's input type and layout, batch of one
  std::optional<PictureInfo> picture;
  Time decoded;
  Time preprocessed;
};

// Life cycle: Load reads the weights, holds them against the package and runs the network once, so that a model which
// loads runs, and its first job is not slower than the rest.
// Threads: all members are const and may run at once on any number of threads; each run uses the caller's thread alone.
class Model {
 public:
  // `runtime` must outlive the model; a kNoop package does not open it.
  // Errors: kInvalid when weights and package contradict each other (each names file, key, expected and found).
  static Result<std::unique_ptr<Model>> Load(Package package, Runtime& runtime);
  ~Model();

  const Package& package() const { return package_; }

  // Decode, preprocess, infer, rank. Errors: those of imaging::Decode (the picture's fault: retrying cannot help),
  // kInternal when the network fails or answers with numbers that are not finite, kCancelled.
  Result<Prediction> Run(std::string_view image_bytes, const Clock& clock, const PredictOptions& options = {}) const;

  // The two halves of Run, for callers that keep them on different threads.
  Result<PreparedInput> Prepare(std::string_view image_bytes, const Clock& clock) const;
  Result<Prediction> Infer(const PreparedInput& input, const Clock& clock, const PredictOptions& options = {}) const;

 private:
  Model(Package package, std::unique_ptr<Session> session);

  const Package package_;
  const std::unique_ptr<Session> session_;  // null for kNoop
};

// The best `top_k` of `scores`, best first, equal ones by index. `labels` has a name for each score.
std::vector<Label> Rank(std::span<const float> scores, const std::vector<std::string>& labels, int top_k);
// In place; subtracts the largest first, so that no finite input overflows.
void Softmax(std::span<float> scores);

// What result.json holds (docs/formats/result.md).
json::object ToJson(const Prediction& prediction);

}  // namespace darkroom::model
