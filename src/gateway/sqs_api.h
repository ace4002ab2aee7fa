// SqsApi: SQS's operations over a QueueService. Each is thin: read the request, ask the port, write the answer.
//
// Threads: the loop's alone. The QueueService outlives it.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>

#include "base/async.h"
#include "base/json.h"
#include "gateway/answer.h"
#include "gateway/sqs_request.h"
#include "http/message.h"
#include "ports/queue.h"

namespace darkroom::gateway {

class SqsApi {
 public:
  SqsApi(QueueService& queues, std::string region) : queues_(queues), region_(std::move(region)) {}

  // `host` stands in the URLs of queues. `consumer`: who holds the leases of a receive; empty: not told.
  Task<http::Response> Handle(std::string operation, std::string body, std::string host, std::string consumer);

 private:
  using Answer = AwsResult<json::object>;

  Task<Answer> Run(SqsRequest request, std::string host);
  Task<Answer> Do(CreateQueue request, std::string host);
  Task<Answer> Do(GetQueueUrl request, std::string host);
  Task<Answer> Do(ListQueues request, std::string host);
  Task<Answer> Do(DeleteQueue request, std::string host);
  Task<Answer> Do(PurgeQueue request, std::string host);
  Task<Answer> Do(GetQueueAttributes request, std::string host);
  Task<Answer> Do(SetQueueAttributes request, std::string host);
  Task<Answer> Do(ListDeadLetterSourceQueues request, std::string host);
  Task<Answer> Do(SendMessages request, std::string host);
  Task<Answer> Do(ReceiveMessage request, std::string host);
  Task<Answer> Do(DeleteMessages request, std::string host);
  Task<Answer> Do(ChangeVisibility request, std::string host);

  Task<AwsResult<std::shared_ptr<Queue>>> Open(std::string name);
  // The error as SQS names it; a queue that is gone is forgotten.
  wire::AwsError Refusal(const Error& error, const std::string& queue);

  QueueService& queues_;
  const std::string region_;
  // Opening asks the store; workers name the same two queues thousands of times.
  std::unordered_map<std::string, std::shared_ptr<Queue>> open_;
};

}  // namespace darkroom::gateway
