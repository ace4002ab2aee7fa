// What the handlers of both protocols answer with: a value, or the error as AWS names it.
#pragma once

#include <expected>
#include <string>

#include "wire/errors.h"

namespace darkroom::gateway {

template <class T>
using AwsResult = std::expected<T, wire::AwsError>;

inline std::unexpected<wire::AwsError> Refuse(int status, std::string code, std::string message) {
  return std::unexpected(wire::AwsError{.status = status, .code = std::move(code), .message = std::move(message)});
}

}  // namespace darkroom::gateway
