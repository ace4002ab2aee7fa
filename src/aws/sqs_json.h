// SQS's requests and answers in JSON 1.0, as the client writes and reads them. Pure.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "aws/caller.h"
#include "base/json.h"
#include "ports/queue.h"
#include "wire/errors.h"

namespace darkroom::aws {

using Places = std::vector<std::size_t>;  // in the vector that the caller of the port gave

// Batches of at most 10; SplitBySize also keeps each at 1 MiB of bodies and attributes.
std::vector<Places> SplitByCount(const Places& places);
std::vector<Places> SplitBySize(const std::vector<SendRequest>& requests, const Places& places);

// An entry's Id is its place in `batch`.
Call SendCall(std::string_view url, const std::vector<SendRequest>& requests, const Places& batch);
Call ReceiveCall(std::string_view url, const ReceiveOptions& options);
Call DeleteCall(std::string_view url, const std::vector<std::string>& receipts, const Places& batch);
Call ChangeVisibilityCall(std::string_view url, const std::vector<std::string>& receipts, const Places& batch,
                          Duration visibility);
Call CreateCall(std::string_view name, const QueueConfig& config, std::string_view dead_letter_arn);
Call SetAttributesCall(std::string_view url, const QueueConfig& config, std::string_view dead_letter_arn);
Call AttributesCall(std::string_view url);
Call ListCall(std::string_view prefix, std::string_view token);
Call NameCall(std::string_view operation, std::string_view name);  // {"QueueName":…}
Call QueueCall(std::string_view operation, std::string_view url);  // {"QueueUrl":…}

// Errors of what follows: kUnavailable for an answer that is not SQS's.
struct BatchEntry {
  std::size_t place = 0;  // in the batch
  std::string message_id;
  std::optional<wire::AwsError> error;
};
Result<std::vector<BatchEntry>> ReadBatchAnswer(const json::object& answer);
// Checks each body's MD5.
Result<std::vector<Message>> ReadMessages(const json::object& answer);
Result<std::string> ReadQueueUrl(const json::object& answer);
Result<std::string> ReadArn(const json::object& answer);
Result<QueueConfig> ReadConfig(const json::object& answer);
Result<QueueStats> ReadStats(const json::object& answer);

struct QueueList {
  std::vector<std::string> names;
  std::string next_token;
};
Result<QueueList> ReadQueueList(const json::object& answer);

}  // namespace darkroom::aws
