// What the contracts do not say: signatures, presigned URLs, consumers, oddities of the protocols.
#include <gmock/gmock.h>

#include "fixture.h"

namespace darkroom {
namespace {

using contract::Must;

class AwsClient : public testing::Test {
 protected:
  template <class T>
  T Run(Task<Result<T>> task) {
    return Must(rig_.io().RunUntilDone(std::move(task)));
  }
  http::ClientResponse Send(http::ClientRequest request) { return Run(rig_.http().Send(std::move(request))); }

  GatewayRig rig_;
};

TEST_F(AwsClient, WithAnotherSecretIsDenied) {
  wire::Credentials wrong = rig_.credentials();
  wrong.secret_key += "x";
  aws::StaticCredentials provider(wrong);
  auto queues = Must(aws::SqsQueueService::Make(rig_.http(), rig_.clock(), provider, {.endpoint = rig_.endpoint()}));
  const std::string all;
  const auto listed = rig_.io().RunUntilDone(queues->List(all));
  ASSERT_FALSE(listed.has_value());
  EXPECT_EQ(listed.error().code(), Code::kDenied);
  aws::S3Options options;
  options.endpoint = rig_.endpoint();
  auto objects = Must(aws::S3ObjectService::Make(rig_.http(), rig_.clock(), provider, options));
  const auto buckets = rig_.io().RunUntilDone(objects->List());
  ASSERT_FALSE(buckets.has_value());
  EXPECT_EQ(buckets.error().code(), Code::kDenied);
}

TEST_F(AwsClient, WithoutASignatureIsDenied) {
  http::ClientRequest request;
  request.url = rig_.endpoint() + "/";
  EXPECT_EQ(Send(request).status, 403);
  request.method = "POST";
  request.headers.Set("X-Amz-Target", "AmazonSQS.ListQueues");
  request.body = {"{}"};
  const auto response = Send(request);
  EXPECT_EQ(response.status, 403);
  EXPECT_THAT(response.body, testing::HasSubstr("MissingAuthenticationToken"));
}

TEST_F(AwsClient, TellsWhoHoldsALease) {
  auto queue = Run(rig_.queues().Create("requests", {.visibility = 300s}));
  std::vector<SendRequest> requests{{.body = "x"}};
  Run(queue->Send(requests));
  ReceiveOptions options;
  options.consumer = "worker-1";
  ASSERT_EQ(Run(queue->Receive(options)).size(), 1u);
  EXPECT_TRUE(Run(queue->Receive({})).empty());
  Run(rig_.engine()->queues().ReleaseConsumer("worker-1"));
  EXPECT_EQ(Run(queue->Receive({})).size(), 1u);
}

TEST_F(AwsClient, PresignsUrlsThatWorkForAWhile) {
  auto store = std::dynamic_pointer_cast<aws::S3ObjectStore>(Run(rig_.objects().Create("uploads")));
  http::ClientRequest put;
  put.method = "PUT";
  put.url = Run(store->PresignPut("a b/ü.txt", 60s));
  put.body = {"hello"};
  EXPECT_EQ(Send(put).status, 200);
  http::ClientRequest get;
  get.url = Run(store->PresignGet("a b/ü.txt", 60s));
  EXPECT_EQ(Send(get).body, "hello");
  rig_.clock().Advance(61s);
  EXPECT_EQ(Send(get).status, 403);
}

TEST_F(AwsClient, APresignedGetDoesNotLetAnyoneWrite) {
  auto store = std::dynamic_pointer_cast<aws::S3ObjectStore>(Run(rig_.objects().Create("uploads")));
  http::ClientRequest put;
  put.method = "PUT";
  put.url = Run(store->PresignGet("key", 60s));
  put.body = {"hello"};
  EXPECT_EQ(Send(put).status, 403);
  EXPECT_FALSE(Run(store->Head("key")).has_value());
}

TEST_F(AwsClient, FindsItsQueueAgainAfterAnotherTookItsPlace) {
  auto queue = Run(rig_.queues().Create("requests", {}));
  std::vector<SendRequest> requests{{.body = "x"}};
  Run(queue->Send(requests));
  // Past the gateway, which has the queue open.
  Run(rig_.engine()->queues().Remove("requests"));
  Run(rig_.engine()->queues().Create("requests", {}));
  const auto first = rig_.io().RunUntilDone(queue->Send(requests));
  EXPECT_EQ(contract::CodeOf(first), Code::kNotFound);
  EXPECT_EQ(Run(queue->Send(requests)).size(), 1u);
}

TEST_F(AwsClient, SplitsWhatIsTooLargeForOneBatch) {
  auto queue = Run(rig_.queues().Create("requests", {}));
  std::vector<SendRequest> requests(5, {.body = std::string(400'000, 'x')});
  EXPECT_EQ(Run(queue->Send(requests)).size(), 5u);
  EXPECT_EQ(Run(queue->Stats()).visible, 5);
}

}  // namespace
}  // namespace darkroom
