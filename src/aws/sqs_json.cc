#include "aws/sqs_json.h"

#include <fmt/format.h>

#include <charconv>
#include <chrono>

#include "wire/sqs_message.h"

namespace darkroom::aws {
namespace {

constexpr std::size_t kMaxBatch = 10;

Call MakeCall(std::string_view operation, const json::object& body) {
  Call call;
  call.headers.Set("Content-Type", "application/x-amz-json-1.0");
  call.headers.Set("X-Amz-Target", fmt::format("AmazonSQS.{}", operation));
  call.body = json::serialize(body);
  return call;
}

// SQS counts in whole seconds; up, so that nothing is visible before it was asked to be.
std::int64_t WholeSeconds(Duration d) { return std::chrono::ceil<std::chrono::seconds>(d).count(); }

std::unexpected<Error> Strange(std::string what) {
  return Fail(Code::kUnavailable, "an answer that is no SQS answer: " + what);
}

std::string TextOf(const json::object& object, std::string_view key) {
  auto value = GetString(object, key);
  return value && *value ? std::move(**value) : std::string();
}

// A number that SQS writes as a string; 0 when it is not there.
std::int64_t NumberOf(const json::object& object, std::string_view key) {
  const std::string text = TextOf(object, key);
  std::int64_t number = 0;
  std::from_chars(text.data(), text.data() + text.size(), number);
  return number;
}

Result<const json::object*> AttributesOf(const json::object& answer) {
  auto attributes = GetObject(answer, "Attributes");
  if (!attributes) return Strange(attributes.error().message());
  if (*attributes == nullptr) return Strange("no attributes");
  return attributes;
}

json::object ConfigAttributes(const QueueConfig& config, std::string_view dead_letter_arn) {
  json::object attributes;
  attributes["VisibilityTimeout"] = std::to_string(WholeSeconds(config.visibility));
  attributes["DelaySeconds"] = std::to_string(WholeSeconds(config.delay));
  attributes["ReceiveMessageWaitTimeSeconds"] = std::to_string(WholeSeconds(config.wait));
  attributes["MessageRetentionPeriod"] = std::to_string(WholeSeconds(config.retention));
  if (dead_letter_arn.empty()) return attributes;
  json::object policy;
  policy["deadLetterTargetArn"] = dead_letter_arn;
  policy["maxReceiveCount"] = config.max_receives;
  attributes["RedrivePolicy"] = json::serialize(policy);
  return attributes;
}

// The entries of a call on leases.
json::array LeaseEntries(const std::vector<std::string>& receipts, const Places& batch,
                         std::optional<Duration> visibility) {
  json::array entries;
  for (std::size_t i = 0; i < batch.size(); ++i) {
    json::object entry;
    entry["Id"] = std::to_string(i);
    entry["ReceiptHandle"] = receipts[batch[i]];
    if (visibility) entry["VisibilityTimeout"] = WholeSeconds(*visibility);
    entries.emplace_back(std::move(entry));
  }
  return entries;
}

Result<Message> ReadMessage(const json::object& object) {
  Message message;
  message.id = TextOf(object, "MessageId");
  message.receipt = TextOf(object, "ReceiptHandle");
  message.body = TextOf(object, "Body");
  if (message.id.empty() || message.receipt.empty()) return Strange("a message without id or receipt");
  if (wire::Md5Hex(message.body) != TextOf(object, "MD5OfBody")) {
    return Fail(Code::kUnavailable, "the body of message " + message.id + " was changed on the way");
  }
  if (auto attributes = GetObject(object, "Attributes"); attributes && *attributes != nullptr) {
    message.receive_count = int(NumberOf(**attributes, "ApproximateReceiveCount"));
    message.group = TextOf(**attributes, "MessageGroupId");
    message.sent = Time(std::chrono::milliseconds(NumberOf(**attributes, "SentTimestamp")));
  }
  if (auto attributes = GetObject(object, "MessageAttributes"); attributes && *attributes != nullptr) {
    auto read = wire::ReadMessageAttributes(**attributes);
    if (!read) return Strange(read.error().message());
    message.attributes = json::serialize(wire::WriteMessageAttributes(*read));
  }
  return message;
}

std::string NameOf(std::string_view url) { return std::string(url.substr(url.rfind('/') + 1)); }

}  // namespace

std::vector<Places> SplitByCount(const Places& places) {
  std::vector<Places> batches;
  for (const std::size_t place : places) {
    if (batches.empty() || batches.back().size() == kMaxBatch) batches.emplace_back();
    batches.back().push_back(place);
  }
  return batches;
}

std::vector<Places> SplitBySize(const std::vector<SendRequest>& requests, const Places& places) {
  std::vector<Places> batches;
  std::size_t size = 0;
  for (const std::size_t place : places) {
    const std::size_t more = requests[place].body.size() + requests[place].attributes.size();
    if (batches.empty() || batches.back().size() == kMaxBatch || size + more > kMaxMessageBytes) {
      batches.emplace_back();
      size = 0;
    }
    batches.back().push_back(place);
    size += more;
  }
  return batches;
}

Call SendCall(std::string_view url, const std::vector<SendRequest>& requests, const Places& batch) {
  json::array entries;
  for (std::size_t i = 0; i < batch.size(); ++i) {
    const SendRequest& request = requests[batch[i]];
    json::object entry;
    entry["Id"] = std::to_string(i);
    entry["MessageBody"] = request.body;
    if (request.delay > Duration(0)) entry["DelaySeconds"] = WholeSeconds(request.delay);
    if (!request.group.empty()) entry["MessageGroupId"] = request.group;
    if (!request.attributes.empty()) {
      if (auto attributes = ParseJsonObject(request.attributes)) entry["MessageAttributes"] = std::move(*attributes);
    }
    entries.emplace_back(std::move(entry));
  }
  json::object body;
  body["QueueUrl"] = url;
  body["Entries"] = std::move(entries);
  return MakeCall("SendMessageBatch", body);
}

Call ReceiveCall(std::string_view url, const ReceiveOptions& options) {
  json::object body;
  body["QueueUrl"] = url;
  body["MaxNumberOfMessages"] = options.max;
  body["WaitTimeSeconds"] = WholeSeconds(options.wait);
  if (options.visibility) body["VisibilityTimeout"] = WholeSeconds(*options.visibility);
  body["MessageAttributeNames"] = {"All"};
  // The older name, which every service knows.
  body["AttributeNames"] = {"ApproximateReceiveCount", "SentTimestamp", "MessageGroupId"};
  Call call = MakeCall("ReceiveMessage", body);
  if (!options.consumer.empty()) call.headers.Set("Darkroom-Worker", options.consumer);
  call.extra_time = options.wait;
  return call;
}

Call DeleteCall(std::string_view url, const std::vector<std::string>& receipts, const Places& batch) {
  json::object body;
  body["QueueUrl"] = url;
  body["Entries"] = LeaseEntries(receipts, batch, std::nullopt);
  return MakeCall("DeleteMessageBatch", body);
}

Call ChangeVisibilityCall(std::string_view url, const std::vector<std::string>& receipts, const Places& batch,
                          Duration visibility) {
  json::object body;
  body["QueueUrl"] = url;
  body["Entries"] = LeaseEntries(receipts, batch, visibility);
  return MakeCall("ChangeMessageVisibilityBatch", body);
}

Call CreateCall(std::string_view name, const QueueConfig& config, std::string_view dead_letter_arn) {
  json::object body;
  body["QueueName"] = name;
  body["Attributes"] = ConfigAttributes(config, dead_letter_arn);
  return MakeCall("CreateQueue", body);
}

Call SetAttributesCall(std::string_view url, const QueueConfig& config, std::string_view dead_letter_arn) {
  json::object body;
  body["QueueUrl"] = url;
  json::object attributes = ConfigAttributes(config, dead_letter_arn);
  if (dead_letter_arn.empty()) attributes["RedrivePolicy"] = "";  // takes an earlier one away
  body["Attributes"] = std::move(attributes);
  return MakeCall("SetQueueAttributes", body);
}

Call AttributesCall(std::string_view url) {
  json::object body;
  body["QueueUrl"] = url;
  body["AttributeNames"] = {"All"};
  return MakeCall("GetQueueAttributes", body);
}

Call ListCall(std::string_view prefix, std::string_view token) {
  json::object body;
  if (!prefix.empty()) body["QueueNamePrefix"] = prefix;
  body["MaxResults"] = 1000;  // without it there are no further pages
  if (!token.empty()) body["NextToken"] = token;
  return MakeCall("ListQueues", body);
}

Call NameCall(std::string_view operation, std::string_view name) {
  json::object body;
  body["QueueName"] = name;
  return MakeCall(operation, body);
}

Call QueueCall(std::string_view operation, std::string_view url) {
  json::object body;
  body["QueueUrl"] = url;
  return MakeCall(operation, body);
}

Result<std::vector<BatchEntry>> ReadBatchAnswer(const json::object& answer) {
  std::vector<BatchEntry> entries;
  for (const char* list : {"Successful", "Failed"}) {
    auto array = GetArray(answer, list);
    if (!array) return Strange(array.error().message());
    if (*array == nullptr) continue;
    for (const json::value& value : **array) {
      if (!value.is_object()) return Strange("a batch entry that is no object");
      const json::object& object = value.get_object();
      BatchEntry entry;
      const std::string id = TextOf(object, "Id");
      const auto [end, error] = std::from_chars(id.data(), id.data() + id.size(), entry.place);
      if (id.empty() || error != std::errc() || end != id.data() + id.size()) return Strange("a batch entry's id");
      entry.message_id = TextOf(object, "MessageId");
      if (list == std::string_view("Failed")) {
        const auto fault = GetBool(object, "SenderFault");
        const bool ours = fault && fault->value_or(false);
        entry.error = {
            .status = ours ? 400 : 500, .code = TextOf(object, "Code"), .message = TextOf(object, "Message")};
      }
      entries.push_back(std::move(entry));
    }
  }
  return entries;
}

Result<std::vector<Message>> ReadMessages(const json::object& answer) {
  std::vector<Message> messages;
  auto array = GetArray(answer, "Messages");
  if (!array) return Strange(array.error().message());
  if (*array == nullptr) return messages;
  for (const json::value& value : **array) {
    if (!value.is_object()) return Strange("a message that is no object");
    auto message = ReadMessage(value.get_object());
    if (!message) return Fail(message.error());
    messages.push_back(std::move(*message));
  }
  return messages;
}

Result<std::string> ReadQueueUrl(const json::object& answer) {
  std::string url = TextOf(answer, "QueueUrl");
  if (url.empty()) return Strange("no QueueUrl");
  return url;
}

Result<std::string> ReadArn(const json::object& answer) {
  auto attributes = AttributesOf(answer);
  if (!attributes) return Fail(attributes.error());
  std::string arn = TextOf(**attributes, "QueueArn");
  if (arn.empty()) return Strange("no QueueArn");
  return arn;
}

Result<QueueConfig> ReadConfig(const json::object& answer) {
  auto attributes = AttributesOf(answer);
  if (!attributes) return Fail(attributes.error());
  QueueConfig config;
  config.visibility = std::chrono::seconds(NumberOf(**attributes, "VisibilityTimeout"));
  config.delay = std::chrono::seconds(NumberOf(**attributes, "DelaySeconds"));
  config.wait = std::chrono::seconds(NumberOf(**attributes, "ReceiveMessageWaitTimeSeconds"));
  config.retention = std::chrono::seconds(NumberOf(**attributes, "MessageRetentionPeriod"));
  const std::string text = TextOf(**attributes, "RedrivePolicy");
  if (text.empty()) return config;
  const auto policy = ParseJsonObject(text);
  if (!policy) return Strange("RedrivePolicy: " + policy.error().message());
  const std::string arn = TextOf(*policy, "deadLetterTargetArn");
  config.dead_letter_queue = arn.substr(arn.rfind(':') + 1);
  const json::value* count = policy->if_contains("maxReceiveCount");
  if (count != nullptr && count->is_int64()) config.max_receives = int(count->get_int64());
  if (count != nullptr && count->is_string()) config.max_receives = int(NumberOf(*policy, "maxReceiveCount"));
  return config;
}

Result<QueueStats> ReadStats(const json::object& answer) {
  auto attributes = AttributesOf(answer);
  if (!attributes) return Fail(attributes.error());
  QueueStats stats;
  stats.visible = NumberOf(**attributes, "ApproximateNumberOfMessages");
  stats.in_flight = NumberOf(**attributes, "ApproximateNumberOfMessagesNotVisible");
  stats.delayed = NumberOf(**attributes, "ApproximateNumberOfMessagesDelayed");
  if ((*attributes)->contains("DarkroomOldestMessageAge")) {
    stats.oldest_age = std::chrono::seconds(NumberOf(**attributes, "DarkroomOldestMessageAge"));
  }
  return stats;
}

Result<QueueList> ReadQueueList(const json::object& answer) {
  QueueList list;
  list.next_token = TextOf(answer, "NextToken");
  auto array = GetArray(answer, "QueueUrls");
  if (!array) return Strange(array.error().message());
  if (*array == nullptr) return list;
  for (const json::value& value : **array) {
    if (value.is_string()) list.names.push_back(NameOf(value.get_string()));
  }
  return list;
}

}  // namespace darkroom::aws
