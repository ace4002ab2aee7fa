#include "base/result.h"

#include <cstdio>
#include <cstdlib>

namespace darkroom {

std::string_view Name(Code code) {
  switch (code) {
    case Code::kInvalid:
      return "invalid";
    case Code::kNotFound:
      return "not_found";
    case Code::kConflict:
      return "conflict";
    case Code::kTooLarge:
      return "too_large";
    case Code::kDenied:
      return "denied";
    case Code::kBusy:
      return "busy";
    case Code::kUnavailable:
      return "unavailable";
    case Code::kCancelled:
      return "cancelled";
    case Code::kInternal:
      return "internal";
  }
  return "internal";
}

bool Retryable(Code code) { return code == Code::kBusy || code == Code::kUnavailable; }

Error Error::During(std::string_view what) const {
  std::string message(what);
  message += ": ";
  message += message_;
  return Error(code_, std::move(message));
}

namespace internal {
void CheckFailed(const char* condition, const char* file, int line) {
  std::fprintf(stderr, "%s:%d: invariant broken: %s\n", file, line, condition);
  std::abort();
}
}  // namespace internal

}  // namespace darkroom
