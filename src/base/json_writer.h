// JSON as text with numbers as people write them: 0.97 where Boost.JSON's serializer writes 9.7E-1.
#pragma once

#include <string>

#include "base/json.h"

namespace darkroom {

// The shortest text that reads back as the same double; one that is not finite, which JSON cannot say, becomes null.
std::string WriteJson(const json::value& value);
std::string WriteJson(const json::object& object);

}  // namespace darkroom
