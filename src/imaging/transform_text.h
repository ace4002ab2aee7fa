// The short spelling of transforms, "crop:50x70:random,resize:256x256": the command line's. It is no second language
// but a shorthand: each transform becomes the JSON object that it stands for, which is then read like any other.
#pragma once

#include <string>
#include <string_view>

#include "base/json.h"
#include "base/result.h"

namespace darkroom::imaging {

// Commas part transforms, colons the arguments, which are key=value or, for the first ones, the value alone. A value is
// a number, a range ("0.8..1.2"), a list ("0/0/10/5"), true, false, or a word. Says nothing about whether there is such
// a transform or key. Errors: kInvalid, kTooLarge for too many.
Result<json::array> ExpandTransformText(std::string_view text);

// What was found, for an error's message: at most 40 characters, all of them printable.
std::string Shown(std::string_view text);

// "transform 2 (crop)", counted from 1.
std::string TransformName(std::size_t index, std::string_view op);

}  // namespace darkroom::imaging
