// The Queue ports over Amazon SQS (JSON 1.0), or anything that speaks it: Darkroom's gateway, moto.
//
// Threads: the loop's alone. The http::Client, the Clock and the provider outlive these and their queues.
// A call that failed midway (kUnavailable) may have sent some messages; the port allows doubles.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "aws/caller.h"
#include "ports/queue.h"

namespace darkroom::aws {

class SqsQueue : public Queue {
 public:
  SqsQueue(std::shared_ptr<Caller> caller, std::string name, std::string url);

  const std::string& name() const override { return name_; }
  const std::string& url() const { return url_; }

  // Splits into batches of at most 10 messages and 1 MiB; entries that the service failed are sent again.
  Task<Result<std::vector<std::string>>> Send(std::vector<SendRequest> requests) override;
  // options.consumer goes along as the header Darkroom-Worker, which only the gateway reads.
  Task<Result<std::vector<Message>>> Receive(ReceiveOptions options) override;
  Task<Result<std::vector<bool>>> Extend(std::vector<std::string> receipts, Duration visibility) override;
  Task<Status> Ack(std::vector<std::string> receipts) override;
  // SQS counts approximately, and does not tell the oldest age here (CloudWatch does); the gateway does both.
  Task<Result<QueueStats>> Stats() override;

 private:
  const std::shared_ptr<Caller> caller_;
  const std::string name_;
  const std::string url_;
};

class SqsQueueService : public QueueService {
 public:
  // kInvalid: the endpoint.
  static Result<std::unique_ptr<SqsQueueService>> Make(http::Client& http, Clock& clock,
                                                       CredentialProvider& credentials, ClientOptions options);

  Task<Result<std::shared_ptr<Queue>>> Create(std::string name, QueueConfig config) override;
  Task<Result<std::shared_ptr<Queue>>> Open(std::string name) override;
  Task<Result<std::vector<std::string>>> List(std::string prefix) override;
  Task<Status> Remove(std::string name) override;
  Task<Result<QueueConfig>> GetConfig(std::string name) override;
  Task<Status> SetConfig(std::string name, QueueConfig config) override;
  Task<Status> Purge(std::string name) override;

 private:
  explicit SqsQueueService(std::shared_ptr<Caller> caller) : caller_(std::move(caller)) {}
  Task<Result<std::string>> UrlOf(std::string name);
  Task<Result<std::string>> DeadLetterArn(QueueConfig config);

  const std::shared_ptr<Caller> caller_;
};

}  // namespace darkroom::aws
