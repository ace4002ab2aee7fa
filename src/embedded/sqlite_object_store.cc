#include "embedded/sqlite_object_store.h"

#include <algorithm>

#include "base/crypto.h"
#include "base/id.h"
#include "embedded/object_table.h"

namespace darkroom::embedded {
namespace {

// A body up to this size is hashed where it stands: quicker than handing it to another thread and back.
constexpr std::size_t kHashHereBytes = 8 * 1024;

// A read that finds its file gone looks up the row again: the object was replaced in between.
constexpr int kReadAttempts = 5;

// As S3 marks etags that are not the MD5 of the body (those of multipart uploads), so that clients do not check them as
// such.
std::string EtagOf(std::string_view body) { return "\"" + ContentHash(body) + "-1\""; }

struct Extent {
  std::int64_t first = 0;
  std::int64_t size = 0;
};

Result<Extent> Resolve(const std::optional<ByteRange>& range, std::int64_t size) {
  if (!range) return Extent{0, size};
  const bool suffix = range->first < 0 && !range->last;
  const std::int64_t first = suffix ? std::max<std::int64_t>(0, size + range->first) : range->first;
  const std::int64_t last = std::min(range->last.value_or(size - 1), size - 1);
  if (first < 0 || first > last) {
    return Fail(Code::kInvalid, "the range has no byte of the object, which has " + std::to_string(size));
  }
  return Extent{first, last - first + 1};
}

// What the reader's thread finds for a Get.
struct Found {
  StoredObject stored;
  Extent extent;
  std::string body;  // when it is in the row
};

Result<std::optional<Found>> Look(Connection& db, std::int64_t bucket, const std::string& key,
                                  const std::optional<ByteRange>& range) {
  ObjectTable table(db);
  auto stored = table.Find(bucket, key);
  if (!stored) return Fail(stored.error());
  if (!*stored) return std::nullopt;
  const auto extent = Resolve(range, (*stored)->info.size);
  if (!extent) return Fail(extent.error());
  Found found{std::move(**stored), *extent, {}};
  if (found.stored.file.empty()) found.body = table.Body(bucket, key, extent->first, extent->size);
  return found;
}

}  // namespace

class SqliteObjectStore final : public ObjectStore {
 public:
  SqliteObjectStore(SqliteObjectService& service, std::int64_t id, std::string bucket)
      : service_(service), id_(id), bucket_(std::move(bucket)) {}

  const std::string& bucket() const override { return bucket_; }
  Task<Result<ObjectInfo>> Put(std::string key, std::string body, PutOptions options) override;
  Task<Result<std::optional<Object>>> Get(std::string key, std::optional<ByteRange> range) override;
  Task<Result<std::optional<ObjectInfo>>> Head(std::string key) override;
  Task<Status> Remove(std::string key) override;
  Task<Result<ObjectList>> List(std::string prefix, std::string after, int limit) override;

 private:
  // What a Put carries from thread to thread.
  struct Upload {
    ObjectInfo info;
    std::string file;
    std::string body;
    PutOptions options;
  };
  Task<Status> Prepare(std::shared_ptr<Upload> upload);
  void Unlink(std::string file);
  std::string Place(const std::string& key) const { return bucket_ + "/" + key; }

  SqliteObjectService& service_;
  const std::int64_t id_;
  const std::string bucket_;
};

// Hashes the body and, when it is large, writes its file.
Task<Status> SqliteObjectStore::Prepare(std::shared_ptr<Upload> upload) {
  if (upload->body.size() <= kHashHereBytes) {
    upload->info.etag = EtagOf(upload->body);
    co_return Status();
  }
  if (upload->body.size() > kMaxRowBytes) {
    upload->file = Id::Make(service_.clock_.Now()).ToString();
    upload->info.file = ObjectFiles::RelativePath(upload->file);
  }
  auto work = [upload, &files = service_.files_]() -> Status {
    upload->info.etag = EtagOf(upload->body);
    if (upload->file.empty()) return {};
    return files.Write(upload->file, upload->body);
  };
  co_return co_await RunOn(service_.files_, std::move(work));
}

Task<Result<ObjectInfo>> SqliteObjectStore::Put(std::string key, std::string body, PutOptions options) {
  if (!IsObjectKey(key)) co_return Fail(Code::kInvalid, "an object key is 1 to 1024 bytes of UTF-8");
  const auto upload = std::make_shared<Upload>();
  upload->info.size = std::int64_t(body.size());
  upload->info.key = std::move(key);
  upload->info.content_type = options.content_type;
  upload->info.metadata = options.metadata;
  upload->info.modified = service_.clock_.Now();
  upload->body = std::move(body);
  upload->options = std::move(options);
  const auto prepared = co_await Prepare(upload);
  if (!prepared) co_return Fail(prepared.error().During("put " + Place(upload->info.key)));
  auto work = [upload, bucket = id_](Connection& db) {
    NewObject object;
    object.info = upload->info;
    object.file = upload->file;
    if (object.file.empty()) object.body = upload->body;
    object.if_absent = upload->options.if_absent;
    object.if_match = upload->options.if_match;
    return ObjectTable(db).Put(bucket, object);
  };
  const auto replaced = co_await service_.writer_.Write(std::move(work));
  if (!replaced) {
    // After kInternal it is not known whether the row is there: the next start's sweep will tell.
    if (replaced.error().code() != Code::kInternal) Unlink(upload->file);
    co_return Fail(replaced.error().During("put " + Place(upload->info.key)));
  }
  Unlink(*replaced);
  co_return std::move(upload->info);
}

void SqliteObjectStore::Unlink(std::string file) {
  if (file.empty()) return;
  service_.files_.Post([&files = service_.files_, file = std::move(file)] { files.Remove(file); });
}

Task<Result<std::optional<Object>>> SqliteObjectStore::Get(std::string key, std::optional<ByteRange> range) {
  for (int attempt = 0; attempt < kReadAttempts; ++attempt) {
    auto look = [bucket = id_, key, range](Connection& db) { return Look(db, bucket, key, range); };
    auto found = co_await service_.reader_.Read(std::move(look));
    if (!found) co_return Fail(found.error().During("get " + Place(key)));
    if (!*found) co_return std::nullopt;
    Object object;
    object.info = std::move((*found)->stored.info);
    object.first = (*found)->extent.first;
    if ((*found)->stored.file.empty()) {
      object.body = std::move((*found)->body);
      co_return object;
    }
    auto read = [&files = service_.files_, file = (*found)->stored.file, extent = (*found)->extent] {
      return files.Read(file, extent.first, extent.size);
    };
    auto body = co_await RunOn(service_.files_, std::move(read));
    if (!body) co_return Fail(body.error().During("get " + Place(key)));
    if (*body) {
      object.body = std::move(**body);
      co_return object;
    }
  }
  co_return Fail(Code::kInternal, "get " + Place(key) + ": its file is missing: the data directory is damaged");
}

Task<Result<std::optional<ObjectInfo>>> SqliteObjectStore::Head(std::string key) {
  auto look = [bucket = id_, key](Connection& db) { return ObjectTable(db).Find(bucket, key); };
  auto found = co_await service_.reader_.Read(std::move(look));
  if (!found) co_return Fail(found.error().During("head " + Place(key)));
  if (!*found) co_return std::nullopt;
  co_return std::move((*found)->info);
}

Task<Status> SqliteObjectStore::Remove(std::string key) {
  auto work = [bucket = id_, key](Connection& db) { return ObjectTable(db).Remove(bucket, key); };
  const auto file = co_await service_.writer_.Write(std::move(work));
  if (!file) co_return Fail(file.error().During("remove " + Place(key)));
  Unlink(*file);
  co_return Status();
}

Task<Result<ObjectList>> SqliteObjectStore::List(std::string prefix, std::string after, int limit) {
  auto look = [bucket = id_, prefix = std::move(prefix), after = std::move(after), limit](Connection& db) {
    return ObjectTable(db).List(bucket, prefix, after, limit);
  };
  auto list = co_await service_.reader_.Read(std::move(look));
  if (!list) co_return Fail(list.error().During("list " + bucket_));
  co_return std::move(*list);
}

Task<Result<std::shared_ptr<ObjectStore>>> SqliteObjectService::Create(std::string bucket) {
  if (!IsBucketName(bucket)) {
    co_return Fail(Code::kInvalid, "'" + bucket + "' is no bucket name: 3 to 63 of a-z 0-9 . -");
  }
  auto work = [bucket](Connection& db) { return ObjectTable(db).CreateBucket(bucket); };
  const auto id = co_await writer_.Write(std::move(work));
  if (!id) co_return Fail(id.error().During("create bucket " + bucket));
  co_return std::make_shared<SqliteObjectStore>(*this, *id, bucket);
}

Task<Result<std::shared_ptr<ObjectStore>>> SqliteObjectService::Open(std::string bucket) {
  auto look = [bucket](Connection& db) { return ObjectTable(db).FindBucket(bucket); };
  const auto id = co_await reader_.Read(std::move(look));
  if (!id) co_return Fail(id.error().During("open bucket " + bucket));
  if (!*id) co_return std::shared_ptr<ObjectStore>();
  co_return std::make_shared<SqliteObjectStore>(*this, **id, bucket);
}

Task<Result<std::vector<std::string>>> SqliteObjectService::List() {
  auto look = [](Connection& db) { return ObjectTable(db).ListBuckets(); };
  co_return co_await reader_.Read(std::move(look));
}

Task<Status> SqliteObjectService::Remove(std::string bucket) {
  auto work = [bucket](Connection& db) { return ObjectTable(db).RemoveBucket(bucket); };
  const auto removed = co_await writer_.Write(std::move(work));
  if (!removed) co_return Fail(removed.error().During("remove bucket " + bucket));
  co_return Status();
}

}  // namespace darkroom::embedded
