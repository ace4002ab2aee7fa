// Bodies of S3 requests: read to their end, out of whatever framing they come in, and held against every hash that was
// sent with them.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/async.h"
#include "gateway/answer.h"
#include "http/message.h"
#include "wire/sigv4.h"

namespace darkroom::gateway {

struct Payload {
  std::string bytes;
  std::vector<std::pair<std::string, std::string>> checksums;  // header's name and value: verified, to be echoed
};

// Errors: EntityTooLarge past `limit`, XAmzContentSHA256Mismatch, BadDigest, SignatureDoesNotMatch (a chunk),
// IncompleteBody, InvalidRequest.
Task<AwsResult<Payload>> ReadPayload(http::Request& request, wire::Verified verified, std::size_t limit);

// The checks of a body that is there. `trailers`: of an aws-chunked body.
AwsResult<Payload> CheckPayload(const http::Headers& headers,
                                const std::vector<std::pair<std::string, std::string>>& trailers,
                                std::string_view payload_hash, std::string body);

}  // namespace darkroom::gateway
