// The aws room's clients against a gateway over the embedded engine, all on one loop and a clock that the test turns.
#pragma once

#include <memory>

#include "aws/s3.h"
#include "aws/sqs.h"
#include "embedded/testing.h"
#include "gateway/gateway.h"
#include "ports/contract/contract.h"

namespace darkroom {

class GatewayRig {
 public:
  GatewayRig() : credentials_(wire::GenerateCredentials()), provider_(credentials_) {
    gateway::GatewayOptions options;
    options.credentials = credentials_;
    gateway_ = std::make_unique<gateway::Gateway>(engine_.io(), engine_.clock(), engine_->queues(), engine_->objects(),
                                                  options);
    contract::Must(gateway_->Start());
    queues_ = contract::Must(aws::SqsQueueService::Make(http_, clock(), provider_, {.endpoint = endpoint()}));
    aws::S3Options s3;
    s3.endpoint = endpoint();
    objects_ = contract::Must(aws::S3ObjectService::Make(http_, clock(), provider_, s3));
  }
  ~GatewayRig() {
    engine_->CancelWaits();
    io().RunUntilDone(gateway_->Stop(Duration(0)));
  }

  IoContext& io() { return engine_.io(); }
  FakeClock& clock() { return engine_.clock(); }
  std::string endpoint() const { return gateway_->endpoint(); }
  const wire::Credentials& credentials() const { return credentials_; }
  embedded::TestEngine& engine() { return engine_; }
  gateway::Gateway& gateway() { return *gateway_; }
  http::Client& http() { return http_; }
  QueueService& queues() { return *queues_; }
  ObjectService& objects() { return *objects_; }

 private:
  const wire::Credentials credentials_;
  aws::StaticCredentials provider_;
  embedded::TestEngine engine_;
  std::unique_ptr<gateway::Gateway> gateway_;
  http::Client http_;
  std::unique_ptr<QueueService> queues_;
  std::unique_ptr<ObjectService> objects_;
};

}  // namespace darkroom
