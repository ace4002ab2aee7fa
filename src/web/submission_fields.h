// The fields of a submission beside its pictures, the same for every kind of body.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/json.h"
#include "base/time.h"
#include "domain/job.h"
#include "http/message.h"
#include "imaging/transform.h"
#include "web/problem.h"

namespace darkroom::web {

// As they came: names and texts, in order.
using RawFields = std::vector<std::pair<std::string, std::string>>;

struct SubmissionFields {
  std::string model;  // empty: the default
  std::string email;
  std::string webhook;
  int top_k = 0;
  Priority priority = Priority::kNormal;
  std::optional<Duration> deadline;  // from the moment the upload is complete
  std::string metadata;              // a JSON object as its author wrote it, or empty
  imaging::TransformList transforms;
  std::optional<std::int64_t> seed;  // of the first picture; those after it count up
};

inline constexpr int kMaxTopK = 1000;
inline constexpr std::int64_t kMaxSeed = (std::int64_t(1) << 53) - 1;  // what JavaScript can read
inline constexpr Duration kMaxDeadline = 14 * 24h;
inline constexpr std::size_t kMaxFieldBytes = 4096;  // of one field's text
inline constexpr int kMaxMetadataDepth = 16;         // objects and arrays in each other

// Judges every field; an unknown name, a name given twice and a wrong value are invalid_request naming the field.
OrProblem<SubmissionFields> ParseFields(const RawFields& fields);

// The members of a JSON submission, but for its images, as raw fields. `body` is the text that `object` was made of.
OrProblem<RawFields> FieldsOf(const json::object& object, std::string_view body);

// The value of `Prefer: wait=N` (RFC 7240), at most `max`; nullopt when the client did not ask.
std::optional<Duration> ParsePreferWait(const http::Headers& headers, Duration max);

}  // namespace darkroom::web
