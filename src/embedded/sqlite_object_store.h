// Objects in SQLite and files (ports/object_store.h): small bodies are rows, larger ones files that a row names.
//
// Life: ObjectStore objects must not outlive the service. Threads: the I/O thread; hashing and file I/O happen on the
// threads of ObjectFiles.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "base/clock.h"
#include "embedded/object_files.h"
#include "embedded/reader.h"
#include "embedded/writer.h"
#include "ports/object_store.h"

namespace darkroom::embedded {

// Up to this size a body is a row: it shares the group's fsync but is written twice, to the log and to the database.
// What either costs: docs/formats/tables.md.
inline constexpr std::size_t kMaxRowBytes = 64 * 1024;

class SqliteObjectService final : public ObjectService {
 public:
  SqliteObjectService(Writer& writer, Reader& reader, ObjectFiles& files, Clock& clock)
      : writer_(writer), reader_(reader), files_(files), clock_(clock) {}

  Task<Result<std::shared_ptr<ObjectStore>>> Create(std::string bucket) override;
  Task<Result<std::shared_ptr<ObjectStore>>> Open(std::string bucket) override;
  Task<Result<std::vector<std::string>>> List() override;
  Task<Status> Remove(std::string bucket) override;

 private:
  friend class SqliteObjectStore;
  Writer& writer_;
  Reader& reader_;
  ObjectFiles& files_;
  Clock& clock_;
};

}  // namespace darkroom::embedded
