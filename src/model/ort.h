// ONNX Runtime's C API with owners. Included by runtime.cc and session.cc alone.
#pragma once

#include <onnxruntime_c_api.h>

#include <memory>
#include <string>

#include "base/result.h"
#include "model/runtime_words.h"

namespace darkroom::model {

// Releases with a function of the API's table.
template <class T>
struct OrtRelease {
  void(ORT_API_CALL* release)(T*) = nullptr;
  void operator()(T* object) const { release(object); }
};
template <class T>
using OrtOwned = std::unique_ptr<T, OrtRelease<T>>;

// Takes the status that a call of the API returned. What is wrong with a model's file is kInvalid, the rest
// kInternal.
inline Status TakeStatus(const OrtApi& api, OrtStatus* status) {
  if (status == nullptr) return {};
  Code code = Code::kInternal;
  switch (api.GetErrorCode(status)) {
    case ORT_NO_SUCHFILE:
    case ORT_NO_MODEL:
    case ORT_INVALID_PROTOBUF:
    case ORT_INVALID_GRAPH:
    case ORT_NOT_IMPLEMENTED:
      code = Code::kInvalid;
      break;
    default:
      break;
  }
  Error error(code, PlainWords(api.GetErrorMessage(status)));
  api.ReleaseStatus(status);
  return Fail(std::move(error));
}

}  // namespace darkroom::model
