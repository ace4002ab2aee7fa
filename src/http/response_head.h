// The first lines of an answer, and the plan of what follows them.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/time.h"
#include "http/message.h"

namespace darkroom::http {

// What the request and the connection's state say about the answer.
struct AnswerContext {
  bool head = false;        // the method: no body follows, whatever its length
  bool http_1_0 = false;    // no chunks
  bool keep_alive = false;  // as far as the connection is concerned
};

// How the body is sent after the head that AppendHead wrote.
struct AnswerPlan {
  enum class Body { kNone, kWhole, kLength, kChunked, kUntilClose } body = Body::kNone;
  std::uint64_t length = 0;  // kWhole, kLength
  bool keep_alive = false;
};

// Appends the status line and fields of `response` to `out`. The handler's Content-Length counts for streams and HEAD
// alone; its Connection field only when it says close; fields that would break the header are left out and logged.
// `date` is the value of the Date field.
AnswerPlan AppendHead(const Response& response, const AnswerContext& context, std::string_view date, std::string& out);

// "Sat, 21 Nov 2026 10:20:02 GMT" (RFC 9110 5.6.7), made anew once a second.
class DateField {
 public:
  std::string_view At(Time now);

 private:
  std::int64_t second_ = -1;
  std::string text_;
};

}  // namespace darkroom::http
