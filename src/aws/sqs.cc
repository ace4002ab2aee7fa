#include "aws/sqs.h"

#include <fmt/format.h>

#include <algorithm>
#include <functional>
#include <numeric>

#include "aws/sqs_json.h"
#include "wire/errors.h"

namespace darkroom::aws {
namespace {

// One operation: the answer's object, or the service's error.
struct Reply {
  std::optional<json::object> answer;
  wire::AwsError error;  // when there is no answer
};

Task<Result<Reply>> Ask(std::shared_ptr<Caller> caller, Call call) {
  auto response = co_await caller->Send(std::move(call));
  if (!response) co_return Fail(response.error());
  Reply reply;
  if (response->status != 200) {
    reply.error = wire::ReadJsonError(response->status, response->body);
    co_return reply;
  }
  auto object = ParseJsonObject(response->body.empty() ? "{}" : response->body);
  if (!object) co_return Fail(Code::kUnavailable, "an answer that is no SQS answer: " + object.error().message());
  reply.answer = std::move(*object);
  co_return reply;
}

// The same where any error is one.
Task<Result<json::object>> AskFor(std::shared_ptr<Caller> caller, Call call) {
  auto reply = co_await Ask(std::move(caller), std::move(call));
  if (!reply) co_return Fail(reply.error());
  if (!reply->answer) co_return Fail(wire::ToError(reply->error));
  co_return std::move(*reply->answer);
}

bool IsLostLease(std::string_view code) {
  return code == "MessageNotInflight" || code == "AWS.SimpleQueueService.MessageNotInflight" ||
         code == "ReceiptHandleIsInvalid" || code == "InvalidParameterValue";
}

constexpr int kMaxRounds = 5;  // of sending what failed in batches again

// A call on many messages, in batches of what SQS takes at once.
struct BatchPlan {
  std::string doing;  // for errors
  std::function<std::vector<Places>(const Places& left)> split;
  std::function<Call(const Places& batch)> call;
  // Told of each entry, by its place, that was done or refused for good; an error ends the whole.
  std::function<Status(std::size_t place, BatchEntry& entry)> settle;
};

// Runs one batch; adds the places of what the service failed for now to `failed`.
Task<Status> RunBatch(std::shared_ptr<Caller> caller, const BatchPlan& plan, const Places& batch, Places& failed) {
  Call call = plan.call(batch);
  auto answer = co_await AskFor(std::move(caller), std::move(call));
  if (!answer) co_return Fail(answer.error().During(plan.doing));
  auto entries = ReadBatchAnswer(*answer);
  if (!entries) co_return Fail(entries.error().During(plan.doing));
  for (BatchEntry& entry : *entries) {
    if (entry.place >= batch.size()) co_return Fail(Code::kUnavailable, "SQS answered for an entry that was not sent");
    const std::size_t place = batch[entry.place];
    if (entry.error && wire::IsTransient(*entry.error)) {
      failed.push_back(place);
    } else if (auto settled = plan.settle(place, entry); !settled) {
      co_return Fail(settled.error().During(plan.doing));
    }
  }
  co_return Status();
}

Task<Status> RunInBatches(std::shared_ptr<Caller> caller, std::size_t count, BatchPlan plan) {
  Places left(count);
  std::iota(left.begin(), left.end(), std::size_t(0));
  for (int round = 1; !left.empty(); ++round) {
    Places failed;
    for (const Places& batch : plan.split(left)) {
      auto ran = co_await RunBatch(caller, plan, batch, failed);
      if (!ran) co_return Fail(ran.error());
    }
    left = std::move(failed);
    if (left.empty()) break;
    if (round == kMaxRounds)
      co_return Fail(Code::kUnavailable, plan.doing + ": SQS failed some entries again and again");
    co_await caller->Pause(round);
  }
  co_return Status();
}

}  // namespace

SqsQueue::SqsQueue(std::shared_ptr<Caller> caller, std::string name, std::string url)
    : caller_(std::move(caller)), name_(std::move(name)), url_(std::move(url)) {}

Task<Result<std::vector<std::string>>> SqsQueue::Send(std::vector<SendRequest> requests) {
  for (const SendRequest& request : requests) {
    if (request.body.size() + request.attributes.size() > kMaxMessageBytes) {
      co_return Fail(Code::kTooLarge, fmt::format("a message may have {} bytes", kMaxMessageBytes));
    }
  }
  std::vector<std::string> ids(requests.size());
  BatchPlan plan;
  plan.doing = "send to " + name_;
  plan.split = [&](const Places& left) { return SplitBySize(requests, left); };
  plan.call = [&](const Places& batch) { return SendCall(url_, requests, batch); };
  plan.settle = [&](std::size_t place, BatchEntry& entry) -> Status {
    if (entry.error) return Fail(wire::ToError(*entry.error));
    ids[place] = std::move(entry.message_id);
    return {};
  };
  auto sent = co_await RunInBatches(caller_, requests.size(), std::move(plan));
  if (!sent) co_return Fail(sent.error());
  co_return ids;
}

Task<Result<std::vector<Message>>> SqsQueue::Receive(ReceiveOptions options) {
  Call call = ReceiveCall(url_, options);
  auto answer = co_await AskFor(caller_, std::move(call));
  if (!answer) co_return Fail(answer.error().During("receive from " + name_));
  co_return ReadMessages(*answer);
}

Task<Result<std::vector<bool>>> SqsQueue::Extend(std::vector<std::string> receipts, Duration visibility) {
  std::vector<bool> held(receipts.size(), false);
  BatchPlan plan;
  plan.doing = "extend leases of " + name_;
  plan.split = SplitByCount;
  plan.call = [&](const Places& batch) { return ChangeVisibilityCall(url_, receipts, batch, visibility); };
  plan.settle = [&](std::size_t place, BatchEntry& entry) -> Status {
    held[place] = !entry.error;
    if (entry.error && !IsLostLease(entry.error->code)) return Fail(wire::ToError(*entry.error));
    return {};
  };
  auto extended = co_await RunInBatches(caller_, receipts.size(), std::move(plan));
  if (!extended) co_return Fail(extended.error());
  co_return held;
}

Task<Status> SqsQueue::Ack(std::vector<std::string> receipts) {
  BatchPlan plan;
  plan.doing = "ack on " + name_;
  plan.split = SplitByCount;
  plan.call = [&](const Places& batch) { return DeleteCall(url_, receipts, batch); };
  // A receipt that is no longer good names a message that is gone or somebody else's: no error of the port.
  plan.settle = [](std::size_t, BatchEntry&) -> Status { return {}; };
  co_return co_await RunInBatches(caller_, receipts.size(), std::move(plan));
}

Task<Result<QueueStats>> SqsQueue::Stats() {
  Call call = AttributesCall(url_);
  auto answer = co_await AskFor(caller_, std::move(call));
  if (!answer) co_return Fail(answer.error().During("stats of " + name_));
  co_return ReadStats(*answer);
}

Result<std::unique_ptr<SqsQueueService>> SqsQueueService::Make(http::Client& http, Clock& clock,
                                                               CredentialProvider& credentials, ClientOptions options) {
  const std::string service = "sqs";
  auto caller = Caller::Make(http, clock, credentials, service, std::move(options));
  if (!caller) return Fail(caller.error());
  return std::unique_ptr<SqsQueueService>(new SqsQueueService(std::move(*caller)));
}

Task<Result<std::string>> SqsQueueService::UrlOf(std::string name) {
  Call call = NameCall("GetQueueUrl", name);
  auto reply = co_await Ask(caller_, std::move(call));
  if (!reply) co_return Fail(reply.error());
  if (!reply->answer) co_return Fail(wire::ToError(reply->error).During("queue " + name));
  co_return ReadQueueUrl(*reply->answer);
}

Task<Result<std::shared_ptr<Queue>>> SqsQueueService::Create(std::string name, QueueConfig config) {
  auto dead_letter_arn = co_await DeadLetterArn(config);
  if (!dead_letter_arn) co_return Fail(dead_letter_arn.error());
  Call call = CreateCall(name, config, *dead_letter_arn);
  auto answer = co_await AskFor(caller_, std::move(call));
  if (!answer) co_return Fail(answer.error().During("create queue " + name));
  auto url = ReadQueueUrl(*answer);
  if (!url) co_return Fail(url.error());
  std::shared_ptr<Queue> queue = std::make_shared<SqsQueue>(caller_, std::move(name), std::move(*url));
  co_return queue;
}

Task<Result<std::shared_ptr<Queue>>> SqsQueueService::Open(std::string name) {
  auto url = co_await UrlOf(name);
  std::shared_ptr<Queue> queue;
  if (!url && url.error().code() == Code::kNotFound) co_return queue;
  if (!url) co_return Fail(url.error());
  queue = std::make_shared<SqsQueue>(caller_, std::move(name), std::move(*url));
  co_return queue;
}

Task<Result<std::vector<std::string>>> SqsQueueService::List(std::string prefix) {
  std::vector<std::string> names;
  std::string token;
  do {
    Call call = ListCall(prefix, token);
    auto answer = co_await AskFor(caller_, std::move(call));
    if (!answer) co_return Fail(answer.error().During("list queues"));
    auto page = ReadQueueList(*answer);
    if (!page) co_return Fail(page.error());
    names.insert(names.end(), page->names.begin(), page->names.end());
    token = std::move(page->next_token);
  } while (!token.empty());
  std::sort(names.begin(), names.end());
  co_return names;
}

Task<Status> SqsQueueService::Remove(std::string name) {
  auto url = co_await UrlOf(name);
  if (!url) co_return Fail(url.error());
  Call call = QueueCall("DeleteQueue", *url);
  auto answer = co_await AskFor(caller_, std::move(call));
  if (!answer) co_return Fail(answer.error().During("remove queue " + name));
  co_return Status();
}

Task<Status> SqsQueueService::Purge(std::string name) {
  auto url = co_await UrlOf(name);
  if (!url) co_return Fail(url.error());
  Call call = QueueCall("PurgeQueue", *url);
  auto answer = co_await AskFor(caller_, std::move(call));
  if (!answer) co_return Fail(answer.error().During("purge queue " + name));
  co_return Status();
}

// Empty when the config names no dead-letter queue.
Task<Result<std::string>> SqsQueueService::DeadLetterArn(QueueConfig config) {
  if (config.dead_letter_queue.empty()) co_return std::string();
  auto url = co_await UrlOf(config.dead_letter_queue);
  if (!url && url.error().code() == Code::kNotFound) {
    co_return Fail(Code::kInvalid, "the dead-letter queue '" + config.dead_letter_queue + "' does not exist");
  }
  if (!url) co_return Fail(url.error());
  Call call = AttributesCall(*url);
  auto answer = co_await AskFor(caller_, std::move(call));
  if (!answer) co_return Fail(answer.error());
  co_return ReadArn(*answer);
}

Task<Result<QueueConfig>> SqsQueueService::GetConfig(std::string name) {
  auto url = co_await UrlOf(name);
  if (!url) co_return Fail(url.error());
  Call call = AttributesCall(*url);
  auto answer = co_await AskFor(caller_, std::move(call));
  if (!answer) co_return Fail(answer.error().During("attributes of queue " + name));
  co_return ReadConfig(*answer);
}

Task<Status> SqsQueueService::SetConfig(std::string name, QueueConfig config) {
  auto url = co_await UrlOf(name);
  if (!url) co_return Fail(url.error());
  auto dead_letter_arn = co_await DeadLetterArn(config);
  if (!dead_letter_arn) co_return Fail(dead_letter_arn.error());
  Call call = SetAttributesCall(*url, config, *dead_letter_arn);
  auto answer = co_await AskFor(caller_, std::move(call));
  if (!answer) co_return Fail(answer.error().During("configure queue " + name));
  co_return Status();
}

}  // namespace darkroom::aws
