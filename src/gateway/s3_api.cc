#include "gateway/s3_api.h"

#include <fmt/format.h>

#include "gateway/s3_list.h"
#include "gateway/s3_payload.h"
#include "gateway/s3_xml.h"
#include "wire/checksum.h"
#include "wire/errors.h"

namespace darkroom::gateway {
namespace {

constexpr std::size_t kMaxDeleteBody = std::size_t(2) << 20;  // 1000 keys of 1024 bytes, in XML

http::Response Xml(std::string body) {
  http::Response response;
  response.headers.Set("Content-Type", "application/xml");
  response.body = std::move(body);
  return response;
}

http::Response Empty(int status) {
  http::Response response;
  response.status = status;
  return response;
}

void SetObjectHeaders(const ObjectInfo& info, http::Headers& headers) {
  headers.Set("ETag", info.etag);
  headers.Set("Content-Type", info.content_type);
  headers.Set("Last-Modified", HttpTime(info.modified));
  headers.Set("Accept-Ranges", "bytes");
  for (const auto& [name, value] : info.metadata) headers.Set("x-amz-meta-" + name, value);
}

// What a (presigned) GET may ask the answer's headers to be.
void SetOverrides(const http::Request& request, http::Headers& headers) {
  static constexpr std::pair<std::string_view, const char*> kOverrides[] = {
      {"response-content-type", "Content-Type"},         {"response-content-disposition", "Content-Disposition"},
      {"response-content-encoding", "Content-Encoding"}, {"response-content-language", "Content-Language"},
      {"response-cache-control", "Cache-Control"},       {"response-expires", "Expires"}};
  for (const auto& [parameter, header] : kOverrides) {
    if (auto value = request.Query(parameter)) headers.Set(header, std::move(*value));
  }
}

wire::AwsError NoSuchBucket() {
  return {.status = 404, .code = "NoSuchBucket", .message = "The specified bucket does not exist"};
}
wire::AwsError NoSuchKey() {
  return {.status = 404, .code = "NoSuchKey", .message = "The specified key does not exist."};
}
wire::AwsError PreconditionFailed() {
  return {.status = 412, .code = "PreconditionFailed", .message = "A condition of the request did not hold"};
}

// An answer to a read whose condition ended it: 304 has the etag and no body.
AwsResult<http::Response> Condition(int status, const ObjectInfo& info) {
  if (status == 412) return std::unexpected(PreconditionFailed());
  http::Response response = Empty(304);
  response.headers.Set("ETag", info.etag);
  return response;
}

Task<void> RemoveOne(std::shared_ptr<ObjectStore> store, std::string key, Status* status) {
  *status = co_await store->Remove(std::move(key));
}

}  // namespace

Task<http::Response> S3Api::Handle(http::Request& request, wire::Verified verified) {
  const bool with_body = request.method != "HEAD";
  auto s3 = ReadS3Request(request);
  if (!s3) co_return wire::S3ErrorResponse(s3.error(), request.path, with_body);
  Call call{.http = request, .verified = std::move(verified), .s3 = std::move(*s3)};
  auto answer = co_await Run(call);
  if (!answer) co_return wire::S3ErrorResponse(answer.error(), request.path, with_body);
  co_return std::move(*answer);
}

Task<S3Api::Answer> S3Api::Run(Call& call) {
  if (call.s3.bucket.empty()) co_return co_await ListBuckets();
  if (!call.s3.key.empty()) co_return co_await RunOnObject(call);
  co_return co_await RunOnBucket(call);
}

Task<S3Api::Answer> S3Api::RunOnBucket(Call& call) {
  switch (call.s3.operation) {
    case S3Operation::kCreateBucket:
      co_return co_await CreateBucket(call);
    case S3Operation::kDeleteBucket:
      co_return co_await DeleteBucket(call);
    case S3Operation::kListObjects:
      co_return co_await ListObjects(call, false);
    case S3Operation::kListObjectsV2:
      co_return co_await ListObjects(call, true);
    case S3Operation::kDeleteObjects:
      co_return co_await DeleteObjects(call);
    default: {
      auto store = co_await Open(call.s3.bucket);
      if (!store) co_return std::unexpected(std::move(store).error());
      if (call.s3.operation == S3Operation::kGetBucketLocation) co_return Xml(WriteLocation(region_));
      http::Response response = Empty(200);  // HEAD
      response.headers.Set("x-amz-bucket-region", region_);
      co_return response;
    }
  }
}

Task<S3Api::Answer> S3Api::RunOnObject(Call& call) {
  switch (call.s3.operation) {
    case S3Operation::kPutObject:
      co_return co_await PutObject(call);
    case S3Operation::kCopyObject:
      co_return co_await CopyObject(call);
    case S3Operation::kHeadObject:
      co_return co_await HeadObject(call);
    case S3Operation::kDeleteObject:
      co_return co_await DeleteObject(call);
    default:
      co_return co_await GetObject(call);
  }
}

wire::AwsError S3Api::Refusal(const Error& error, const std::string& bucket) {
  const auto as = [&](int status, const char* code) {
    return wire::AwsError{.status = status, .code = code, .message = error.message()};
  };
  switch (error.code()) {
    case Code::kNotFound:
      open_.erase(bucket);
      return NoSuchBucket();
    case Code::kInvalid:
      return as(400, "InvalidArgument");
    case Code::kConflict:
      return PreconditionFailed();
    case Code::kTooLarge:
      return as(413, "EntityTooLarge");
    case Code::kDenied:
      return as(403, "AccessDenied");
    case Code::kBusy:
      return as(503, "SlowDown");
    case Code::kUnavailable:
    case Code::kCancelled:
      return as(503, "ServiceUnavailable");
    case Code::kInternal:
      break;
  }
  return as(500, "InternalError");
}

Task<AwsResult<std::shared_ptr<ObjectStore>>> S3Api::Open(std::string bucket) {
  if (const auto found = open_.find(bucket); found != open_.end()) co_return found->second;
  auto store = co_await objects_.Open(bucket);
  if (!store) co_return std::unexpected(Refusal(store.error(), bucket));
  if (*store == nullptr) co_return std::unexpected(NoSuchBucket());
  open_[bucket] = *store;
  co_return std::move(*store);
}

Task<S3Api::Answer> S3Api::ListBuckets() {
  auto names = co_await objects_.List();
  if (!names) co_return std::unexpected(Refusal(names.error(), ""));
  co_return Xml(WriteBuckets(*names));
}

// Also for one that exists, as S3 does in its first region. What the body configures (a region) is not looked at.
Task<S3Api::Answer> S3Api::CreateBucket(Call& call) {
  auto payload = co_await ReadPayload(call.http, call.verified, kMaxDeleteBody);
  if (!payload) co_return std::unexpected(std::move(payload).error());
  auto created = co_await objects_.Create(call.s3.bucket);
  if (!created) co_return std::unexpected(Refusal(created.error(), call.s3.bucket));
  http::Response response = Empty(200);
  response.headers.Set("Location", "/" + call.s3.bucket);
  co_return response;
}

Task<S3Api::Answer> S3Api::DeleteBucket(Call& call) {
  auto store = co_await Open(call.s3.bucket);
  if (!store) co_return std::unexpected(std::move(store).error());
  auto removed = co_await objects_.Remove(call.s3.bucket);
  if (!removed && removed.error().code() == Code::kConflict) {
    co_return Refuse(409, "BucketNotEmpty", "The bucket you tried to delete is not empty");
  }
  open_.erase(call.s3.bucket);
  if (!removed) co_return std::unexpected(Refusal(removed.error(), call.s3.bucket));
  co_return Empty(204);
}

Task<S3Api::Answer> S3Api::ListObjects(Call& call, bool v2) {
  auto query = ReadListQuery(call.http, v2);
  if (!query) co_return std::unexpected(std::move(query).error());
  auto store = co_await Open(call.s3.bucket);
  if (!store) co_return std::unexpected(std::move(store).error());
  auto page = co_await ReadListPage(*store, *query);
  if (!page) co_return std::unexpected(Refusal(page.error(), call.s3.bucket));
  co_return Xml(WriteListPage(*page, *query, call.s3.bucket));
}

Task<S3Api::Answer> S3Api::DeleteObjects(Call& call) {
  auto payload = co_await ReadPayload(call.http, call.verified, kMaxDeleteBody);
  if (!payload) co_return std::unexpected(std::move(payload).error());
  auto request = ReadDelete(payload->bytes);
  if (!request) co_return std::unexpected(std::move(request).error());
  auto store = co_await Open(call.s3.bucket);
  if (!store) co_return std::unexpected(std::move(store).error());
  // All at the same time: the store commits them together.
  std::vector<Status> statuses(request->keys.size());
  TaskGroup removals(io_, clock_);
  for (std::size_t i = 0; i < statuses.size(); ++i) {
    removals.Spawn(RemoveOne(*store, request->keys[i], &statuses[i]));
  }
  co_await removals.Join();
  std::vector<Deleted> deleted;
  for (std::size_t i = 0; i < statuses.size(); ++i) {
    Deleted one{.key = std::move(request->keys[i]), .wrong = {}};
    if (!statuses[i]) one.wrong = Refusal(statuses[i].error(), call.s3.bucket);
    deleted.push_back(std::move(one));
  }
  co_return Xml(WriteDeleteResult(deleted, request->quiet));
}

Task<S3Api::Answer> S3Api::PutObject(Call& call) {
  auto options = ReadPutOptions(call.http.headers);
  if (!options) co_return std::unexpected(std::move(options).error());
  auto store = co_await Open(call.s3.bucket);
  if (!store) co_return std::unexpected(std::move(store).error());
  auto payload = co_await ReadPayload(call.http, call.verified, max_object_);
  if (!payload) co_return std::unexpected(std::move(payload).error());
  auto put = co_await (*store)->Put(call.s3.key, std::move(payload->bytes), std::move(*options));
  if (!put) co_return std::unexpected(Refusal(put.error(), call.s3.bucket));
  http::Response response = Empty(200);
  response.headers.Set("ETag", put->etag);
  for (auto& [name, value] : payload->checksums) response.headers.Set(std::move(name), std::move(value));
  co_return response;
}

Task<S3Api::Answer> S3Api::CopyObject(Call& call) {
  const auto source = ReadCopySource(call.http.headers.Get("x-amz-copy-source"));
  if (!source) co_return std::unexpected(source.error());
  auto options = ReadPutOptions(call.http.headers);
  if (!options) co_return std::unexpected(std::move(options).error());
  auto from = co_await Open(source->first);
  if (!from) co_return std::unexpected(std::move(from).error());
  auto to = co_await Open(call.s3.bucket);
  if (!to) co_return std::unexpected(std::move(to).error());
  auto object = co_await (*from)->Get(source->second, std::nullopt);
  if (!object) co_return std::unexpected(Refusal(object.error(), source->first));
  if (!*object) co_return std::unexpected(NoSuchKey());
  if (call.http.headers.Get("x-amz-metadata-directive") != "REPLACE") {
    options->content_type = (*object)->info.content_type;
    options->metadata = (*object)->info.metadata;
  }
  auto put = co_await (*to)->Put(call.s3.key, std::move((*object)->body), std::move(*options));
  if (!put) co_return std::unexpected(Refusal(put.error(), call.s3.bucket));
  co_return Xml(WriteCopyResult(put->etag, put->modified));
}

Task<S3Api::Answer> S3Api::GetObject(Call& call) {
  auto store = co_await Open(call.s3.bucket);
  if (!store) co_return std::unexpected(std::move(store).error());
  const std::optional<ByteRange> range = ReadRange(call.http.headers.Get("Range"));
  auto object = co_await (*store)->Get(call.s3.key, range);
  if (!object && range && object.error().code() == Code::kInvalid) {
    co_return Refuse(416, "InvalidRange", "The requested range is not satisfiable");
  }
  if (!object) co_return std::unexpected(Refusal(object.error(), call.s3.bucket));
  if (!*object) co_return std::unexpected(NoSuchKey());
  const ObjectInfo& info = (*object)->info;
  if (const auto status = CheckReadConditions(call.http.headers, info.etag)) co_return Condition(*status, info);
  http::Response response = Empty(range ? 206 : 200);
  SetObjectHeaders(info, response.headers);
  SetOverrides(call.http, response.headers);
  response.body = std::move((*object)->body);
  if (range) {
    const std::int64_t first = (*object)->first;
    response.headers.Set("Content-Range", fmt::format("bytes {}-{}/{}", first,
                                                      first + std::int64_t(response.body.size()) - 1, info.size));
  } else if (call.http.headers.Get("x-amz-checksum-mode") == "ENABLED") {
    response.headers.Set("x-amz-checksum-crc32", wire::Checksum(wire::ChecksumKind::kCrc32, response.body));
    response.headers.Set("x-amz-checksum-type", "FULL_OBJECT");
  }
  co_return response;
}

Task<S3Api::Answer> S3Api::HeadObject(Call& call) {
  auto store = co_await Open(call.s3.bucket);
  if (!store) co_return std::unexpected(std::move(store).error());
  auto info = co_await (*store)->Head(call.s3.key);
  if (!info) co_return std::unexpected(Refusal(info.error(), call.s3.bucket));
  if (!*info) co_return std::unexpected(NoSuchKey());
  if (const auto status = CheckReadConditions(call.http.headers, (*info)->etag)) co_return Condition(*status, **info);
  http::Response response = Empty(200);
  SetObjectHeaders(**info, response.headers);
  SetOverrides(call.http, response.headers);
  response.headers.Set("Content-Length", std::to_string((*info)->size));
  co_return response;
}

Task<S3Api::Answer> S3Api::DeleteObject(Call& call) {
  auto store = co_await Open(call.s3.bucket);
  if (!store) co_return std::unexpected(std::move(store).error());
  auto removed = co_await (*store)->Remove(call.s3.key);
  if (!removed) co_return std::unexpected(Refusal(removed.error(), call.s3.bucket));
  co_return Empty(204);
}

}  // namespace darkroom::gateway
