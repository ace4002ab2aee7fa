// Requests of S3 as values: which operation, on what, under which conditions. Pure.
// https://docs.aws.amazon.com/AmazonS3/latest/API/
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "gateway/answer.h"
#include "http/message.h"
#include "ports/object_store.h"

namespace darkroom::gateway {

enum class S3Operation {
  kListBuckets,
  kCreateBucket,
  kHeadBucket,
  kDeleteBucket,
  kGetBucketLocation,
  kListObjects,
  kListObjectsV2,
  kDeleteObjects,
  kPutObject,
  kCopyObject,
  kGetObject,
  kHeadObject,
  kDeleteObject,
};

struct S3Request {
  S3Operation operation = S3Operation::kListBuckets;
  std::string bucket;
  std::string key;
};

// Reads method, path, Host ("bucket.localhost") and query; names what is not served (NotImplemented).
AwsResult<S3Request> ReadS3Request(const http::Request& request);

// "bytes=0-9", "bytes=5-", "bytes=-5". nullopt for what HTTP lets a server ignore: other units, several ranges.
std::optional<ByteRange> ReadRange(std::string_view header);

// If-Match and If-None-Match of a read. The status that ends it (304, 412), or nullopt.
std::optional<int> CheckReadConditions(const http::Headers& headers, std::string_view etag);

// What of a PUT's headers is kept: type, metadata, conditions.
AwsResult<PutOptions> ReadPutOptions(const http::Headers& headers);

// "/bucket/key" of x-amz-copy-source.
AwsResult<std::pair<std::string, std::string>> ReadCopySource(std::string_view header);

}  // namespace darkroom::gateway
