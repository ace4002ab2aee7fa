#include "gateway/sqs_request.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "base/crypto.h"
#include "base/json.h"

namespace darkroom::gateway {
namespace {

constexpr std::size_t kMaxBatch = 10;
constexpr std::size_t kMaxNames = 100;  // of attributes asked for

std::unexpected<wire::AwsError> Invalid(std::string message) {
  return Refuse(400, "InvalidParameterValue", std::move(message));
}
std::unexpected<wire::AwsError> Invalid(const Error& error) { return Invalid(error.message()); }
std::unexpected<wire::AwsError> Missing(std::string_view parameter) {
  return Refuse(400, "MissingParameter", fmt::format("The request must contain the parameter {}.", parameter));
}

AwsResult<std::string> Text(const json::object& object, std::string_view key) {
  auto value = GetString(object, key);
  if (!value) return Invalid(value.error());
  if (!*value) return Missing(key);
  return std::move(**value);
}

AwsResult<std::optional<Duration>> SecondsIn(const json::object& object, std::string_view key, Duration most) {
  auto value = GetInt(object, key, 0, std::chrono::duration_cast<std::chrono::seconds>(most).count());
  if (!value) return Invalid(value.error());
  if (!*value) return std::nullopt;
  return Duration(std::chrono::seconds(**value));
}

AwsResult<std::vector<std::string>> Texts(const json::object& object, std::string_view key) {
  auto array = GetArray(object, key);
  if (!array) return Invalid(array.error());
  std::vector<std::string> texts;
  if (*array == nullptr) return texts;
  if ((*array)->size() > kMaxNames) return Invalid(fmt::format("'{}' has more than {} members", key, kMaxNames));
  for (const json::value& value : **array) {
    if (!value.is_string()) return Invalid(fmt::format("'{}' must hold strings", key));
    texts.emplace_back(value.get_string());
  }
  return texts;
}

AwsResult<AttributeMap> Attributes(const json::object& object) {
  auto attributes = GetObject(object, "Attributes");
  if (!attributes) return Invalid(attributes.error());
  AttributeMap map;
  if (*attributes == nullptr) return map;
  for (const auto& [name, value] : **attributes) {
    if (!value.is_string()) return Invalid(fmt::format("the attribute '{}' must be a string", std::string_view(name)));
    map.emplace(name, value.get_string());
  }
  return map;
}

// "http://host:port/000000000000/name", or the name alone as older tools send it.
AwsResult<std::string> QueueIn(const json::object& object) {
  auto url = Text(object, "QueueUrl");
  if (!url) return url;
  std::string name = url->substr(url->rfind('/') + 1);
  if (!IsQueueName(name)) return Refuse(400, "InvalidAddress", fmt::format("'{}' is not the URL of a queue", *url));
  return name;
}

AwsResult<std::string> QueueNameIn(const json::object& object) {
  auto name = Text(object, "QueueName");
  if (!name) return name;
  if (!IsQueueName(*name)) {
    return Invalid("a queue's name is 1 to 80 of A-Z, a-z, 0-9, '-' and '_'; FIFO queues are not served");
  }
  return name;
}

AwsResult<SqsRequest> ReadListQueues(const json::object& object) {
  ListQueues request;
  auto prefix = GetString(object, "QueueNamePrefix");
  auto token = GetString(object, "NextToken");
  auto limit = GetInt(object, "MaxResults", 1, 1000);
  if (!prefix) return Invalid(prefix.error());
  if (!token) return Invalid(token.error());
  if (!limit) return Invalid(limit.error());
  request.prefix = prefix->value_or("");
  request.paged = limit->has_value();
  request.limit = int(limit->value_or(1000));
  if (*token) {
    const auto after = FromBase64(**token);
    if (!after || !IsQueueName(*after)) return Invalid("NextToken is not one of ours");
    request.after = *after;
  }
  return request;
}

// The members of a message, alone or in a batch.
AwsResult<SendEntry> ReadSend(const json::object& object) {
  SendEntry entry;
  auto body = Text(object, "MessageBody");
  if (!body) return std::unexpected(std::move(body).error());
  if (body->empty()) return Missing("MessageBody");
  if (!wire::IsMessageText(*body)) {
    return Refuse(400, "InvalidMessageContents", "the message has characters that a message must not have");
  }
  auto delay = SecondsIn(object, "DelaySeconds", kMaxDelay);
  if (!delay) return std::unexpected(std::move(delay).error());
  auto group = GetString(object, "MessageGroupId");
  if (!group) return Invalid(group.error());
  if (*group && !IsGroupName(**group)) {
    return Invalid("MessageGroupId: 1 to 128 of A-Z, a-z, 0-9 and punctuation");
  }
  auto attributes = GetObject(object, "MessageAttributes");
  if (!attributes) return Invalid(attributes.error());
  std::size_t size = body->size();
  if (*attributes != nullptr && !(*attributes)->empty()) {
    auto read = wire::ReadMessageAttributes(**attributes);
    if (!read) return Invalid(read.error());
    size += wire::SizeOf(*read);
    entry.md5_of_attributes = wire::Md5OfAttributes(*read);
    entry.request.attributes = json::serialize(wire::WriteMessageAttributes(*read));
  }
  if (size > kMaxMessageBytes)
    return Invalid(fmt::format("the message has {} bytes, at most {} are allowed", size, kMaxMessageBytes));
  entry.size = size;
  entry.md5_of_body = wire::Md5Hex(*body);
  entry.request.body = std::move(*body);
  entry.request.delay = delay->value_or(Duration(0));
  entry.request.group = std::move(*group).value_or("");
  return entry;
}

AwsResult<LeaseEntry> ReadLease(const json::object& object) {
  auto receipt = Text(object, "ReceiptHandle");
  if (!receipt) return std::unexpected(std::move(receipt).error());
  return LeaseEntry{.id = "", .receipt = std::move(*receipt), .visibility = Duration(0), .wrong = {}};
}

AwsResult<LeaseEntry> ReadVisibility(const json::object& object) {
  auto entry = ReadLease(object);
  if (!entry) return entry;
  auto visibility = SecondsIn(object, "VisibilityTimeout", kMaxVisibility);
  if (!visibility) return std::unexpected(std::move(visibility).error());
  if (!*visibility) return Missing("VisibilityTimeout");
  entry->visibility = **visibility;
  return entry;
}

bool IsEntryId(std::string_view id) { return IsQueueName(id); }  // the same alphabet and length

// Entries of a batch: what is wrong with the whole is an error, what is wrong with one stays with it.
template <class Entry>
AwsResult<std::vector<Entry>> ReadBatch(const json::object& object, AwsResult<Entry> (*read)(const json::object&)) {
  auto array = GetArray(object, "Entries");
  if (!array) return Invalid(array.error());
  if (*array == nullptr || (*array)->empty()) return Refuse(400, "EmptyBatchRequest", "The batch has no entries.");
  if ((*array)->size() > kMaxBatch) {
    return Refuse(400, "TooManyEntriesInBatchRequest",
                  fmt::format("The batch has {} entries, at most {} are allowed.", (*array)->size(), kMaxBatch));
  }
  std::vector<Entry> entries;
  std::set<std::string> ids;
  for (const json::value& value : **array) {
    if (!value.is_object()) return Invalid("'Entries' must hold objects");
    auto id = Text(value.get_object(), "Id");
    if (!id) return std::unexpected(std::move(id).error());
    if (!IsEntryId(*id)) return Refuse(400, "InvalidBatchEntryId", "An Id is 1 to 80 of A-Z, a-z, 0-9, '-' and '_'.");
    if (!ids.insert(*id).second) return Refuse(400, "BatchEntryIdsNotDistinct", fmt::format("Id {} repeated.", *id));
    auto entry = read(value.get_object());
    if (!entry) {
      Entry failed;
      failed.wrong = std::move(entry).error();
      entry = std::move(failed);
    }
    entry->id = std::move(*id);
    entries.push_back(std::move(*entry));
  }
  return entries;
}

// A request with entries, a batch or one.
template <class Request, class Entry>
AwsResult<SqsRequest> ReadEntries(const json::object& object, bool batch,
                                  AwsResult<Entry> (*read)(const json::object&)) {
  auto queue = QueueIn(object);
  if (!queue) return std::unexpected(std::move(queue).error());
  Request request;
  request.queue = std::move(*queue);
  request.batch = batch;
  if (batch) {
    auto entries = ReadBatch<Entry>(object, read);
    if (!entries) return std::unexpected(std::move(entries).error());
    request.entries = std::move(*entries);
  } else {
    auto entry = read(object);
    if (!entry) return std::unexpected(std::move(entry).error());
    request.entries.push_back(std::move(*entry));
  }
  return request;
}

AwsResult<SqsRequest> ReadSendBatch(const json::object& object) {
  auto request = ReadEntries<SendMessages, SendEntry>(object, true, ReadSend);
  if (!request) return request;
  std::size_t size = 0;
  for (const SendEntry& entry : std::get<SendMessages>(*request).entries) {
    size += entry.size;
  }
  if (size > kMaxMessageBytes) {
    return Refuse(400, "BatchRequestTooLong",
                  fmt::format("The batch has {} bytes, at most {} are allowed.", size, kMaxMessageBytes));
  }
  return request;
}

AwsResult<SqsRequest> ReadReceive(const json::object& object) {
  ReceiveMessage request;
  auto queue = QueueIn(object);
  if (!queue) return std::unexpected(std::move(queue).error());
  request.queue = std::move(*queue);
  auto max = GetInt(object, "MaxNumberOfMessages", 1, kMaxReceive);
  if (!max) return Invalid(max.error());
  request.options.max = int(max->value_or(1));
  auto wait = SecondsIn(object, "WaitTimeSeconds", kMaxWait);
  if (!wait) return std::unexpected(std::move(wait).error());
  request.names_wait = wait->has_value();
  request.options.wait = wait->value_or(Duration(0));
  auto visibility = SecondsIn(object, "VisibilityTimeout", kMaxVisibility);
  if (!visibility) return std::unexpected(std::move(visibility).error());
  request.options.visibility = *visibility;
  auto attributes = Texts(object, "MessageAttributeNames");
  if (!attributes) return std::unexpected(std::move(attributes).error());
  request.attributes = std::move(*attributes);
  // The newer name, and the one that it replaces.
  for (const char* key : {"MessageSystemAttributeNames", "AttributeNames"}) {
    auto names = Texts(object, key);
    if (!names) return std::unexpected(std::move(names).error());
    request.system_attributes.insert(request.system_attributes.end(), names->begin(), names->end());
  }
  return request;
}

template <class Request>
AwsResult<SqsRequest> ReadOfQueue(const json::object& object) {
  auto queue = QueueIn(object);
  if (!queue) return std::unexpected(std::move(queue).error());
  return Request{std::move(*queue)};
}

AwsResult<SqsRequest> ReadCreateQueue(const json::object& object) {
  auto name = QueueNameIn(object);
  if (!name) return std::unexpected(std::move(name).error());
  auto attributes = Attributes(object);
  if (!attributes) return std::unexpected(std::move(attributes).error());
  return CreateQueue{std::move(*name), std::move(*attributes)};
}

AwsResult<SqsRequest> ReadGetQueueUrl(const json::object& object) {
  auto name = QueueNameIn(object);
  if (!name) return std::unexpected(std::move(name).error());
  return GetQueueUrl{std::move(*name)};
}

AwsResult<SqsRequest> ReadGetQueueAttributes(const json::object& object) {
  auto queue = QueueIn(object);
  if (!queue) return std::unexpected(std::move(queue).error());
  auto names = Texts(object, "AttributeNames");
  if (!names) return std::unexpected(std::move(names).error());
  return GetQueueAttributes{std::move(*queue), std::move(*names)};
}

AwsResult<SqsRequest> ReadSetQueueAttributes(const json::object& object) {
  auto queue = QueueIn(object);
  if (!queue) return std::unexpected(std::move(queue).error());
  auto attributes = Attributes(object);
  if (!attributes) return std::unexpected(std::move(attributes).error());
  if (attributes->empty()) return Missing("Attributes");
  return SetQueueAttributes{std::move(*queue), std::move(*attributes)};
}

using Reader = AwsResult<SqsRequest> (*)(const json::object&);

constexpr std::pair<std::string_view, Reader> kReaders[] = {
    {"ReceiveMessage", ReadReceive},
    {"SendMessage", [](const json::object& o) { return ReadEntries<SendMessages, SendEntry>(o, false, ReadSend); }},
    {"SendMessageBatch", ReadSendBatch},
    {"DeleteMessage",
     [](const json::object& o) { return ReadEntries<DeleteMessages, LeaseEntry>(o, false, ReadLease); }},
    {"DeleteMessageBatch",
     [](const json::object& o) { return ReadEntries<DeleteMessages, LeaseEntry>(o, true, ReadLease); }},
    {"ChangeMessageVisibility",
     [](const json::object& o) { return ReadEntries<ChangeVisibility, LeaseEntry>(o, false, ReadVisibility); }},
    {"ChangeMessageVisibilityBatch",
     [](const json::object& o) { return ReadEntries<ChangeVisibility, LeaseEntry>(o, true, ReadVisibility); }},
    {"GetQueueUrl", ReadGetQueueUrl},
    {"GetQueueAttributes", ReadGetQueueAttributes},
    {"SetQueueAttributes", ReadSetQueueAttributes},
    {"CreateQueue", ReadCreateQueue},
    {"ListQueues", ReadListQueues},
    {"DeleteQueue", ReadOfQueue<DeleteQueue>},
    {"PurgeQueue", ReadOfQueue<PurgeQueue>},
    {"ListDeadLetterSourceQueues", ReadOfQueue<ListDeadLetterSourceQueues>}};

}  // namespace

AwsResult<SqsRequest> ReadSqsRequest(std::string_view operation, std::string_view body) {
  const auto* reader = std::find_if(std::begin(kReaders), std::end(kReaders),
                                    [&](const auto& entry) { return entry.first == operation; });
  if (reader == std::end(kReaders)) {
    return Refuse(400, "UnsupportedOperation", fmt::format("The operation {} is not served here.", operation));
  }
  auto object = ParseJsonObject(body.empty() ? "{}" : body);
  if (!object) return Refuse(400, "SerializationException", object.error().message());
  return reader->second(*object);
}

bool WantsAttribute(const std::vector<std::string>& wanted, std::string_view name) {
  return std::any_of(wanted.begin(), wanted.end(), [&](std::string_view pattern) {
    if (pattern == "All" || pattern == name) return true;
    return pattern.ends_with(".*") && name.starts_with(pattern.substr(0, pattern.size() - 2));
  });
}

}  // namespace darkroom::gateway
