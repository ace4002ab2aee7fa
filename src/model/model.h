// Model: a package made ready to run: picture in, answer out.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/json.h"
#include "base/result.h"
#include "imaging/decode.h"
#include "imaging/image.h"
#include "model/package.h"
#include "model/runtime.h"
#include "model/tasks/postprocessor.h"

namespace darkroom::model {

class Chain;

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
  json::object result;                // what result.json holds (docs/formats/result.md)
  std::vector<ProducedFile> files;    // beside it
  std::string summary;                // for people, in a few words
  imaging::TransformList transforms;  // what was done to the picture, resolved; the package's own included
  StepTimes times;
};

struct PredictOptions {
  int top_k = 0;              // labels to return; 0: as the package says. More than there are classes: all of them.
  std::stop_token stop = {};  // ends a run early, with kCancelled
  imaging::TransformList transforms = {};  // done to the picture before the package's own
  std::uint64_t seed = 0;                  // what they leave to chance is drawn from it
};

// Life cycle: Load reads the networks, holds them against the package and runs the whole once on a blank picture, so
// that a model which loads runs, and its first job is not slower than the rest. Threads: all members are const and may
// run at once on any number of threads; each run uses the caller's thread alone.
class Model {
 public:
  // `runtime` must outlive the model; a kNoop package does not open it.
  // Errors: kInvalid when networks and package contradict each other (each names file, key, expected and found).
  static Result<std::unique_ptr<Model>> Load(Package package, Runtime& runtime);
  ~Model();
  Model(const Model&) = delete;

  const Package& package() const { return package_; }

  // Decode, transform, preprocess, infer, develop. Errors: those of imaging::Decode and of transforms that do not fit
  // the picture (its fault: retrying cannot help), kInternal when a network fails or answers with numbers that are not
  // finite, kCancelled.
  Result<Prediction> Run(std::string_view image_bytes, const Clock& clock, const PredictOptions& options = {}) const;

 private:
  explicit Model(Package package);
  imaging::DecodeOptions DecodeOptionsFor(const imaging::ImageInfo& info, const PredictOptions& options) const;
  Result<imaging::Image> Transformed(imaging::Image image, const PredictOptions& options, Prediction* prediction) const;

  const Package package_;
  std::unique_ptr<const Chain> chain_;                  // null without stages
  std::unique_ptr<const Postprocessor> postprocessor_;  // likewise; refers to package_
};

}  // namespace darkroom::model
