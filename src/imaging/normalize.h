// Normalize: bytes to the numbers that a network was trained on.
#pragma once

#include <cstddef>
#include <cstdint>

#include "imaging/resample_passes.h"

namespace darkroom::imaging {

// to[i] = (from[i] - mean) * scale, each step rounded to a float: the same bits on every machine. Threads: any.
void Normalize(const std::uint8_t* from, std::size_t count, float mean, float scale, float* to,
               Instructions instructions);

}  // namespace darkroom::imaging
