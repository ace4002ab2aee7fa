// Names of a classifier's classes.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace darkroom::model {

// One label a line in the order of the classes, or `index,label` lines with each index from 0 up once. UTF-8; the end
// of a line may be CR LF, blank lines at the end do not count. Errors: kInvalid, beginning with the line's number.
Result<std::vector<std::string>> ParseLabels(std::string_view text);

}  // namespace darkroom::model
