// Result<T>: what every call returns that does I/O, parses, or talks to another machine.
//
// "Not there" is not an error: it is std::optional, an empty vector. Bugs are not errors either: DR_CHECK.
#pragma once

#include <expected>
#include <string>
#include <string_view>
#include <utility>

namespace darkroom {

// What a caller can do about it; callers branch on the code and on nothing else.
enum class Code {
  kInvalid,      // The input is wrong. Retrying the same call cannot help.
  kNotFound,     // A thing that was named does not exist (queue, bucket, model). Retrying cannot help.
  kConflict,     // A condition of the call does not hold (exists already, lease lost, other state). Read again first.
  kTooLarge,     // A bound was exceeded: body, pixels, batch. Retrying cannot help.
  kDenied,       // Signature, credentials or permission. Retrying cannot help.
  kBusy,         // Over a limit that frees up (queue full, throttled). Retry later, with backoff.
  kUnavailable,  // The other side could not be reached, broke off or timed out. Retry, the call may have had effect.
  kCancelled,    // The caller gave up or this process is stopping.
  kInternal,     // Storage or a library failed in a way that a retry is not known to mend.
};

// The code's name in snake case: "not_found". Static storage.
std::string_view Name(Code code);

// Whether the same call, made again later, may succeed.
bool Retryable(Code code);

class [[nodiscard]] Error {
 public:
  Error(Code code, std::string message) : code_(code), message_(std::move(message)) {}

  Code code() const { return code_; }
  // For people: what is wrong, where, and what to do. Outermost context first: "open /x/db: disk is full".
  const std::string& message() const { return message_; }

  // The same error with what was being done put in front: Error.During("open /x").
  Error During(std::string_view what) const;

 private:
  Code code_;
  std::string message_;
};

template <class T>
using Result = std::expected<T, Error>;
using Status = Result<void>;

inline std::unexpected<Error> Fail(Code code, std::string message) {
  return std::unexpected(Error(code, std::move(message)));
}
// For handing an error on: `if (!r) return Fail(r.error());`
inline std::unexpected<Error> Fail(Error error) { return std::unexpected(std::move(error)); }

// Ends the process with file, line and condition when an invariant of our own is broken; on in release builds too.
// Never for judging input.
#define DR_CHECK(condition)                                              \
  do {                                                                   \
    if (!(condition)) [[unlikely]]                                       \
      ::darkroom::internal::CheckFailed(#condition, __FILE__, __LINE__); \
  } while (false)

namespace internal {
[[noreturn]] void CheckFailed(const char* condition, const char* file, int line);
}

}  // namespace darkroom
