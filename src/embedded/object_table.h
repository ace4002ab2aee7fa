// The objects' tables (docs/formats/tables.md): every statement on them.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "embedded/sqlite.h"
#include "ports/object_store.h"

namespace darkroom::embedded {

struct StoredObject {
  ObjectInfo info;
  std::string file;  // of the body; empty: the body is in the row
};

struct NewObject {
  ObjectInfo info;
  std::string file;        // as above
  std::string_view body;   // when it has no file
  bool if_absent = false;  // as in PutOptions
  std::string_view if_match;
};

class ObjectTable {
 public:
  explicit ObjectTable(Connection& connection) : db_(connection) {}

  std::int64_t CreateBucket(const std::string& name);  // or finds it
  std::optional<std::int64_t> FindBucket(const std::string& name);
  std::vector<std::string> ListBuckets();
  Status RemoveBucket(const std::string& name);

  // Returns the file that the object had before and that nothing names now; empty: none.
  Result<std::string> Put(std::int64_t bucket, const NewObject& object);
  Result<std::string> Remove(std::int64_t bucket, const std::string& key);

  // kNotFound: the bucket.
  Result<std::optional<StoredObject>> Find(std::int64_t bucket, const std::string& key);
  // Bytes of an object without a file.
  std::string Body(std::int64_t bucket, const std::string& key, std::int64_t first, std::int64_t size);
  Result<ObjectList> List(std::int64_t bucket, const std::string& prefix, const std::string& after, int limit);
  bool IsNamed(const std::string& file);

 private:
  bool HasBucket(std::int64_t bucket);

  Connection& db_;
};

}  // namespace darkroom::embedded
