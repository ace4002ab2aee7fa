// Resampling's passes with AVX2.
#pragma once

#include <memory>

#include "imaging/resample_passes.h"

namespace darkroom::imaging {

// Whether this machine has the instructions; false where the program was built for another kind of processor.
bool Avx2Runs();
// Only where Avx2Runs().
std::unique_ptr<Passes> MakeAvx2Passes(PassPlan plan);

}  // namespace darkroom::imaging
