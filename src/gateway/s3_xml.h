// The XML of S3's buckets and batch deletes. Pure.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/time.h"
#include "gateway/answer.h"

namespace darkroom::gateway {

std::string WriteBuckets(const std::vector<std::string>& names);
std::string WriteLocation(std::string_view region);
std::string WriteCopyResult(std::string_view etag, Time modified);

struct DeleteRequest {
  std::vector<std::string> keys;
  bool quiet = false;  // answer with failures alone
};
// At most 1000 keys.
AwsResult<DeleteRequest> ReadDelete(std::string_view xml);

struct Deleted {
  std::string key;
  std::optional<wire::AwsError> wrong;
};
std::string WriteDeleteResult(const std::vector<Deleted>& deleted, bool quiet);

// "Sat, 21 Nov 2026 09:53:00 GMT" (RFC 9110, 5.6.7).
std::string HttpTime(Time t);

}  // namespace darkroom::gateway
