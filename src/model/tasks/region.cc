#include "model/tasks/region.h"

#include "model/tasks/postprocessor.h"

namespace darkroom::model {

json::array RegionOf(const Package& package, const Placement& placement) {
  return {Rounded(static_cast<float>(placement.left)), Rounded(static_cast<float>(placement.top)),
          Rounded(static_cast<float>(package.input.width * placement.across)),
          Rounded(static_cast<float>(package.input.height * placement.down))};
}

}  // namespace darkroom::model
