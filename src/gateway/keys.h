// The gateway's own credentials, made at its first start.
#pragma once

#include <filesystem>

#include "base/result.h"
#include "wire/credentials.h"

namespace darkroom::gateway {

// Reads `file` (DATA/keys.json), or creates it with new random credentials, readable by its owner alone. Refuses a file
// that others may read (kDenied, saying how to mend it). Other errors: kInvalid, kInternal.
Result<wire::Credentials> LoadOrCreateKeys(const std::filesystem::path& file);

}  // namespace darkroom::gateway
