// What can be learned of a network by asking it and by running it once on a picture of noise: the input that takes the
// picture, and outputs with their real shapes and numbers. What `model add` drafts a package from.
#pragma once

#include <string>
#include <vector>

#include "base/result.h"
#include "model/package.h"
#include "model/session.h"
#include "model/tensor.h"

namespace darkroom::cli {

// The input that takes the picture. What the network leaves open has been chosen, and is said to be.
struct PictureInput {
  std::string name;
  model::Layout layout = model::Layout::kNchw;
  model::ElementType type = model::ElementType::kFloat32;
  int channels = 3;
  int width = 0;
  int height = 0;
  bool layout_chosen = false;    // the shape would allow the other one too
  bool channels_chosen = false;  // the network takes any number
  bool width_chosen = false;     // likewise
  bool height_chosen = false;

  model::Shape shape() const;  // batch of one
};

struct SeenOutput {
  std::string name;
  std::string foreign_type = {};  // of a type that packages do not read; `tensor` is empty then
  model::Tensor tensor;           // what the noise became
};

struct NetworkFacts {
  PictureInput input;
  std::vector<SeenOutput> outputs;
};

// Reads the picture's input off what the network says. An open side becomes `open_side`. `file` is for errors: kInvalid
// when a package of this one network could not feed it, with what to do.
Result<PictureInput> ReadPictureInput(const std::string& file, const std::vector<model::TensorSpec>& inputs,
                                      int open_side);

// Runs the network on noise, which is in the range of numbers that networks are used to. Where it leaves sides open and
// fails, others are tried. Errors: those of ReadPictureInput; kInvalid when it runs with none.
Result<NetworkFacts> LearnNetwork(const std::string& file, const model::Session& session);

}  // namespace darkroom::cli
