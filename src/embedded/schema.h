// The database's tables (docs/formats/tables.md) and their version.
#pragma once

#include <memory>
#include <string>

#include "base/result.h"
#include "embedded/sqlite.h"

namespace darkroom::embedded {

inline constexpr int kSchemaVersion = 4;  // PRAGMA user_version

// Opens the database for writing: WAL, synchronous=FULL, and the tables made when it is new, or brought up to date.
// Errors: kInvalid (a newer version wrote it, or no database), kUnavailable (full, held), kInternal.
Result<std::unique_ptr<Connection>> OpenForWriting(const std::string& path, const char* vfs);
// For reading; the database must have been opened for writing before.
Result<std::unique_ptr<Connection>> OpenForReading(const std::string& path, const char* vfs);

}  // namespace darkroom::embedded
