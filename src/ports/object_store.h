// ObjectStore: bytes under keys, after Amazon S3: whole objects, strong read-after-write, conditional puts, ranges.
//
// Durability: when Put has returned without error, a crash does not undo it; a reader sees the old object or the new
// one, never a part.
// Threads: call on the I/O thread of the process; all calls may be under way at the same time.
// Errors: kNotFound (the bucket), kConflict (a condition), kInvalid (key, range), kTooLarge, kUnavailable, kInternal.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/async.h"
#include "base/result.h"
#include "base/time.h"

namespace darkroom {

struct ObjectInfo {
  std::string key;
  std::int64_t size = 0;  // bytes
  std::string etag;       // quoted: "\"9e10…\""; equal etags mean equal bytes
  std::string content_type;
  Time modified;
  // Where readers on the store's machine find the body: a path below the folder that the store names. Its bytes never
  // change; it is gone when the object is. Empty: nowhere but in the store. Only Put tells.
  std::string file;
  std::map<std::string, std::string> metadata;  // x-amz-meta-*, keys in lower case
};

struct PutOptions {
  std::string content_type = "application/octet-stream";
  std::map<std::string, std::string> metadata;
  bool if_absent = false;  // kConflict when the key exists (If-None-Match: *)
  std::string if_match;    // kConflict unless the object has this etag
};

// Bytes [first, last], both included, as in HTTP; `last` past the end means the end; a negative `first` with no last
// means the last -first bytes.
struct ByteRange {
  std::int64_t first = 0;
  std::optional<std::int64_t> last;
};

struct Object {
  ObjectInfo info;         // size is the whole object's
  std::string body;        // the range asked for
  std::int64_t first = 0;  // offset of body in the object
};

struct ObjectList {
  std::vector<ObjectInfo> objects;  // by key, ascending bytes
  bool truncated = false;           // more follow: List again after the last key
};

class ObjectStore {
 public:
  virtual ~ObjectStore() = default;

  virtual const std::string& bucket() const = 0;
  virtual Task<Result<ObjectInfo>> Put(std::string key, std::string body, PutOptions options) = 0;
  // nullopt: no such key. kInvalid: the range has no byte of the object. Large objects are read range by range.
  virtual Task<Result<std::optional<Object>>> Get(std::string key, std::optional<ByteRange> range) = 0;
  virtual Task<Result<std::optional<ObjectInfo>>> Head(std::string key) = 0;
  virtual Task<Status> Remove(std::string key) = 0;  // a key that is not there is not an error
  // Keys that start with `prefix` and are greater than `after`, at most `limit` (1 … 1000).
  virtual Task<Result<ObjectList>> List(std::string prefix, std::string after, int limit) = 0;
};

// The buckets of an engine, by name: [a-z0-9.-], 3 to 63 characters.
class ObjectService {
 public:
  virtual ~ObjectService() = default;

  virtual Task<Result<std::shared_ptr<ObjectStore>>> Create(std::string bucket) = 0;  // or finds it
  virtual Task<Result<std::shared_ptr<ObjectStore>>> Open(std::string bucket) = 0;    // nullptr: none
  virtual Task<Result<std::vector<std::string>>> List() = 0;                          // sorted
  virtual Task<Status> Remove(std::string bucket) = 0;                                // kConflict unless empty
};

bool IsBucketName(std::string_view name);
bool IsObjectKey(std::string_view key);  // 1 to 1024 bytes of valid UTF-8

}  // namespace darkroom
