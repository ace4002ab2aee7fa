#include "embedded/object_table.h"

#include <algorithm>

#include "base/json.h"

namespace darkroom::embedded {
namespace {

Error NoBucket() { return Error(Code::kNotFound, "the bucket does not exist"); }

std::string MetadataToText(const std::map<std::string, std::string>& metadata) {
  if (metadata.empty()) return {};
  json::object object;
  for (const auto& [key, value] : metadata) object[key] = value;
  return json::serialize(object);
}

std::map<std::string, std::string> ParseMetadata(std::string_view text) {
  std::map<std::string, std::string> metadata;
  if (text.empty()) return metadata;
  const auto object = ParseJsonObject(text);
  if (!object) return metadata;  // not ours
  for (const auto& [key, value] : *object) {
    if (value.is_string()) metadata.emplace(std::string(key), std::string(value.get_string()));
  }
  return metadata;
}

// Columns key, size, etag, content_type, metadata, modified, file, from the first.
StoredObject ReadObject(const Query& row) {
  StoredObject stored;
  stored.info.key = row.Text(0);
  stored.info.size = row.Int(1);
  stored.info.etag = row.Text(2);
  stored.info.content_type = row.Text(3);
  stored.info.metadata = ParseMetadata(row.View(4));
  stored.info.modified = row.At(5);
  stored.file = row.Text(6);
  return stored;
}

// The least string greater than all that start with `prefix`. Keys are UTF-8: no byte of them is 0xFF.
std::string AfterPrefix(std::string prefix) { return prefix + '\xFF'; }

}  // namespace

bool ObjectTable::HasBucket(std::int64_t bucket) {
  return db_.Run("SELECT 1 FROM bucket WHERE id = ?1", bucket).Next();
}

std::optional<std::int64_t> ObjectTable::FindBucket(const std::string& name) {
  Query query = db_.Run("SELECT id FROM bucket WHERE name = ?1", name);
  if (!query.Next()) return std::nullopt;
  return query.Int(0);
}

std::int64_t ObjectTable::CreateBucket(const std::string& name) {
  if (const auto found = FindBucket(name)) return *found;
  db_.Exec("INSERT INTO bucket (name) VALUES (?1)", name);
  return db_.last_insert_rowid();
}

std::vector<std::string> ObjectTable::ListBuckets() {
  std::vector<std::string> names;
  Query query = db_.Run("SELECT name FROM bucket ORDER BY name");
  while (query.Next()) names.push_back(query.Text(0));
  return names;
}

Status ObjectTable::RemoveBucket(const std::string& name) {
  const auto bucket = FindBucket(name);
  if (!bucket) return Fail(NoBucket());
  if (db_.Run("SELECT 1 FROM object WHERE bucket = ?1 LIMIT 1", *bucket).Next()) {
    return Fail(Code::kConflict, "bucket '" + name + "' is not empty");
  }
  db_.Exec("DELETE FROM bucket WHERE id = ?1", *bucket);
  return {};
}

Result<std::string> ObjectTable::Put(std::int64_t bucket, const NewObject& object) {
  if (!HasBucket(bucket)) return Fail(NoBucket());
  const ObjectInfo& info = object.info;
  std::optional<std::int64_t> row;
  std::string etag, old_file;
  {
    Query query =
        db_.Run("SELECT rowid, etag, file FROM object WHERE bucket = ?1 AND key = ?2", bucket, Bytes{info.key});
    if (query.Next()) {
      row = query.Int(0);
      etag = query.Text(1);
      old_file = query.Text(2);
    }
  }
  if (object.if_absent && row) return Fail(Code::kConflict, "the object exists");
  if (!object.if_match.empty() && (!row || etag != object.if_match)) {
    return Fail(Code::kConflict, row ? "the object has another etag" : "the object does not exist");
  }
  const std::string metadata = MetadataToText(info.metadata);
  std::optional<std::string_view> file;
  std::optional<Bytes> body;
  if (object.file.empty()) {
    body = Bytes{object.body};
  } else {
    file = object.file;
  }
  if (row) db_.Exec("DELETE FROM object WHERE rowid = ?1", *row);
  db_.Exec(
      "INSERT INTO object (bucket, key, size, etag, content_type, metadata, modified, file, body) "
      "VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)",
      bucket, Bytes{info.key}, info.size, info.etag, info.content_type, metadata, info.modified, file, body);
  return old_file;
}

Result<std::string> ObjectTable::Remove(std::int64_t bucket, const std::string& key) {
  const auto stored = Find(bucket, key);
  if (!stored) return Fail(stored.error());
  if (!*stored) return std::string();
  db_.Exec("DELETE FROM object WHERE bucket = ?1 AND key = ?2", bucket, Bytes{key});
  return (*stored)->file;
}

Result<std::optional<StoredObject>> ObjectTable::Find(std::int64_t bucket, const std::string& key) {
  Query query = db_.Run(
      "SELECT key, size, etag, content_type, metadata, modified, file FROM object WHERE bucket = ?1 AND key = ?2",
      bucket, Bytes{key});
  if (query.Next()) return ReadObject(query);
  if (!HasBucket(bucket)) return Fail(NoBucket());
  return std::nullopt;
}

std::string ObjectTable::Body(std::int64_t bucket, const std::string& key, std::int64_t first, std::int64_t size) {
  Query query = db_.Run("SELECT body FROM object WHERE bucket = ?1 AND key = ?2", bucket, Bytes{key});
  if (!query.Next()) return {};
  return std::string(query.View(0).substr(std::size_t(first), std::size_t(size)));
}

Result<ObjectList> ObjectTable::List(std::int64_t bucket, const std::string& prefix, const std::string& after,
                                     int limit) {
  if (!HasBucket(bucket)) return Fail(NoBucket());
  limit = std::clamp(limit, 1, 1000);
  // The least key greater than `after` would be it with a zero byte.
  const std::string first = after.empty() ? prefix : std::max(prefix, after + '\0');
  const std::string end = AfterPrefix(prefix);
  ObjectList list;
  // One more than asked for tells whether more follow.
  Query query = db_.Run(
      "SELECT key, size, etag, content_type, metadata, modified, file FROM object "
      "WHERE bucket = ?1 AND key >= ?2 AND key < ?3 ORDER BY key LIMIT ?4",
      bucket, Bytes{first}, Bytes{end}, limit + 1);
  while (query.Next()) {
    if (int(list.objects.size()) == limit) {
      list.truncated = true;
      break;
    }
    list.objects.push_back(ReadObject(query).info);
  }
  return list;
}

bool ObjectTable::IsNamed(const std::string& file) {
  return db_.Run("SELECT 1 FROM object WHERE file = ?1", file).Next();
}

}  // namespace darkroom::embedded
