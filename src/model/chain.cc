#include "model/chain.h"

#include <fmt/format.h>

#include <algorithm>

namespace darkroom::model {
namespace {

Status Refuse(const Package& package, std::string_view section, std::string_view key, std::string_view expected,
              std::string_view found) {
  return Fail(Code::kInvalid, fmt::format("{}: expected {}; found {}", package.Where(section, key), expected, found));
}

// Where the package says, or could say, what an input of the stage is.
std::string WhereInputs(const Package& package, const StageSpec& stage) {
  return stage.section == "model" ? package.Where("input", "name") : package.Where(stage.section, "inputs");
}

// A picture whose network wants another is told by the key of [input] or [preprocess] that would mend it.
Status CheckPicture(const Package& package, const StageSpec& stage, const TensorSpec& wanted) {
  const std::string since = fmt::format("since the network's input is {}", Describe(wanted));
  const std::string file = stage.network.string();
  if (wanted.type != package.input.type || !wanted.foreign_type.empty()) {
    const std::string_view type = wanted.foreign_type.empty() ? Name(wanted.type) : wanted.foreign_type;
    return Refuse(package, "input", "type", fmt::format("{}, {}", type, since), Name(package.input.type));
  }
  if (wanted.shape.size() != 4) {
    return Fail(Code::kInvalid, fmt::format("{}: expected an input of four sides ({}), found {}", file,
                                            Name(package.input.layout), Describe(wanted)));
  }
  const bool channels_first = package.input.layout == Layout::kNchw;
  const std::size_t channels_at = channels_first ? 1 : 3, height_at = channels_first ? 2 : 1, width_at = height_at + 1;
  const int channels = package.preprocess.channels();
  // A layout that is the wrong way round shows in the channels first.
  if (wanted.shape[channels_at] > 4 && wanted.shape[channels_first ? 3 : 1] == channels) {
    const std::string_view other = Name(channels_first ? Layout::kNhwc : Layout::kNchw);
    return Refuse(package, "input", "layout", fmt::format("{}, {}", other, since), Name(package.input.layout));
  }
  if (wanted.shape[channels_at] >= 0 && wanted.shape[channels_at] != channels) {
    return Refuse(package, "preprocess", "color",
                  fmt::format("a color of {} channels, {}", wanted.shape[channels_at], since),
                  fmt::format("{} of {}", Name(package.preprocess.color), channels));
  }
  if (wanted.shape[0] > 1) {
    return Fail(Code::kInvalid,
                fmt::format("{}: expected a batch of 1 or of any size, found {}", file, Describe(wanted)));
  }
  auto side = [&](std::size_t axis, int ours, std::string_view key) -> Status {
    if (wanted.shape[axis] < 0 || wanted.shape[axis] == ours) return {};
    return Refuse(package, "input", key, fmt::format("{}, {}", wanted.shape[axis], since), std::to_string(ours));
  };
  if (Status width = side(width_at, package.input.width, "width"); !width) return width;
  return side(height_at, package.input.height, "height");
}

// The name of the tensor that is to be the stage's input `wanted`; `alone`: it has no other.
Result<std::string> Source(const Package& package, const StageSpec& stage, const NamedTensors& known,
                           const std::string& wanted, bool alone) {
  auto said = stage.inputs.find(wanted);
  if (said == stage.inputs.end() && alone) said = stage.inputs.find("");
  const std::string name = said != stage.inputs.end() ? said->second : alone ? known.last_name() : wanted;
  if (known.Find(name) != nullptr) return name;
  return Fail(Code::kInvalid, fmt::format("{}: expected a tensor for \"{}\" of stage {} among {}; found \"{}\"",
                                          WhereInputs(package, stage), wanted, stage.name, known.Describe(), name));
}

// A tensor that no stage makes cannot be given by a package either.
Status CheckMade(const StageSpec& stage, const NamedTensors& known, const TensorSpec& wanted) {
  if (stage.inputs.contains(wanted.name) || known.Find(wanted.name) != nullptr) return {};
  return Fail(Code::kInvalid,
              fmt::format("{}: takes {}, which nothing makes: there are {}; name one of them for it with [[stage]] "
                          "inputs, or make it a constant when the network is exported",
                          stage.network.string(), Describe(wanted), known.Describe()));
}

// A network took the tensors of the blank picture that are called `names`, and then failed on them.
Error DoesNotRun(const Package& package, const StageSpec& stage, std::span<const std::string> names,
                 const NamedTensors& known, const Error& error) {
  const bool picture = std::ranges::find(names, kPicture) != names.end();
  std::string given;
  for (const std::string& name : names) {
    given += fmt::format("{}\"{}\" ({})", given.empty() ? "" : ", ", name, Describe(*known.Find(name)));
  }
  return {Code::kInvalid,
          fmt::format("{}: {} does not run on {}; where it leaves sides open it may still need {} that it was trained "
                      "with ({})",
                      picture ? package.Where("input", "width") : WhereInputs(package, stage), stage.network.string(),
                      given, picture ? "the width and height" : "those", error.message())};
}

// Every name of the network's that the package speaks of must be one.
Status CheckNames(const Package& package, const StageSpec& stage, const Session& session) {
  auto has = [](const std::vector<TensorSpec>& specs, const std::string& name) {
    return name.empty() || std::ranges::find(specs, name, &TensorSpec::name) != specs.end();
  };
  for (const auto& [theirs, ours] : stage.inputs) {
    if (has(session.inputs(), theirs)) continue;
    return Fail(Code::kInvalid, fmt::format("{}: expected one of {}, found \"{}\"", WhereInputs(package, stage),
                                            Describe(session.inputs()), theirs));
  }
  for (const auto& [theirs, ours] : stage.outputs) {
    if (has(session.outputs(), theirs)) continue;
    return Fail(Code::kInvalid,
                fmt::format("{}: expected one of {}, found \"{}\"", package.Where(stage.section, "outputs"),
                            Describe(session.outputs()), theirs));
  }
  return {};
}

// The outputs that have to be computed. Of a lone network whose task names all its tensors, those; else all.
std::vector<std::size_t> WantedOutputs(const Package& package, const Session& session) {
  const std::vector<TensorName> names = TensorsOf(package.output);
  const bool some = !names.empty() && package.stages.size() == 1 &&
                    std::ranges::none_of(names, [](const TensorName& name) { return name.tensor.empty(); });
  std::vector<std::size_t> wanted;
  for (std::size_t i = 0; i < session.outputs().size(); ++i) {
    const std::string& output = session.outputs()[i].name;
    if (!some || std::ranges::find(names, output, &TensorName::tensor) != names.end()) wanted.push_back(i);
  }
  return wanted;
}

Status CheckTypes(const StageSpec& stage, const Session& session, std::span<const std::size_t> wanted) {
  for (const std::size_t output : wanted) {
    const TensorSpec& spec = session.outputs()[output];
    if (spec.foreign_type.empty()) continue;
    return Fail(Code::kInvalid, fmt::format("{}: expected outputs of float32, uint8, int32, int64 or bool, found {}; "
                                            "convert it when the network is exported",
                                            stage.network.string(), Describe(spec)));
  }
  return {};
}

// What the task reads must be `among` what there is, and be `alone` when it is not named.
template <class Has>
Status CheckTask(const Package& package, bool alone, const std::string& among, Has has) {
  for (const TensorName& name : TensorsOf(package.output)) {
    if (name.tensor.empty() ? alone : has(name.tensor)) continue;
    const std::string where = package.Where(name.section, name.key);
    if (name.tensor.empty()) {
      return Fail(Code::kInvalid, fmt::format("{}: expected the name of one of {}, found nothing", where, among));
    }
    return Fail(Code::kInvalid, fmt::format("{}: expected one of {}, found \"{}\"", where, among, name.tensor));
  }
  return {};
}

}  // namespace

Shape InputShape(const Package& package) {
  const std::int64_t channels = package.preprocess.channels(), width = package.input.width,
                     height = package.input.height;
  if (package.input.layout == Layout::kNchw) return {1, channels, height, width};
  return {1, height, width, channels};
}

Status Chain::Bind(const Package& package, const NamedTensors& known, Stage& stage) const {
  const StageSpec& spec = stage.spec;
  if (spec.operation) {
    const auto inputs = Inputs(*spec.operation);
    for (const std::string_view input : inputs) {
      auto source = Source(package, spec, known, std::string(input), inputs.size() == 1);
      if (!source) return Fail(source.error());
      stage.inputs.push_back(std::move(*source));
    }
    stage.outputs.push_back(spec.outputs.at(""));
    return {};
  }
  const Session& session = *stage.session;
  if (Status named = CheckNames(package, spec, session); !named) return named;
  for (const TensorSpec& wanted : session.inputs()) {
    if (session.inputs().size() > 1) {
      if (Status made = CheckMade(spec, known, wanted); !made) return made;
    }
    auto source = Source(package, spec, known, wanted.name, session.inputs().size() == 1);
    if (!source) return Fail(source.error());
    const Tensor& given = *known.Find(*source);
    if (*source == kPicture) {
      if (Status fits = CheckPicture(package, spec, wanted); !fits) return fits;
    }
    if (!Session::Fits(wanted, given)) {
      return Fail(Code::kInvalid,
                  fmt::format("{}: input {} of {} cannot take \"{}\", which is {}", WhereInputs(package, spec),
                              Describe(wanted), spec.network.filename().string(), *source, Describe(given)));
    }
    stage.inputs.push_back(std::move(*source));
  }
  if (package.stages.size() == 1) {  // of several, another may make what the task reads
    const auto& outputs = session.outputs();
    auto has = [&](const std::string& name) {
      return std::ranges::find(outputs, name, &TensorSpec::name) != outputs.end();
    };
    Status read = CheckTask(package, outputs.size() == 1, Describe(outputs), has);
    if (!read) return read;
  }
  stage.wanted = WantedOutputs(package, session);
  if (Status good = CheckTypes(spec, session, stage.wanted); !good) return good;
  for (const std::size_t output : stage.wanted) {
    const std::string& theirs = session.outputs()[output].name;
    const auto renamed = spec.outputs.find(theirs);
    stage.outputs.push_back(renamed != spec.outputs.end() ? renamed->second : theirs);
  }
  return {};
}

Result<std::unique_ptr<Chain>> Chain::Load(const Package& package, Runtime& runtime, NamedTensors* sample) {
  std::unique_ptr<Chain> chain(new Chain(package.name + " " + package.version));
  // The first run tells the shapes and allocates what the later ones use.
  Tensor blank(package.input.type, InputShape(package));
  std::ranges::fill(blank.bytes(), std::byte(0));
  sample->Add(std::string(kPicture), std::move(blank));
  for (const StageSpec& spec : package.stages) {
    Stage stage{.spec = spec, .session = nullptr, .inputs = {}, .wanted = {}, .outputs = {}};
    if (!spec.network.empty()) {
      auto session = Session::Load(spec.network, runtime);
      if (!session) return Fail(session.error());
      stage.session = std::move(*session);
    }
    if (Status bound = chain->Bind(package, *sample, stage); !bound) return Fail(bound.error());
    auto made = chain->RunStage(stage, *sample, {});
    if (!made && spec.operation) {
      return Fail(Code::kInvalid, made.error().During(package.Where(spec.section, "operation")).message());
    }
    if (!made) return Fail(DoesNotRun(package, spec, stage.inputs, *sample, made.error()));
    for (std::size_t i = 0; i < made->size(); ++i) sample->Add(stage.outputs[i], std::move((*made)[i]));
    chain->stages_.push_back(std::move(stage));
  }
  auto has = [&](const std::string& name) { return sample->Find(name) != nullptr; };
  const bool alone = chain->stages_.back().outputs.size() == 1;
  if (Status good = CheckTask(package, alone, sample->Describe(), has); !good) return Fail(good.error());
  return chain;
}

Result<std::vector<Tensor>> Chain::RunStage(const Stage& stage, const NamedTensors& known,
                                            const std::stop_token& stop) const {
  std::vector<const Tensor*> given;
  for (const std::string& name : stage.inputs) given.push_back(known.Find(name));
  if (stage.session != nullptr) return stage.session->Run(given, stage.wanted, stop);
  auto made = Apply(*stage.spec.operation, given);
  if (!made) return Fail(made.error());
  return std::vector<Tensor>{std::move(*made)};
}

Result<NamedTensors> Chain::Run(Tensor picture, const std::stop_token& stop) const {
  NamedTensors known;
  known.Add(std::string(kPicture), std::move(picture));
  for (const Stage& stage : stages_) {
    if (stop.stop_requested()) return Fail(Code::kCancelled, "the run was ended");
    auto made = RunStage(stage, known, stop);
    if (!made && made.error().code() == Code::kCancelled) return Fail(made.error());
    if (!made) return Fail(Code::kInternal, made.error().During("model " + model_).message());
    for (std::size_t i = 0; i < made->size(); ++i) known.Add(stage.outputs[i], std::move((*made)[i]));
  }
  return known;
}

}  // namespace darkroom::model
