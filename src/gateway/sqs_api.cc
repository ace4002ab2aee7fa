#include "gateway/sqs_api.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <map>

#include "base/crypto.h"
#include "gateway/sqs_attributes.h"
#include "wire/errors.h"
#include "wire/sqs_message.h"

namespace darkroom::gateway {
namespace {

std::string UrlOf(std::string_view host, std::string_view queue) {
  return fmt::format("http://{}/000000000000/{}", host, queue);
}

json::object Failed(std::string_view id, const wire::AwsError& error) {
  json::object failed;
  failed["Id"] = id;
  failed["SenderFault"] = error.status < 500;
  failed["Code"] = error.code;
  failed["Message"] = error.message;
  return failed;
}

// The answer of a batch.
struct BatchAnswer {
  json::array successful, failed;
  json::object Write() {
    json::object answer;
    answer["Successful"] = std::move(successful);
    answer["Failed"] = std::move(failed);
    return answer;
  }
};

json::object WriteMessage(const Message& message, const ReceiveMessage& request) {
  json::object out;
  out["MessageId"] = message.id;
  out["ReceiptHandle"] = message.receipt;
  out["MD5OfBody"] = wire::Md5Hex(message.body);
  out["Body"] = message.body;
  json::object system;
  const auto wanted = [&](std::string_view name) {
    return std::any_of(request.system_attributes.begin(), request.system_attributes.end(),
                       [&](const std::string& known) { return known == "All" || known == name; });
  };
  if (wanted("SentTimestamp")) {
    system["SentTimestamp"] =
        std::to_string(std::chrono::duration_cast<std::chrono::milliseconds>(message.sent.time_since_epoch()).count());
  }
  if (wanted("ApproximateReceiveCount")) system["ApproximateReceiveCount"] = std::to_string(message.receive_count);
  if (!message.group.empty() && wanted("MessageGroupId")) system["MessageGroupId"] = message.group;
  if (!system.empty()) out["Attributes"] = std::move(system);
  if (message.attributes.empty() || request.attributes.empty()) return out;
  const auto object = ParseJsonObject(message.attributes);
  const auto attributes = object ? wire::ReadMessageAttributes(*object) : Fail(object.error());
  if (!attributes) return out;  // not ours: it was put there past this gateway
  wire::MessageAttributes asked;
  for (const auto& [name, attribute] : *attributes) {
    if (WantsAttribute(request.attributes, name)) asked.emplace(name, attribute);
  }
  if (asked.empty()) return out;
  out["MD5OfMessageAttributes"] = wire::Md5OfAttributes(asked);
  out["MessageAttributes"] = wire::WriteMessageAttributes(asked);
  return out;
}

}  // namespace

Task<http::Response> SqsApi::Handle(std::string operation, std::string body, std::string host, std::string consumer) {
  auto request = ReadSqsRequest(operation, body);
  if (!request) co_return wire::SqsErrorResponse(request.error());
  if (auto* receive = std::get_if<ReceiveMessage>(&*request)) receive->options.consumer = std::move(consumer);
  auto answer = co_await Run(std::move(*request), std::move(host));
  if (!answer) co_return wire::SqsErrorResponse(answer.error());
  co_return http::Response::Json(200, json::serialize(*answer), "application/x-amz-json-1.0");
}

Task<SqsApi::Answer> SqsApi::Run(SqsRequest request, std::string host) {
  const auto start = [&](auto& one) { return Do(std::move(one), std::move(host)); };
  Task<Answer> answer = std::visit(start, request);
  co_return co_await std::move(answer);
}

wire::AwsError SqsApi::Refusal(const Error& error, const std::string& queue) {
  const auto as = [&](int status, const char* code) {
    return wire::AwsError{.status = status, .code = code, .message = error.message()};
  };
  switch (error.code()) {
    case Code::kNotFound:
      open_.erase(queue);
      return as(400, "QueueDoesNotExist");
    case Code::kInvalid:
    case Code::kConflict:
    case Code::kTooLarge:
      return as(400, "InvalidParameterValue");
    case Code::kDenied:
      return as(403, "AccessDenied");
    case Code::kBusy:
      return as(400, "RequestThrottled");
    case Code::kUnavailable:
    case Code::kCancelled:
      return as(503, "ServiceUnavailable");
    case Code::kInternal:
      break;
  }
  return as(500, "InternalFailure");
}

Task<AwsResult<std::shared_ptr<Queue>>> SqsApi::Open(std::string name) {
  if (const auto found = open_.find(name); found != open_.end()) co_return found->second;
  auto queue = co_await queues_.Open(name);
  if (!queue) co_return std::unexpected(Refusal(queue.error(), name));
  if (*queue == nullptr) co_return Refuse(400, "QueueDoesNotExist", "The specified queue does not exist.");
  open_[name] = *queue;
  co_return std::move(*queue);
}

Task<SqsApi::Answer> SqsApi::Do(CreateQueue request, std::string host) {
  auto config = ApplyAttributes({}, request.attributes);
  if (!config) co_return std::unexpected(std::move(config).error());
  json::object answer;
  answer["QueueUrl"] = UrlOf(host, request.name);
  auto created = co_await queues_.Create(request.name, *config);
  if (created) co_return answer;
  if (created.error().code() != Code::kConflict) co_return std::unexpected(Refusal(created.error(), request.name));
  // SQS compares what the request names, and leaves the rest as it is.
  auto existing = co_await queues_.GetConfig(request.name);
  if (!existing) co_return std::unexpected(Refusal(existing.error(), request.name));
  const auto same = ApplyAttributes(*existing, request.attributes);
  if (same && *same == *existing) co_return answer;
  co_return Refuse(400, "QueueNameExists", created.error().message());
}

Task<SqsApi::Answer> SqsApi::Do(GetQueueUrl request, std::string host) {
  auto queue = co_await Open(request.name);
  if (!queue) co_return std::unexpected(std::move(queue).error());
  json::object answer;
  answer["QueueUrl"] = UrlOf(host, request.name);
  co_return answer;
}

Task<SqsApi::Answer> SqsApi::Do(ListQueues request, std::string host) {
  auto names = co_await queues_.List(request.prefix);
  if (!names) co_return std::unexpected(Refusal(names.error(), ""));
  json::object answer;
  json::array urls;
  auto at = std::upper_bound(names->begin(), names->end(), request.after);
  for (; at != names->end() && int(urls.size()) < request.limit; ++at) urls.emplace_back(UrlOf(host, *at));
  if (request.paged && at != names->end() && at != names->begin()) answer["NextToken"] = Base64(*std::prev(at));
  answer["QueueUrls"] = std::move(urls);
  co_return answer;
}

Task<SqsApi::Answer> SqsApi::Do(DeleteQueue request, std::string) {
  auto queue = co_await Open(request.queue);
  if (!queue) co_return std::unexpected(std::move(queue).error());
  auto removed = co_await queues_.Remove(request.queue);
  open_.erase(request.queue);
  if (!removed) co_return std::unexpected(Refusal(removed.error(), request.queue));
  co_return json::object();
}

Task<SqsApi::Answer> SqsApi::Do(PurgeQueue request, std::string) {
  auto queue = co_await Open(request.queue);
  if (!queue) co_return std::unexpected(std::move(queue).error());
  auto purged = co_await queues_.Purge(request.queue);
  if (!purged) co_return std::unexpected(Refusal(purged.error(), request.queue));
  co_return json::object();
}

Task<SqsApi::Answer> SqsApi::Do(GetQueueAttributes request, std::string) {
  auto queue = co_await Open(request.queue);
  if (!queue) co_return std::unexpected(std::move(queue).error());
  auto config = co_await queues_.GetConfig(request.queue);
  if (!config) co_return std::unexpected(Refusal(config.error(), request.queue));
  auto stats = co_await (*queue)->Stats();
  if (!stats) co_return std::unexpected(Refusal(stats.error(), request.queue));
  auto attributes = ListAttributes(request, region_, *config, *stats);
  if (!attributes) co_return std::unexpected(std::move(attributes).error());
  json::object answer;
  json::object values;
  for (const auto& [name, value] : *attributes) values[name] = value;
  if (!values.empty()) answer["Attributes"] = std::move(values);
  co_return answer;
}

Task<SqsApi::Answer> SqsApi::Do(SetQueueAttributes request, std::string) {
  auto config = co_await queues_.GetConfig(request.queue);
  if (!config) co_return std::unexpected(Refusal(config.error(), request.queue));
  auto changed = ApplyAttributes(std::move(*config), request.attributes);
  if (!changed) co_return std::unexpected(std::move(changed).error());
  auto set = co_await queues_.SetConfig(request.queue, *changed);
  if (!set) co_return std::unexpected(Refusal(set.error(), request.queue));
  co_return json::object();
}

Task<SqsApi::Answer> SqsApi::Do(ListDeadLetterSourceQueues request, std::string host) {
  const std::string everything;
  auto names = co_await queues_.List(everything);
  if (!names) co_return std::unexpected(Refusal(names.error(), ""));
  json::array urls;
  for (const std::string& name : *names) {
    auto config = co_await queues_.GetConfig(name);
    if (config && config->dead_letter_queue == request.queue) urls.emplace_back(UrlOf(host, name));
  }
  json::object answer;
  answer["queueUrls"] = std::move(urls);  // in lower case, as in SQS's model
  co_return answer;
}

Task<SqsApi::Answer> SqsApi::Do(SendMessages request, std::string) {
  auto queue = co_await Open(request.queue);
  if (!queue) co_return std::unexpected(std::move(queue).error());
  std::vector<SendRequest> messages;
  for (SendEntry& entry : request.entries) {
    if (!entry.wrong) messages.push_back(std::move(entry.request));
  }
  auto ids = co_await (*queue)->Send(std::move(messages));
  if (!ids) co_return std::unexpected(Refusal(ids.error(), request.queue));
  BatchAnswer answer;
  auto id = ids->begin();
  for (const SendEntry& entry : request.entries) {
    if (entry.wrong) {
      answer.failed.emplace_back(Failed(entry.id, *entry.wrong));
      continue;
    }
    json::object sent;
    sent["MessageId"] = *id++;
    sent["MD5OfMessageBody"] = entry.md5_of_body;
    if (!entry.md5_of_attributes.empty()) sent["MD5OfMessageAttributes"] = entry.md5_of_attributes;
    if (!request.batch) co_return sent;
    sent["Id"] = entry.id;
    answer.successful.emplace_back(std::move(sent));
  }
  co_return answer.Write();
}

Task<SqsApi::Answer> SqsApi::Do(ReceiveMessage request, std::string) {
  auto queue = co_await Open(request.queue);
  if (!queue) co_return std::unexpected(std::move(queue).error());
  if (!request.names_wait) {
    auto config = co_await queues_.GetConfig(request.queue);
    if (!config) co_return std::unexpected(Refusal(config.error(), request.queue));
    request.options.wait = config->wait;
  }
  auto messages = co_await (*queue)->Receive(request.options);
  if (!messages) co_return std::unexpected(Refusal(messages.error(), request.queue));
  json::object answer;
  if (messages->empty()) co_return answer;
  json::array list;
  for (const Message& message : *messages) list.emplace_back(WriteMessage(message, request));
  answer["Messages"] = std::move(list);
  co_return answer;
}

Task<SqsApi::Answer> SqsApi::Do(DeleteMessages request, std::string) {
  auto queue = co_await Open(request.queue);
  if (!queue) co_return std::unexpected(std::move(queue).error());
  BatchAnswer answer;
  std::vector<std::string> receipts;
  for (LeaseEntry& entry : request.entries) {
    if (entry.wrong) {
      answer.failed.emplace_back(Failed(entry.id, *entry.wrong));
      continue;
    }
    receipts.push_back(std::move(entry.receipt));
    json::object done;
    done["Id"] = entry.id;
    answer.successful.emplace_back(std::move(done));
  }
  auto acked = co_await (*queue)->Ack(std::move(receipts));
  if (!acked) {
    wire::AwsError error = Refusal(acked.error(), request.queue);
    if (acked.error().code() == Code::kInvalid) error.code = "ReceiptHandleIsInvalid";
    co_return std::unexpected(std::move(error));
  }
  if (!request.batch) co_return json::object();
  co_return answer.Write();
}

Task<SqsApi::Answer> SqsApi::Do(ChangeVisibility request, std::string) {
  auto queue = co_await Open(request.queue);
  if (!queue) co_return std::unexpected(std::move(queue).error());
  // One call of the port for the entries of each timeout: a heartbeat's are all alike.
  std::map<Duration, std::vector<const LeaseEntry*>> by_timeout;
  BatchAnswer answer;
  for (const LeaseEntry& entry : request.entries) {
    if (entry.wrong) {
      answer.failed.emplace_back(Failed(entry.id, *entry.wrong));
    } else {
      by_timeout[entry.visibility].push_back(&entry);
    }
  }
  const wire::AwsError lost{.status = 400,
                            .code = "MessageNotInflight",
                            .message = "the lease has ended, or the message was deleted or received again"};
  for (const auto& [timeout, entries] : by_timeout) {
    std::vector<std::string> receipts;
    for (const LeaseEntry* entry : entries) receipts.push_back(entry->receipt);
    auto held = co_await (*queue)->Extend(std::move(receipts), timeout);
    if (!held) co_return std::unexpected(Refusal(held.error(), request.queue));
    for (std::size_t i = 0; i < entries.size(); ++i) {
      if ((*held)[i]) {
        json::object done;
        done["Id"] = entries[i]->id;
        answer.successful.emplace_back(std::move(done));
      } else if (request.batch) {
        answer.failed.emplace_back(Failed(entries[i]->id, lost));
      } else {
        co_return std::unexpected(lost);
      }
    }
  }
  if (!request.batch) co_return json::object();
  co_return answer.Write();
}

}  // namespace darkroom::gateway
