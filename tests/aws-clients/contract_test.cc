// The contracts of Queue and ObjectStore over the aws room: against the gateway, and against moto where it runs
// (DARKROOM_MOTO_ENDPOINT, set by with_moto.py).
#include <cstdlib>

#include "fixture.h"
#include "ports/contract/object_store_contract.h"
#include "ports/contract/queue_contract.h"

namespace darkroom::contract {
namespace {

template <class Base>
class GatewayFixture : public Base {
 public:
  IoContext& io() override { return rig_.io(); }
  Clock& clock() override { return rig_.clock(); }
  void Advance(Duration by) override { rig_.clock().Advance(by); }

 protected:
  GatewayRig rig_;
};

class GatewayQueueFixture final : public GatewayFixture<QueueFixture> {
 public:
  QueueService& queues() override { return rig_.queues(); }
};

class GatewayObjectFixture final : public GatewayFixture<ObjectFixture> {
 public:
  ObjectService& objects() override { return rig_.objects(); }
};

INSTANTIATE_TEST_SUITE_P(Gateway, QueueContract,
                         testing::Values([] { return std::make_unique<GatewayQueueFixture>(); }));
INSTANTIATE_TEST_SUITE_P(Gateway, ObjectStoreContract,
                         testing::Values([] { return std::make_unique<GatewayObjectFixture>(); }));

std::string MotoEndpoint() {
  const char* endpoint = std::getenv("DARKROOM_MOTO_ENDPOINT");
  return endpoint == nullptr ? "" : endpoint;
}

template <class Base>
class MotoFixture : public Base {
 public:
  IoContext& io() override { return io_; }
  Clock& clock() override { return *clock_; }

 protected:
  IoContext io_;
  std::unique_ptr<Clock> clock_ = MakeSystemClock(io_);
  http::Client http_;
  aws::StaticCredentials provider_{wire::GenerateCredentials()};
};

class MotoQueueFixture final : public MotoFixture<QueueFixture> {
 public:
  QueueService& queues() override { return *queues_; }
  bool exact_receipts() const override { return false; }
  bool tells_oldest_age() const override { return false; }
  bool shares_among_groups() const override { return false; }

 private:
  std::unique_ptr<QueueService> queues_ =
      Must(aws::SqsQueueService::Make(http_, *clock_, provider_, {.endpoint = MotoEndpoint()}));
};

class MotoObjectFixture final : public MotoFixture<ObjectFixture> {
 public:
  ObjectService& objects() override { return *objects_; }

 private:
  static aws::S3Options Options() {
    aws::S3Options options;
    options.endpoint = MotoEndpoint();
    return options;
  }
  std::unique_ptr<ObjectService> objects_ = Must(aws::S3ObjectService::Make(http_, *clock_, provider_, Options()));
};

template <class Make>
std::vector<Make> WhereMotoRuns(Make make) {
  return MotoEndpoint().empty() ? std::vector<Make>{} : std::vector<Make>{std::move(make)};
}

INSTANTIATE_TEST_SUITE_P(Moto, QueueContract, testing::ValuesIn(WhereMotoRuns(MakeQueueFixture([] {
                           return std::make_unique<MotoQueueFixture>();
                         }))));
INSTANTIATE_TEST_SUITE_P(Moto, ObjectStoreContract, testing::ValuesIn(WhereMotoRuns(MakeObjectFixture([] {
                           return std::make_unique<MotoObjectFixture>();
                         }))));

}  // namespace
}  // namespace darkroom::contract
