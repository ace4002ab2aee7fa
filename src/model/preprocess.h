// Preprocess: a picture into the tensor that a network was trained on.
#pragma once

#include <cstddef>
#include <span>

#include "base/result.h"
#include "imaging/image.h"
#include "model/package.h"

namespace darkroom::model {

// Resizes, crops or pads, orders the colours and scales, as `input` and `spec` say, into `tensor`, which has room for
// exactly that: elements of input.type in input.layout. `image` is RGB. Threads: any.
Status Preprocess(const imaging::Image& image, const InputSpec& input, const PreprocessSpec& spec,
                  std::span<std::byte> tensor);

}  // namespace darkroom::model
