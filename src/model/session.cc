#include "model/session.h"

#include <fmt/format.h>

#include <string>
#include <utility>

#include "model/ort.h"

namespace darkroom::model {
namespace {

constexpr std::pair<ElementType, ONNXTensorElementDataType> kTypes[] = {
    {ElementType::kFloat32, ONNX_TENSOR_ELEMENT_DATA_TYPE_FLOAT},
    {ElementType::kUint8, ONNX_TENSOR_ELEMENT_DATA_TYPE_UINT8},
    {ElementType::kInt32, ONNX_TENSOR_ELEMENT_DATA_TYPE_INT32},
    {ElementType::kInt64, ONNX_TENSOR_ELEMENT_DATA_TYPE_INT64},
    {ElementType::kBool, ONNX_TENSOR_ELEMENT_DATA_TYPE_BOOL}};

ONNXTensorElementDataType TypeOf(ElementType type) {
  for (const auto& [ours, theirs] : kTypes) {
    if (ours == type) return theirs;
  }
  return ONNX_TENSOR_ELEMENT_DATA_TYPE_UNDEFINED;
}

// The name of a type that is none of ours.
std::string ForeignName(ONNXTensorElementDataType type) {
  switch (type) {
    case ONNX_TENSOR_ELEMENT_DATA_TYPE_INT8:
      return "int8";
    case ONNX_TENSOR_ELEMENT_DATA_TYPE_UINT16:
      return "uint16";
    case ONNX_TENSOR_ELEMENT_DATA_TYPE_INT16:
      return "int16";
    case ONNX_TENSOR_ELEMENT_DATA_TYPE_UINT32:
      return "uint32";
    case ONNX_TENSOR_ELEMENT_DATA_TYPE_UINT64:
      return "uint64";
    case ONNX_TENSOR_ELEMENT_DATA_TYPE_DOUBLE:
      return "float64";
    case ONNX_TENSOR_ELEMENT_DATA_TYPE_FLOAT16:
      return "float16";
    case ONNX_TENSOR_ELEMENT_DATA_TYPE_BFLOAT16:
      return "bfloat16";
    case ONNX_TENSOR_ELEMENT_DATA_TYPE_STRING:
      return "string";
    default:
      return "no tensor";
  }
}

void SetType(ONNXTensorElementDataType type, TensorSpec* spec) {
  for (const auto& [ours, theirs] : kTypes) {
    if (theirs == type) return void(spec->type = ours);
  }
  spec->foreign_type = ForeignName(type);
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

Status ReadShape(const OrtApi& api, const OrtTensorTypeAndShapeInfo* info, ONNXTensorElementDataType* type,
                 Shape* shape) {
  std::size_t rank = 0;
  Calls call(api);
  call(api.GetTensorElementType, info, type);
  call(api.GetDimensionsCount, info, &rank);
  shape->resize(rank);
  call(api.GetDimensions, info, shape->data(), rank);
  return call.status();
}

// One thread a run: with as many runs at once as there are cores, threads of its own would only fight over them.
Result<OrtOwned<OrtSession>> Open(const Runtime::Handle& handle, const std::filesystem::path& file) {
  const OrtApi& api = *handle.api;
  OrtSessionOptions* made_options = nullptr;
  Calls call(api);
  call(api.CreateSessionOptions, &made_options);
  const auto options = Own(made_options, api.ReleaseSessionOptions);
  call(api.SetIntraOpNumThreads, options.get(), 1);
  call(api.SetInterOpNumThreads, options.get(), 1);
  call(api.SetSessionExecutionMode, options.get(), ORT_SEQUENTIAL);
  call(api.SetSessionGraphOptimizationLevel, options.get(), ORT_ENABLE_ALL);
  call(api.AddSessionConfigEntry, options.get(), "session.intra_op.allow_spinning", "0");
  OrtSession* made_session = nullptr;
  call(api.CreateSession, handle.env, file.c_str(), options.get(), &made_session);
  auto session = Own(made_session, api.ReleaseSession);
  if (!call.status()) return Fail(call.status().error());
  return session;
}

Result<std::vector<TensorSpec>> SpecsOf(const OrtApi& api, OrtSession* session, bool inputs) {
  std::size_t count = 0;
  Calls call(api);
  call(inputs ? api.SessionGetInputCount : api.SessionGetOutputCount, session, &count);
  OrtAllocator* allocator = nullptr;
  call(api.GetAllocatorWithDefaultOptions, &allocator);
  std::vector<TensorSpec> specs;
  for (std::size_t i = 0; i < count && call.status(); ++i) {
    TensorSpec spec;
    char* name = nullptr;
    call(inputs ? api.SessionGetInputName : api.SessionGetOutputName, session, i, allocator, &name);
    OrtTypeInfo* type_info = nullptr;
    call(inputs ? api.SessionGetInputTypeInfo : api.SessionGetOutputTypeInfo, session, i, &type_info);
    if (!call.status()) break;
    spec.name = name;
    allocator->Free(allocator, name);
    const auto owner = Own(type_info, api.ReleaseTypeInfo);
    const OrtTensorTypeAndShapeInfo* info = nullptr;  // null, and owned by `owner`, when this is not a tensor
    call(api.CastTypeInfoToTensorInfo, owner.get(), &info);
    ONNXTensorElementDataType type = ONNX_TENSOR_ELEMENT_DATA_TYPE_UNDEFINED;
    if (info != nullptr) {
      if (Status read = ReadShape(api, info, &type, &spec.shape); !read) return Fail(read.error());
    }
    SetType(type, &spec);
    specs.push_back(std::move(spec));
  }
  if (!call.status()) return Fail(call.status().error());
  return specs;
}

// What a network answered, as a tensor that stands on its memory.
Result<Tensor> Wrap(const OrtApi& api, OrtOwned<OrtValue> value) {
  Calls call(api);
  OrtTensorTypeAndShapeInfo* made_info = nullptr;
  call(api.GetTensorTypeAndShape, value.get(), &made_info);
  const auto info = Own(made_info, api.ReleaseTensorTypeAndShapeInfo);
  void* data = nullptr;
  call(api.GetTensorMutableData, value.get(), &data);
  if (!call.status()) return Fail(call.status().error());
  TensorSpec spec;
  ONNXTensorElementDataType type = ONNX_TENSOR_ELEMENT_DATA_TYPE_UNDEFINED;
  if (Status read = ReadShape(api, info.get(), &type, &spec.shape); !read) return Fail(read.error());
  SetType(type, &spec);
  if (!spec.foreign_type.empty()) return Fail(Code::kInternal, "it answered with " + spec.foreign_type);
  return Tensor(spec.type, std::move(spec.shape), static_cast<std::byte*>(data),
                std::shared_ptr<OrtValue>(std::move(value)));
}

// What the runtime says of a file that it does not load, with what to do about it where that is known.
Error Refusal(const Runtime::Handle& handle, const std::filesystem::path& file, const Error& error) {
  const std::string_view advice = LoadAdvice(error.message());
  if (advice.empty()) return error.During(file.string());
  return {Code::kInvalid,
          fmt::format("{}: {} (ONNX Runtime {}: {})", file.string(), advice, handle.version, error.message())};
}

}  // namespace

struct Session::State {
  const OrtApi& api;
  std::string file;  // for errors
  OrtOwned<OrtSession> session;
  OrtOwned<OrtMemoryInfo> memory;
  std::vector<TensorSpec> inputs, outputs;
  std::vector<const char*> input_names;  // of the specs' strings
};

Session::Session(std::unique_ptr<State> state) : state_(std::move(state)) {}
Session::~Session() = default;

const std::vector<TensorSpec>& Session::inputs() const { return state_->inputs; }
const std::vector<TensorSpec>& Session::outputs() const { return state_->outputs; }

Result<std::unique_ptr<Session>> Session::Load(const std::filesystem::path& file, Runtime& runtime) {
  Result<Runtime::Handle> handle = runtime.Open();
  if (!handle) return Fail(handle.error());
  const OrtApi& api = *handle->api;
  auto session = Open(*handle, file);
  if (!session) return Fail(Refusal(*handle, file, session.error()));
  OrtMemoryInfo* made_memory = nullptr;
  Calls call(api);
  call(api.CreateCpuMemoryInfo, OrtArenaAllocator, OrtMemTypeDefault, &made_memory);
  auto memory = Own(made_memory, api.ReleaseMemoryInfo);
  if (!call.status()) return Fail(call.status().error().During(file.string()));
  auto inputs = SpecsOf(api, session->get(), /*inputs=*/true);
  if (!inputs) return Fail(inputs.error().During(file.string()));
  auto outputs = SpecsOf(api, session->get(), /*inputs=*/false);
  if (!outputs) return Fail(outputs.error().During(file.string()));
  auto state = std::make_unique<State>(State{.api = api,
                                             .file = file.filename().string(),
                                             .session = std::move(*session),
                                             .memory = std::move(memory),
                                             .inputs = std::move(*inputs),
                                             .outputs = std::move(*outputs),
                                             .input_names = {}});
  for (const TensorSpec& input : state->inputs) state->input_names.push_back(input.name.c_str());
  return std::unique_ptr<Session>(new Session(std::move(state)));
}

bool Session::Fits(const TensorSpec& wanted, const Tensor& given) {
  if (!wanted.foreign_type.empty() || wanted.type != given.type() || wanted.shape.size() != given.rank()) return false;
  for (std::size_t axis = 0; axis < given.rank(); ++axis) {
    if (wanted.shape[axis] >= 0 && wanted.shape[axis] != given.side(axis)) return false;
  }
  return true;
}

Result<std::vector<Tensor>> Session::Run(std::span<const Tensor* const> given, std::span<const std::size_t> wanted,
                                         const std::stop_token& stop) const {
  const State& state = *state_;
  const OrtApi& api = state.api;
  DR_CHECK(given.size() == state.inputs.size());
  if (stop.stop_requested()) return Fail(Code::kCancelled, "the run was ended before it began");

  Calls call(api);
  OrtRunOptions* made_options = nullptr;
  if (stop.stop_possible()) call(api.CreateRunOptions, &made_options);
  const auto options = Own(made_options, api.ReleaseRunOptions);
  // A run that is ended would be logged as an error; what fails is told by the status anyway.
  if (options) call(api.RunOptionsSetRunLogSeverityLevel, options.get(), int(ORT_LOGGING_LEVEL_FATAL));
  std::vector<OrtOwned<OrtValue>> values;
  std::vector<const OrtValue*> in;
  for (const Tensor* tensor : given) {
    OrtValue* made = nullptr;
    // The API wants it mutable but writes to outputs alone.
    auto* data = const_cast<std::byte*>(tensor->bytes().data());
    call(api.CreateTensorWithDataAsOrtValue, state.memory.get(), data, tensor->bytes().size(), tensor->shape().data(),
         tensor->rank(), TypeOf(tensor->type()), &made);
    in.push_back(values.emplace_back(Own(made, api.ReleaseValue)).get());
  }
  std::vector<const char*> out_names;
  for (const std::size_t output : wanted) out_names.push_back(state.outputs[output].name.c_str());
  std::vector<OrtValue*> out(wanted.size(), nullptr);
  {
    auto terminate = [&] {
      if (options) api.ReleaseStatus(api.RunOptionsSetTerminate(options.get()));
    };
    const std::stop_callback on_stop(stop, terminate);
    call(api.Run, state.session.get(), options.get(), state.input_names.data(), in.data(), in.size(), out_names.data(),
         out.size(), out.data());
  }
  std::vector<OrtOwned<OrtValue>> owned;
  for (OrtValue* value : out) owned.push_back(Own(value, api.ReleaseValue));
  if (!call.status() && stop.stop_requested()) return Fail(Code::kCancelled, "the run was ended");
  if (!call.status()) return Fail(Code::kInternal, call.status().error().During(state.file).message());
  std::vector<Tensor> answered;
  for (OrtOwned<OrtValue>& value : owned) {
    Result<Tensor> tensor = Wrap(api, std::move(value));
    if (!tensor) return Fail(Code::kInternal, tensor.error().During(state.file).message());
    answered.push_back(std::move(*tensor));
  }
  return answered;
}

}  // namespace darkroom::model
