// Requests of SQS's JSON 1.0 protocol as values. Reading them is pure: no queue is asked.
// https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "gateway/answer.h"
#include "ports/queue.h"
#include "wire/sqs_message.h"

namespace darkroom::gateway {

using AttributeMap = std::map<std::string, std::string>;

struct CreateQueue {
  std::string name;
  AttributeMap attributes;
};
struct GetQueueUrl {
  std::string name;
};
struct ListQueues {
  std::string prefix;
  std::string after;  // a name, from NextToken
  int limit = 1000;
  bool paged = false;  // MaxResults was given: answer with a NextToken
};
struct DeleteQueue {
  std::string queue;  // its name, from QueueUrl; here and below
};
struct PurgeQueue {
  std::string queue;
};
struct GetQueueAttributes {
  std::string queue;
  std::vector<std::string> names;
};
struct SetQueueAttributes {
  std::string queue;
  AttributeMap attributes;
};
struct ListDeadLetterSourceQueues {
  std::string queue;
};

// One entry of a batch, or the only one of a request that is none.
struct SendEntry {
  std::string id;
  SendRequest request;
  std::string md5_of_body;
  std::string md5_of_attributes;        // empty: no attributes
  std::size_t size = 0;                 // as SQS counts it
  std::optional<wire::AwsError> wrong;  // this entry fails, its neighbours go on
};
struct SendMessages {
  std::string queue;
  bool batch = false;
  std::vector<SendEntry> entries;
};
struct ReceiveMessage {
  std::string queue;
  ReceiveOptions options;
  bool names_wait = false;                     // else the queue's own
  std::vector<std::string> system_attributes;  // "All", "SentTimestamp", …
  std::vector<std::string> attributes;         // "All", ".*", "name", "prefix.*"
};
struct LeaseEntry {
  std::string id;
  std::string receipt;
  Duration visibility{0};  // ChangeVisibility
  std::optional<wire::AwsError> wrong;
};
struct DeleteMessages {
  std::string queue;
  bool batch = false;
  std::vector<LeaseEntry> entries;
};
struct ChangeVisibility {
  std::string queue;
  bool batch = false;
  std::vector<LeaseEntry> entries;
};

using SqsRequest =
    std::variant<CreateQueue, GetQueueUrl, ListQueues, DeleteQueue, PurgeQueue, GetQueueAttributes, SetQueueAttributes,
                 ListDeadLetterSourceQueues, SendMessages, ReceiveMessage, DeleteMessages, ChangeVisibility>;

// `operation`: what follows "AmazonSQS." in X-Amz-Target.
AwsResult<SqsRequest> ReadSqsRequest(std::string_view operation, std::string_view body);

// Whether a message attribute is wanted by MessageAttributeNames.
bool WantsAttribute(const std::vector<std::string>& wanted, std::string_view name);

}  // namespace darkroom::gateway
