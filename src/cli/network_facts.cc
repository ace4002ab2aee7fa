#include "cli/network_facts.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <random>

namespace darkroom::cli {
namespace {

using model::ElementType;
using model::Layout;
using model::TensorSpec;

constexpr int kLargestSide = 4096;  // of a package's input
// What networks are made for, the most common first; multiples of 32 all.
constexpr int kOpenSides[] = {224, 640, 256, 320, 512, 416, 128, 96, 64, 32};

bool IsChannels(std::int64_t side) { return side == 1 || side == 3 || side == 4; }

// The one input that a picture fits: four sides, or what is nearest to it for the error.
Result<TensorSpec> PictureSpec(const std::string& file, const std::vector<TensorSpec>& inputs) {
  if (inputs.size() != 1) {
    return Fail(Code::kInvalid,
                fmt::format("{}: has {} inputs: {}; a network that takes more than the picture needs stages that make "
                            "the rest: write its model.toml by hand (docs/models.md, Stages)",
                            file, inputs.size(), model::Describe(inputs)));
  }
  const TensorSpec& input = inputs[0];
  const bool type =
      input.foreign_type.empty() && (input.type == ElementType::kFloat32 || input.type == ElementType::kUint8);
  if (!type) {
    return Fail(Code::kInvalid, fmt::format("{}: its input is {}; export it with an input of float32 or uint8", file,
                                            model::Describe(input)));
  }
  if (input.shape.size() != 4) {
    return Fail(Code::kInvalid, fmt::format("{}: its input is {}; a picture has four sides, N×C×H×W or N×H×W×C", file,
                                            model::Describe(input)));
  }
  if (input.shape[0] > 1) {
    return Fail(Code::kInvalid, fmt::format("{}: its input is {}; export it with a batch of 1 or of any size", file,
                                            model::Describe(input)));
  }
  return input;
}

void ChooseSide(std::int64_t said, int open_side, int* side, bool* chosen) {
  *chosen = said < 0;
  *side = static_cast<int>(said < 0 ? open_side : std::min<std::int64_t>(said, kLargestSide + 1));
}

// Noise as a network would see it: bytes, or numbers about 0 with a deviation of 1. The same on each call.
model::Tensor Noise(const PictureInput& input) {
  model::Tensor picture(input.type, input.shape());
  std::mt19937 random(1);
  if (input.type == ElementType::kUint8) {
    for (std::byte& sample : picture.bytes()) sample = static_cast<std::byte>(random() & 0xFF);
    return picture;
  }
  constexpr float kWidest = 1.75f;  // evenly from -1.75 to 1.75 deviates by 1
  for (float& sample : picture.floats()) {
    sample = kWidest * (2 * static_cast<float>(random()) / static_cast<float>(std::mt19937::max()) - 1);
  }
  return picture;
}

Result<NetworkFacts> RunOnNoise(const model::Session& session, PictureInput input) {
  const model::Tensor noise = Noise(input);
  const model::Tensor* const given[] = {&noise};
  std::vector<std::size_t> wanted;
  for (std::size_t i = 0; i < session.outputs().size(); ++i) {
    if (session.outputs()[i].foreign_type.empty()) wanted.push_back(i);
  }
  NetworkFacts facts;
  if (!wanted.empty()) {
    auto answered = session.Run(given, wanted);
    if (!answered) return Fail(answered.error());
    for (std::size_t i = 0; i < wanted.size(); ++i) {
      facts.outputs.push_back({.name = session.outputs()[wanted[i]].name, .tensor = std::move((*answered)[i])});
    }
  }
  for (const TensorSpec& output : session.outputs()) {
    if (output.foreign_type.empty()) continue;
    facts.outputs.push_back({.name = output.name, .foreign_type = output.foreign_type, .tensor = {}});
  }
  facts.input = std::move(input);
  return facts;
}

}  // namespace

model::Shape PictureInput::shape() const {
  if (layout == Layout::kNchw) return {1, channels, height, width};
  return {1, height, width, channels};
}

Result<PictureInput> ReadPictureInput(const std::string& file, const std::vector<TensorSpec>& inputs, int open_side) {
  const auto spec = PictureSpec(file, inputs);
  if (!spec) return Fail(spec.error());
  const model::Shape& shape = spec->shape;
  PictureInput input;
  input.name = spec->name;
  input.type = spec->type;
  const bool first = IsChannels(shape[1]), last = IsChannels(shape[3]);
  if (!first && !last && shape[1] > 0 && shape[3] > 0) {
    return Fail(Code::kInvalid,
                fmt::format("{}: its input is {}; a picture has 1, 3 or 4 channels", file, model::Describe(*spec)));
  }
  input.layout = first || (!last && shape[1] < 0) ? Layout::kNchw : Layout::kNhwc;
  input.layout_chosen = first == last;
  const bool nchw = input.layout == Layout::kNchw;
  const std::int64_t channels = shape[nchw ? 1 : 3];
  input.channels_chosen = channels < 0;
  input.channels = channels < 0 ? 3 : static_cast<int>(channels);
  ChooseSide(shape[nchw ? 2 : 1], open_side, &input.height, &input.height_chosen);
  ChooseSide(shape[nchw ? 3 : 2], open_side, &input.width, &input.width_chosen);
  if (input.width < 1 || input.height < 1 || input.width > kLargestSide || input.height > kLargestSide) {
    return Fail(Code::kInvalid, fmt::format("{}: its input is {}; sides of 1 to {} are run", file,
                                            model::Describe(*spec), kLargestSide));
  }
  return input;
}

Result<NetworkFacts> LearnNetwork(const std::string& file, const model::Session& session) {
  std::optional<Error> first_error;
  for (const int side : kOpenSides) {
    auto input = ReadPictureInput(file, session.inputs(), side);
    if (!input) return Fail(input.error());
    const bool open = input->width_chosen || input->height_chosen;
    auto facts = RunOnNoise(session, std::move(*input));
    if (facts) return facts;
    if (!first_error) first_error = facts.error();
    if (!open) break;
  }
  return Fail(Code::kInvalid, first_error->During(file + ": does not run on a picture").message());
}

}  // namespace darkroom::cli
