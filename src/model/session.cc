#include "model/session.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <array>
#include <cstdint>
#include <string>

#include "model/ort.h"

namespace darkroom::model {
namespace {

// What ONNX Runtime says of one input or output.
struct TensorInfo {
  std::string name;
  ONNXTensorElementDataType type = ONNX_TENSOR_ELEMENT_DATA_TYPE_UNDEFINED;
  std::vector<std::int64_t> shape;  // -1: any
};

std::string_view TypeName(ONNXTensorElementDataType type) {
  switch (type) {
    case ONNX_TENSOR_ELEMENT_DATA_TYPE_FLOAT:
      return "float32";
    case ONNX_TENSOR_ELEMENT_DATA_TYPE_UINT8:
      return "uint8";
    case ONNX_TENSOR_ELEMENT_DATA_TYPE_INT8:
      return "int8";
    case ONNX_TENSOR_ELEMENT_DATA_TYPE_INT32:
      return "int32";
    case ONNX_TENSOR_ELEMENT_DATA_TYPE_INT64:
      return "int64";
    case ONNX_TENSOR_ELEMENT_DATA_TYPE_DOUBLE:
      return "float64";
    case ONNX_TENSOR_ELEMENT_DATA_TYPE_FLOAT16:
      return "float16";
    case ONNX_TENSOR_ELEMENT_DATA_TYPE_BFLOAT16:
      return "bfloat16";
    case ONNX_TENSOR_ELEMENT_DATA_TYPE_STRING:
      return "string";
    default:
      return "another type";
  }
}

ONNXTensorElementDataType TypeOf(ElementType type) {
  return type == ElementType::kUint8 ? ONNX_TENSOR_ELEMENT_DATA_TYPE_UINT8 : ONNX_TENSOR_ELEMENT_DATA_TYPE_FLOAT;
}

// "\"data\" (float32 N×3×224×224)"
std::string Describe(const TensorInfo& tensor) {
  std::vector<std::string> sides;
  for (std::int64_t side : tensor.shape) sides.push_back(side < 0 ? "N" : std::to_string(side));
  return fmt::format("\"{}\" ({} {})", tensor.name, TypeName(tensor.type), fmt::join(sides, "×"));
}

std::string Describe(const std::vector<TensorInfo>& tensors) {
  std::vector<std::string> each;
  for (const TensorInfo& tensor : tensors) each.push_back(Describe(tensor));
  return fmt::format("{}", fmt::join(each, ", "));
}

// Calls the API until the first error and keeps it, so that a sequence of calls is checked once, at its end.
class Calls {
 public:
  explicit Calls(const OrtApi& api) : api_(api) {}
  template <class... Params, class... Args>
  void operator()(OrtStatus*(ORT_API_CALL* function)(Params...) noexcept, Args... args) {
    if (status_) status_ = TakeStatus(api_, function(args...));
  }
  const Status& status() const { return status_; }

 private:
  const OrtApi& api_;
  Status status_;
};

template <class T>
OrtOwned<T> Own(T* object, void(ORT_API_CALL* release)(T*)) {
  return OrtOwned<T>(object, OrtRelease<T>{release});
}

}  // namespace

struct Session::State {
  State(const OrtApi& its_api, std::string its_name, OrtOwned<OrtSession> its_session,
        OrtOwned<OrtMemoryInfo> its_memory)
      : api(its_api), name(std::move(its_name)), session(std::move(its_session)), memory(std::move(its_memory)) {}

  const OrtApi& api;
  std::string name;  // "furniture 1", for errors
  OrtOwned<OrtSession> session;
  OrtOwned<OrtMemoryInfo> memory;
  std::string input_name;
  std::string output_name;
  ElementType type = ElementType::kFloat32;
  std::vector<std::int64_t> input_shape;  // batch of one
  std::size_t input_bytes = 0;
  std::size_t classes = 0;

  Result<std::vector<TensorInfo>> Tensors(bool inputs) const;
  Status BindInput(const Package& package);
  Status BindOutput(const Package& package);
};

namespace {

// The tensor that `wanted` names, or the only one when it names none.
Result<TensorInfo> Choose(const Package& package, std::string_view section, const std::string& wanted,
                          const std::vector<TensorInfo>& tensors) {
  for (const TensorInfo& tensor : tensors) {
    if (tensor.name == wanted || (wanted.empty() && tensors.size() == 1)) return tensor;
  }
  if (wanted.empty()) {
    return Fail(Code::kInvalid, fmt::format("{}: expected the name of one of {}, found nothing",
                                            package.Where(section, "name"), Describe(tensors)));
  }
  return Fail(Code::kInvalid, fmt::format("{}: expected one of {}, found \"{}\"", package.Where(section, "name"),
                                          Describe(tensors), wanted));
}

// A side of the network's input that is fixed must be what the package says.
Status CheckSide(const Package& package, const TensorInfo& tensor, std::size_t axis, std::int64_t found,
                 std::string_view section, std::string_view key) {
  if (tensor.shape[axis] < 0 || tensor.shape[axis] == found) return {};
  return Fail(Code::kInvalid, fmt::format("{}: expected {}, since the network's input is {}; found {}",
                                          package.Where(section, key), tensor.shape[axis], Describe(tensor), found));
}

}  // namespace

Result<std::vector<TensorInfo>> Session::State::Tensors(bool inputs) const {
  std::size_t count = 0;
  Calls call(api);
  call(inputs ? api.SessionGetInputCount : api.SessionGetOutputCount, session.get(), &count);
  OrtAllocator* allocator = nullptr;
  call(api.GetAllocatorWithDefaultOptions, &allocator);
  std::vector<TensorInfo> tensors;
  for (std::size_t i = 0; i < count && call.status(); ++i) {
    TensorInfo tensor;
    char* tensor_name = nullptr;
    call(inputs ? api.SessionGetInputName : api.SessionGetOutputName, session.get(), i, allocator, &tensor_name);
    OrtTypeInfo* type_info = nullptr;
    call(inputs ? api.SessionGetInputTypeInfo : api.SessionGetOutputTypeInfo, session.get(), i, &type_info);
    if (!call.status()) break;
    tensor.name = tensor_name;
    allocator->Free(allocator, tensor_name);
    const auto owner = Own(type_info, api.ReleaseTypeInfo);
    const OrtTensorTypeAndShapeInfo* shape = nullptr;  // null, and owned by `owner`, when this is not a tensor
    call(api.CastTypeInfoToTensorInfo, owner.get(), &shape);
    if (shape != nullptr) {
      std::size_t rank = 0;
      call(api.GetTensorElementType, shape, &tensor.type);
      call(api.GetDimensionsCount, shape, &rank);
      tensor.shape.resize(rank);
      call(api.GetDimensions, shape, tensor.shape.data(), rank);
    }
    tensors.push_back(std::move(tensor));
  }
  if (!call.status()) return Fail(call.status().error());
  return tensors;
}

Status Session::State::BindInput(const Package& package) {
  Result<std::vector<TensorInfo>> inputs = Tensors(/*inputs=*/true);
  if (!inputs) return Fail(inputs.error());
  Result<TensorInfo> input = Choose(package, "input", package.input.name, *inputs);
  if (!input) return Fail(input.error());
  const std::string weights = package.weights_path.string();
  if (inputs->size() != 1) {
    return Fail(Code::kInvalid,
                fmt::format("{}: expected a network with one input, found {}", weights, Describe(*inputs)));
  }
  if (input->type != TypeOf(package.input.type)) {
    return Fail(Code::kInvalid, fmt::format("{}: expected {}, since the network's input is {}; found {}",
                                            package.Where("input", "type"), TypeName(input->type), Describe(*input),
                                            Name(package.input.type)));
  }
  if (input->shape.size() != 4) {
    return Fail(Code::kInvalid, fmt::format("{}: expected an input of four sides ({}), found {}", weights,
                                            Name(package.input.layout), Describe(*input)));
  }
  const bool channels_first = package.input.layout == Layout::kNchw;
  const std::size_t channels_at = channels_first ? 1 : 3, height_at = channels_first ? 2 : 1, width_at = height_at + 1;
  const int channels = package.preprocess.channels();
  // A layout that is the wrong way round shows in the channels first.
  const std::int64_t other = input->shape[channels_first ? 3 : 1];
  if (input->shape[channels_at] > 4 && other == channels) {
    return Fail(Code::kInvalid,
                fmt::format("{}: expected {}, since the network's input is {}; found {}",
                            package.Where("input", "layout"), Name(channels_first ? Layout::kNhwc : Layout::kNchw),
                            Describe(*input), Name(package.input.layout)));
  }
  if (input->shape[channels_at] >= 0 && input->shape[channels_at] != channels) {
    return Fail(Code::kInvalid,
                fmt::format("{}: expected a color of {} channels, since the network's input is {}; found {} of {}",
                            package.Where("preprocess", "color"), input->shape[channels_at], Describe(*input),
                            Name(package.preprocess.color), channels));
  }
  if (input->shape[0] > 1) {
    return Fail(Code::kInvalid,
                fmt::format("{}: expected a batch of 1 or of any size, found {}", weights, Describe(*input)));
  }
  Status status = CheckSide(package, *input, width_at, package.input.width, "input", "width");
  if (status) status = CheckSide(package, *input, height_at, package.input.height, "input", "height");
  if (!status) return status;

  input_name = input->name;
  type = package.input.type;
  input_shape.assign(4, 1);
  input_shape[channels_at] = channels;
  input_shape[height_at] = package.input.height;
  input_shape[width_at] = package.input.width;
  input_bytes = InputBytes(package);
  return {};
}

Status Session::State::BindOutput(const Package& package) {
  Result<std::vector<TensorInfo>> outputs = Tensors(/*inputs=*/false);
  if (!outputs) return Fail(outputs.error());
  Result<TensorInfo> output = Choose(package, "output", package.output.name, *outputs);
  if (!output) return Fail(output.error());
  if (output->type != ONNX_TENSOR_ELEMENT_DATA_TYPE_FLOAT) {
    return Fail(Code::kInvalid, fmt::format("{}: expected an output of float32, found {}",
                                            package.weights_path.string(), Describe(*output)));
  }
  output_name = output->name;
  classes = package.labels.size();
  return {};
}

Session::Session(std::unique_ptr<State> state) : state_(std::move(state)) {}
Session::~Session() = default;

std::size_t InputElements(const Package& package) {
  return static_cast<std::size_t>(package.input.width) * package.input.height * package.preprocess.channels();
}

std::size_t InputBytes(const Package& package) {
  return InputElements(package) * (package.input.type == ElementType::kUint8 ? 1 : sizeof(float));
}

Result<std::unique_ptr<Session>> Session::Load(const Package& package, Runtime& runtime) {
  Result<Runtime::Handle> handle = runtime.Open();
  if (!handle) return Fail(handle.error());
  const OrtApi& api = *handle->api;

  OrtSessionOptions* made_options = nullptr;
  Calls call(api);
  call(api.CreateSessionOptions, &made_options);
  const auto options = Own(made_options, api.ReleaseSessionOptions);
  // One run is one thread: with as many runs at once as there are cores, threads of its own would only fight over them.
  call(api.SetIntraOpNumThreads, options.get(), 1);
  call(api.SetInterOpNumThreads, options.get(), 1);
  call(api.SetSessionExecutionMode, options.get(), ORT_SEQUENTIAL);
  call(api.SetSessionGraphOptimizationLevel, options.get(), ORT_ENABLE_ALL);
  call(api.AddSessionConfigEntry, options.get(), "session.intra_op.allow_spinning", "0");
  OrtSession* made_session = nullptr;
  call(api.CreateSession, handle->env, package.weights_path.c_str(), options.get(), &made_session);
  OrtMemoryInfo* made_memory = nullptr;
  auto session = Own(made_session, api.ReleaseSession);
  call(api.CreateCpuMemoryInfo, OrtArenaAllocator, OrtMemTypeDefault, &made_memory);
  auto memory = Own(made_memory, api.ReleaseMemoryInfo);
  if (!call.status()) return Fail(call.status().error().During(package.weights_path.string()));

  auto state =
      std::make_unique<State>(api, package.name + " " + package.version, std::move(session), std::move(memory));
  if (Status status = state->BindInput(package); !status) return Fail(status.error());
  if (Status status = state->BindOutput(package); !status) return Fail(status.error());

  // The number of classes is known for certain only from a run; the first one also allocates what the later ones use.
  std::unique_ptr<Session> loaded(new Session(std::move(state)));
  const std::vector<std::byte> blank(InputBytes(package));
  Result<std::vector<float>> scores = loaded->Run(blank);
  if (!scores) return Fail(Code::kInvalid, scores.error().During(package.weights_path.string()).message());
  if (scores->size() != package.labels.size()) {
    return Fail(Code::kInvalid, fmt::format("{}: expected {} labels, as many as output \"{}\" has scores; found {}",
                                            package.labels_path.string(), scores->size(), loaded->state_->output_name,
                                            package.labels.size()));
  }
  return loaded;
}

Result<std::vector<float>> Session::Run(std::span<const std::byte> input, const std::stop_token& stop) const {
  const State& state = *state_;
  const OrtApi& api = state.api;
  DR_CHECK(input.size() == state.input_bytes);
  if (stop.stop_requested()) return Fail(Code::kCancelled, "the run was ended before it began");

  Calls call(api);
  OrtRunOptions* made_options = nullptr;
  if (stop.stop_possible()) call(api.CreateRunOptions, &made_options);
  const auto options = Own(made_options, api.ReleaseRunOptions);
  OrtValue* made_value = nullptr;
  // The API wants it mutable but writes to outputs alone.
  call(api.CreateTensorWithDataAsOrtValue, state.memory.get(), const_cast<std::byte*>(input.data()), input.size(),
       state.input_shape.data(), state.input_shape.size(), TypeOf(state.type), &made_value);
  const auto value = Own(made_value, api.ReleaseValue);
  OrtValue* made_output = nullptr;
  {
    auto terminate = [&] {
      if (options) api.ReleaseStatus(api.RunOptionsSetTerminate(options.get()));
    };
    const std::stop_callback on_stop(stop, terminate);
    const char* const input_names[] = {state.input_name.c_str()};
    const char* const output_names[] = {state.output_name.c_str()};
    const OrtValue* const values[] = {value.get()};
    call(api.Run, state.session.get(), options.get(), input_names, values, 1, output_names, 1, &made_output);
  }
  const auto output = Own(made_output, api.ReleaseValue);
  if (!call.status() && stop.stop_requested()) return Fail(Code::kCancelled, "the run was ended");

  OrtTensorTypeAndShapeInfo* made_shape = nullptr;
  call(api.GetTensorTypeAndShape, output.get(), &made_shape);
  const auto shape = Own(made_shape, api.ReleaseTensorTypeAndShapeInfo);
  std::size_t size = 0;
  call(api.GetTensorShapeElementCount, shape.get(), &size);
  void* scores = nullptr;
  call(api.GetTensorMutableData, output.get(), &scores);
  if (!call.status()) return Fail(Code::kInternal, call.status().error().During("model " + state.name).message());
  const float* first = static_cast<const float*>(scores);
  return std::vector<float>(first, first + size);
}

}  // namespace darkroom::model
