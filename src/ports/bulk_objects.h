// What is done to many objects at once.
#pragma once

#include <string>
#include <vector>

#include "base/async.h"
#include "base/clock.h"
#include "base/result.h"
#include "ports/object_store.h"

namespace darkroom {

// All keys that start with `prefix`, however many.
Task<Result<std::vector<std::string>>> ListKeys(ObjectStore& store, std::string prefix);

// Removes all of `keys`, side by side, at most 64 at a time: so an engine that commits in groups needs few commits for
// them, and a remote one few round trips. Goes on past failures; the first of them is returned.
// Threads: the loop's alone.
Task<Status> RemoveObjects(IoContext& io, Clock& clock, ObjectStore& store, std::vector<std::string> keys);

}  // namespace darkroom
