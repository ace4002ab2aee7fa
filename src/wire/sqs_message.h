// What of SQS's messages both sides compute: the MD5 sums that clients verify, and message attributes.
// https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-message-metadata.html
#pragma once

#include <cstddef>
#include <map>
#include <string>
#include <string_view>

#include "base/json.h"
#include "base/result.h"

namespace darkroom::wire {

// One message attribute. The type's first part is String, Number or Binary; ".anything" may follow.
struct MessageAttribute {
  std::string type;
  std::string value;  // of a Binary one: the bytes themselves
  bool binary() const { return type.starts_with("Binary"); }
};
using MessageAttributes = std::map<std::string, MessageAttribute>;

// Reads {"name":{"DataType":"String","StringValue":"…"}}. kInvalid, naming the attribute, for what SQS refuses: more
// than ten, names or types out of its alphabet, empty values, bytes that XML 1.0 cannot hold.
Result<MessageAttributes> ReadMessageAttributes(const json::object& object);
json::object WriteMessageAttributes(const MessageAttributes& attributes);

std::string Md5Hex(std::string_view text);
// Hex; sorted by name, each part with its length in front.
std::string Md5OfAttributes(const MessageAttributes& attributes);
// What they count towards the size of a message: names, types and values.
std::size_t SizeOf(const MessageAttributes& attributes);

// SQS takes #x9, #xA, #xD, #x20 to #xD7FF, #xE000 to #xFFFD and #x10000 to #x10FFFF, in valid UTF-8.
bool IsMessageText(std::string_view text);

}  // namespace darkroom::wire
