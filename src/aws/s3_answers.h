// S3's answers as values. Pure. Errors: kUnavailable for an answer that is not S3's.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "http/message.h"
#include "ports/object_store.h"

namespace darkroom::aws {

// `body_size` stands in for a Content-Length that is not there.
ObjectInfo ReadObjectHeaders(std::string key, const http::Headers& headers, std::size_t body_size);
// "bytes 5-9/100": returns 5, and sets info.size to 100; 0 when there is none.
std::int64_t ReadContentRange(std::string_view header, ObjectInfo& info);
Result<ObjectList> ReadObjectList(std::string_view xml);  // keys encoded as URLs
Result<std::vector<std::string>> ReadBucketList(std::string_view xml);
std::string WriteCreateBucket(std::string_view region);

// "Sat, 21 Nov 2026 09:53:00 GMT".
std::optional<Time> ReadHttpTime(std::string_view text);

}  // namespace darkroom::aws
