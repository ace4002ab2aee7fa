// Serving an object of a bucket, or a text, as a file: ranges (RFC 9110, section 14), conditional requests, and headers
// that let a browser show it and nothing else.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/async.h"
#include "http/message.h"
#include "ports/object_store.h"
#include "web/problem.h"

namespace darkroom::web {

struct StoredFile {
  std::string key;  // of the object; a text has none
  std::string content_type;
  std::string file_name;  // what a browser saves it as
};

// not_found when the object is gone.
Task<OrProblem<http::Response>> Serve(ObjectStore& store, StoredFile file, const http::Request& request);

// The same for a text that is made when it is asked for.
OrProblem<http::Response> ServeText(std::string text, StoredFile file, const http::Request& request);
std::string TextEtag(std::string_view text);  // quoted

// What a Range header asks of `size` bytes. One range only; more than one, other units and what cannot be understood
// mean the whole (the RFC allows it).
struct RangeAnswer {
  enum class Kind { kWhole, kPart, kUnsatisfiable } kind = Kind::kWhole;
  std::int64_t first = 0;
  std::int64_t last = 0;  // included
};
RangeAnswer ParseRange(std::string_view header, std::int64_t size);

// Whether an If-None-Match header names `etag` (quoted), by weak comparison.
bool ETagMatches(std::string_view header, std::string_view etag);

}  // namespace darkroom::web
