#include "ledger/quarantine_orders.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "embedded/testing.h"
#include "ports/bulk_objects.h"

namespace darkroom::ledger {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

const ModelRef kModel{"endless", "1", ""};

class OrdersTest : public testing::Test {
 protected:
  OrdersTest() {
    inputs_ = engine_.Run(engine_->objects().Create("inputs"));
    orders_.emplace(engine_.io(), engine_.clock(), *inputs_, notices_, 3);
  }
  void Crash(int times, const ModelRef& model = kModel) {
    for (int crash = 0; crash < times; ++crash) {
      const Id job = Id::Make(engine_.clock().Now());
      engine_.io().RunUntilDone(orders_->Crashed(model, job, "exited with status 1"));
    }
  }
  std::vector<std::string> Written() { return engine_.Run(ListKeys(*inputs_, std::string(kQuarantinePrefix))); }
  std::vector<std::string> HeardBy(Queue& queue) {
    std::vector<std::string> reasons;
    for (const Message& message : engine_.Run(queue.Receive({.max = 10, .wait = {}, .visibility = {}, .consumer = {}})))
      reasons.push_back(ParseQuarantine(message.body)->reason);
    return reasons;
  }

  embedded::TestEngine engine_;
  std::shared_ptr<ObjectStore> inputs_;
  WorkerNotices notices_{engine_->queues()};
  std::optional<QuarantineOrders> orders_;
};

TEST_F(OrdersTest, AQuarantineStandsInTheStoreAndIsToldToEveryWorkerOnce) {
  const auto one = engine_.Run(OpenNotices(engine_->queues(), "w1"));
  const auto other = engine_.Run(OpenNotices(engine_->queues(), "w2"));
  Crash(2);
  EXPECT_THAT(Written(), IsEmpty());
  Crash(2);
  EXPECT_THAT(Written(), ElementsAre("quarantine/endless/1"));
  const auto object = engine_.Run(inputs_->Get(QuarantineKey(kModel), std::nullopt));
  const auto read = ParseQuarantine(object->body);
  ASSERT_TRUE(read) << read.error().message();
  EXPECT_EQ(read->since, engine_.clock().Now());
  const std::string reason = "3 workers crashed while they ran 3 jobs of it, the last exited with status 1";
  EXPECT_EQ(read->reason, reason);
  EXPECT_THAT(HeardBy(*one), ElementsAre(reason));
  EXPECT_THAT(HeardBy(*other), ElementsAre(reason));
}

TEST_F(OrdersTest, ASuccessBetweenTheCrashesIsInTheModelsFavour) {
  Crash(2);
  orders_->Succeeded(kModel);
  Crash(2);
  EXPECT_THAT(Written(), IsEmpty());
}

TEST_F(OrdersTest, APackageThatHasChangedIsRunAgain) {
  const ModelRef other{"other", "1", ""};
  Crash(3);
  Crash(3, other);
  engine_.io().RunUntilDone(orders_->Lift({kModel, {"none of them", "1", ""}}));
  EXPECT_THAT(Written(), ElementsAre("quarantine/other/1"));
  EXPECT_EQ(orders_->quarantine().Find("endless", "1"), nullptr);
  EXPECT_NE(orders_->quarantine().Find("other", "1"), nullptr);
}

TEST_F(OrdersTest, AStartLiftsWhatTheProcessBeforeHasLeft) {
  Crash(3);
  engine_.Run(inputs_->Put("input/picture", "picture", {}));
  QuarantineOrders next(engine_.io(), engine_.clock(), *inputs_, notices_, 3);
  EXPECT_TRUE(engine_.io().RunUntilDone(next.LiftAll()));
  EXPECT_THAT(Written(), IsEmpty());
  EXPECT_TRUE(engine_.Run(inputs_->Head("input/picture")));
}

}  // namespace
}  // namespace darkroom::ledger
