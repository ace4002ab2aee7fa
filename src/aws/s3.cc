#include "aws/s3.h"

#include <fmt/format.h>

#include <chrono>

#include "aws/s3_answers.h"
#include "wire/errors.h"
#include "wire/uri.h"
#include "wire/xml.h"

namespace darkroom::aws {
namespace {

Call MakeCall(std::string method, std::string path) {
  Call call;
  call.method = std::move(method);
  call.path = std::move(path);
  return call;
}

Call PutCall(std::string path, std::string body, const PutOptions& options) {
  Call call = MakeCall("PUT", std::move(path));
  call.headers.Set("Content-Type", options.content_type);
  for (const auto& [name, value] : options.metadata) call.headers.Set("x-amz-meta-" + name, value);
  if (options.if_absent) call.headers.Set("If-None-Match", "*");
  if (!options.if_match.empty()) call.headers.Set("If-Match", options.if_match);
  call.repeatable = !options.if_absent && options.if_match.empty();
  call.body = std::move(body);
  return call;
}

std::string RangeHeader(const ByteRange& range) {
  if (range.first < 0) return fmt::format("bytes={}", range.first);
  if (!range.last) return fmt::format("bytes={}-", range.first);
  return fmt::format("bytes={}-{}", range.first, *range.last);
}

Error Refusal(const http::ClientResponse& response, std::string_view doing, std::string_view key) {
  return ErrorOf(response).During(fmt::format("{} {}", doing, key));
}

// Whether a 404 is about the key. HEAD has no body to tell: the bucket is then taken to be there.
bool IsMissingKey(const http::ClientResponse& response) {
  if (response.status != 404) return false;
  const std::string code = wire::ReadXmlError(response.status, response.body).code;
  return code == "NoSuchKey" || code.empty();
}

}  // namespace

S3ObjectStore::S3ObjectStore(std::shared_ptr<Caller> caller, std::string bucket, bool sign_bodies)
    : caller_(std::move(caller)), bucket_(std::move(bucket)), sign_bodies_(sign_bodies) {}

std::string S3ObjectStore::Path(std::string_view key) const {
  return fmt::format("/{}/{}", bucket_, wire::UriEncode(key, "/"));
}

Task<Result<ObjectInfo>> S3ObjectStore::Put(std::string key, std::string body, PutOptions options) {
  if (!IsObjectKey(key)) co_return Fail(Code::kInvalid, "a key is 1 to 1024 bytes of UTF-8");
  ObjectInfo info{.key = key,
                  .size = std::int64_t(body.size()),
                  .etag = "",
                  .content_type = options.content_type,
                  .modified = {},
                  .file = {},
                  .metadata = options.metadata};
  Call call = PutCall(Path(key), std::move(body), options);
  call.sign_body = sign_bodies_;
  auto response = co_await caller_->Send(std::move(call));
  if (!response) co_return Fail(response.error().During("put " + key));
  // S3 says so when the key that If-Match speaks of is not there.
  if (response->status == 404 && !options.if_match.empty() && IsMissingKey(*response)) {
    co_return Fail(Code::kConflict, "put " + key + ": there is no such key");
  }
  if (response->status != 200) co_return Fail(Refusal(*response, "put", key));
  info.etag = response->headers.Get("ETag");
  info.modified = ReadHttpTime(response->headers.Get("Date")).value_or(Time());
  co_return info;
}

Task<Result<std::optional<Object>>> S3ObjectStore::Get(std::string key, std::optional<ByteRange> range) {
  if (!IsObjectKey(key)) co_return Fail(Code::kInvalid, "a key is 1 to 1024 bytes of UTF-8");
  Call call = MakeCall("GET", Path(key));
  call.sign_body = false;
  if (range) call.headers.Set("Range", RangeHeader(*range));
  auto response = co_await caller_->Send(std::move(call));
  if (!response) co_return Fail(response.error().During("get " + key));
  std::optional<Object> object;
  if (IsMissingKey(*response)) co_return object;
  if (response->status == 416) co_return Fail(Code::kInvalid, "get " + key + ": the range has no byte of it");
  if (response->status != 200 && response->status != 206) co_return Fail(Refusal(*response, "get", key));
  object.emplace();
  object->info = ReadObjectHeaders(key, response->headers, response->body.size());
  object->first = ReadContentRange(response->headers.Get("Content-Range"), object->info);
  object->body = std::move(response->body);
  co_return object;
}

Task<Result<std::optional<ObjectInfo>>> S3ObjectStore::Head(std::string key) {
  if (!IsObjectKey(key)) co_return Fail(Code::kInvalid, "a key is 1 to 1024 bytes of UTF-8");
  Call call = MakeCall("HEAD", Path(key));
  call.sign_body = false;
  auto response = co_await caller_->Send(std::move(call));
  if (!response) co_return Fail(response.error().During("head " + key));
  std::optional<ObjectInfo> info;
  if (IsMissingKey(*response)) co_return info;
  if (response->status != 200) co_return Fail(Refusal(*response, "head", key));
  info = ReadObjectHeaders(key, response->headers, 0);
  co_return info;
}

Task<Status> S3ObjectStore::Remove(std::string key) {
  if (!IsObjectKey(key)) co_return Fail(Code::kInvalid, "a key is 1 to 1024 bytes of UTF-8");
  Call call = MakeCall("DELETE", Path(key));
  call.sign_body = false;
  auto response = co_await caller_->Send(std::move(call));
  if (!response) co_return Fail(response.error().During("remove " + key));
  if (response->status != 204 && response->status != 200 && !IsMissingKey(*response)) {
    co_return Fail(Refusal(*response, "remove", key));
  }
  co_return Status();
}

Task<Result<ObjectList>> S3ObjectStore::List(std::string prefix, std::string after, int limit) {
  Call call = MakeCall("GET", "/" + bucket_);
  call.query = fmt::format("encoding-type=url&list-type=2&max-keys={}&prefix={}&start-after={}", limit,
                           wire::UriEncode(prefix), wire::UriEncode(after));
  auto response = co_await caller_->Send(std::move(call));
  if (!response) co_return Fail(response.error().During("list " + bucket_));
  if (response->status != 200) co_return Fail(Refusal(*response, "list", bucket_));
  co_return ReadObjectList(response->body);
}

Task<Result<std::string>> S3ObjectStore::PresignGet(std::string key, Duration expires) {
  std::string method = "GET";
  return caller_->Presign(std::move(method), Path(key), expires);
}

Task<Result<std::string>> S3ObjectStore::PresignPut(std::string key, Duration expires) {
  std::string method = "PUT";
  return caller_->Presign(std::move(method), Path(key), expires);
}

Result<std::unique_ptr<S3ObjectService>> S3ObjectService::Make(http::Client& http, Clock& clock,
                                                               CredentialProvider& credentials, S3Options options) {
  const std::string region = options.region;
  const bool always = options.always_sign_bodies;
  auto caller = Caller::Make(http, clock, credentials, "s3", std::move(options));
  if (!caller) return Fail(caller.error());
  const bool sign_bodies = always || (*caller)->secure() || !(*caller)->loopback();
  return std::unique_ptr<S3ObjectService>(new S3ObjectService(std::move(*caller), region, sign_bodies));
}

Task<Result<std::shared_ptr<ObjectStore>>> S3ObjectService::Create(std::string bucket) {
  if (!IsBucketName(bucket)) co_return Fail(Code::kInvalid, "a bucket's name is 3 to 63 of a-z, 0-9, '.' and '-'");
  Call call = MakeCall("PUT", "/" + bucket);
  // S3's oldest region is the one that must not be named.
  if (region_ != "us-east-1") call.body = WriteCreateBucket(region_);
  auto response = co_await caller_->Send(std::move(call));
  if (!response) co_return Fail(response.error().During("create bucket " + bucket));
  const bool ours = wire::ReadXmlError(response->status, response->body).code == "BucketAlreadyOwnedByYou";
  if (response->status != 200 && !ours) co_return Fail(Refusal(*response, "create bucket", bucket));
  std::shared_ptr<ObjectStore> store = std::make_shared<S3ObjectStore>(caller_, std::move(bucket), sign_bodies_);
  co_return store;
}

Task<Result<std::shared_ptr<ObjectStore>>> S3ObjectService::Open(std::string bucket) {
  std::shared_ptr<ObjectStore> store;
  if (!IsBucketName(bucket)) co_return store;
  Call call = MakeCall("HEAD", "/" + bucket);
  auto response = co_await caller_->Send(std::move(call));
  if (!response) co_return Fail(response.error().During("open bucket " + bucket));
  if (response->status == 404) co_return store;
  if (response->status != 200) co_return Fail(Refusal(*response, "open bucket", bucket));
  store = std::make_shared<S3ObjectStore>(caller_, std::move(bucket), sign_bodies_);
  co_return store;
}

Task<Result<std::vector<std::string>>> S3ObjectService::List() {
  Call call = MakeCall("GET", "/");
  auto response = co_await caller_->Send(std::move(call));
  if (!response) co_return Fail(response.error().During("list buckets"));
  if (response->status != 200) co_return Fail(Refusal(*response, "list", "buckets"));
  co_return ReadBucketList(response->body);
}

Task<Status> S3ObjectService::Remove(std::string bucket) {
  if (!IsBucketName(bucket)) co_return Fail(Code::kNotFound, "there is no bucket '" + bucket + "'");
  Call call = MakeCall("DELETE", "/" + bucket);
  auto response = co_await caller_->Send(std::move(call));
  if (!response) co_return Fail(response.error().During("remove bucket " + bucket));
  if (response->status != 204 && response->status != 200) co_return Fail(Refusal(*response, "remove bucket", bucket));
  co_return Status();
}

}  // namespace darkroom::aws
