// Resampling's passes with AVX-512's VNNI.
#pragma once

#include <memory>

#include "imaging/resample_passes.h"

namespace darkroom::imaging {

// Whether this machine has the instructions; false where the program was built for another kind of processor.
bool VnniRuns();
// Only where VnniRuns().
std::unique_ptr<Passes> MakeVnniPasses(PassPlan plan);

}  // namespace darkroom::imaging
