// Preprocess: a picture into the tensor that a network was trained on.
#pragma once

#include <cstddef>
#include <span>

#include "base/result.h"
#include "imaging/image.h"
#include "model/package.h"

namespace darkroom::model {

// Resizes, crops or pads, orders the colours and scales, as `input` and `spec` say, into `tensor`, which has room for
// exactly that: elements of input.type in input.layout. `image` is RGB, or where the network looks at
// transparency RGBA; alpha is opaque where there is none. One decoded at reduced scale is taken as the
// whole that it stands for. Row by row: no picture is made in between. Threads: any.
Status Preprocess(const imaging::Image& image, const InputSpec& input, const PreprocessSpec& spec,
                  std::span<std::byte> tensor);

// The size that Preprocess scales the whole of a picture to: Decode's `shrink_to`, with which a JPEG may be decoded at
// reduced scale. 0×0 when it must be decoded in full, since the filter does not average.
imaging::Size ShrunkSize(imaging::Size picture, const InputSpec& input, const PreprocessSpec& spec);

}  // namespace darkroom::model
