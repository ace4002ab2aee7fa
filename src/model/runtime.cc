#include "model/runtime.h"

#include <dlfcn.h>
#include <fmt/format.h>
#include <unistd.h>

#include <mutex>
#include <vector>

#include "base/log.h"
#include "model/ort.h"

#if defined(__SANITIZE_ADDRESS__)
// The library keeps a few bytes for the life of the process, which the leak check of a sanitizer build would count.
extern "C" const char* __lsan_default_suppressions() { return "leak:libonnxruntime.so\n"; }
#endif

namespace darkroom::model {
namespace {

namespace fs = std::filesystem;
constexpr const char* kLibrary = "libonnxruntime.so.1";

std::vector<fs::path> Places(const RuntimeOptions& options) {
  if (!options.library.empty()) return {options.library};
  std::error_code error;
  const fs::path folder = fs::read_symlink("/proc/self/exe", error).parent_path();
  // A name without a folder asks the system's loader, that is LD_LIBRARY_PATH and the standard folders.
  return {folder / kLibrary, folder / "../lib/darkroom" / kLibrary,
          fs::path(DARKROOM_ONNXRUNTIME_LIBRARY_DIR) / kLibrary, kLibrary};
}

void ORT_API_CALL Log(void*, OrtLoggingLevel level, const char*, const char*, const char*, const char* message) {
  spdlog::log(level >= ORT_LOGGING_LEVEL_ERROR ? spdlog::level::err : spdlog::level::warn, "onnxruntime: {}", message);
}

struct Opened {
  const OrtApi* api = nullptr;
  OrtEnv* env = nullptr;
  const char* version = "";
};

Result<Opened> OpenApi(const fs::path& path, void* library) {
  auto get_base = reinterpret_cast<const OrtApiBase*(ORT_API_CALL*)()>(dlsym(library, "OrtGetApiBase"));
  if (get_base == nullptr) {
    return Fail(Code::kInternal, fmt::format("{}: not ONNX Runtime (no OrtGetApiBase)", path.string()));
  }
  Opened opened;
  opened.api = get_base()->GetApi(ORT_API_VERSION);
  opened.version = get_base()->GetVersionString();
  if (opened.api == nullptr) {
    return Fail(Code::kInternal, fmt::format("{}: ONNX Runtime {} is too old; 1.{} or newer is needed", path.string(),
                                             get_base()->GetVersionString(), ORT_API_VERSION));
  }
  OrtStatus* made =
      opened.api->CreateEnvWithCustomLogger(&Log, nullptr, ORT_LOGGING_LEVEL_ERROR, "darkroom", &opened.env);
  if (Status status = TakeStatus(*opened.api, made); !status) return Fail(status.error().During(path.string()));
  opened.api->ReleaseStatus(opened.api->DisableTelemetryEvents(opened.env));
  return opened;
}

}  // namespace

struct Runtime::State {
  const RuntimeOptions options;
  std::mutex mutex;
  Opened opened;  // guarded by mutex; once set it stays

  Handle handle() const { return {opened.api, opened.env, opened.version}; }
};

Runtime::Runtime(RuntimeOptions options)
    : state_(new State{.options = std::move(options), .mutex = {}, .opened = {}}) {}

// The library itself stays loaded: it keeps thread-local data whose destructors run when threads end.
Runtime::~Runtime() {
  if (state_->opened.env != nullptr) state_->opened.api->ReleaseEnv(state_->opened.env);
}

Result<Runtime::Handle> Runtime::Open() {
  std::lock_guard lock(state_->mutex);
  if (state_->opened.api != nullptr) return state_->handle();
  std::string tried;
  for (const fs::path& path : Places(state_->options)) {
    void* library = dlopen(path.c_str(), RTLD_NOW | RTLD_LOCAL);
    if (library == nullptr) {
      tried += fmt::format("\n  {}", dlerror());
      continue;
    }
    Result<Opened> opened = OpenApi(path, library);
    if (!opened) return Fail(opened.error());
    state_->opened = *opened;
    return state_->handle();
  }
  return Fail(Code::kNotFound, fmt::format("ONNX Runtime was not found; `./dev build` fetches it. Tried:{}", tried));
}

}  // namespace darkroom::model
