// Npy: an array as NumPy's numpy.load() reads it, version 1.0 of its format
// (https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html).
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "base/result.h"

namespace darkroom::mesh {

// The bytes of the file: a header whose length is a multiple of 64, then the values, the last dimension fastest.
// No dimensions is a single value. Aborts unless the product of `shape` is the number of values.
// kInvalid: more than 32 dimensions, which older versions of NumPy do not read.
Result<std::string> WriteNpy(std::span<const float> values, std::span<const std::int64_t> shape);
Result<std::string> WriteNpy(std::span<const std::uint8_t> values, std::span<const std::int64_t> shape);
Result<std::string> WriteNpy(std::span<const std::int32_t> values, std::span<const std::int64_t> shape);
Result<std::string> WriteNpy(std::span<const std::int64_t> values, std::span<const std::int64_t> shape);

}  // namespace darkroom::mesh
