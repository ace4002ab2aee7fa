#include "ports/ack_gatherer.h"

#include <gtest/gtest.h>

#include "base/fake_clock.h"

namespace darkroom {
namespace {

// Records acks; nothing else of a queue is asked of it.
class AckedQueue : public Queue {
 public:
  const std::string& name() const override { return name_; }
  Task<Status> Ack(std::vector<std::string> receipts) override {
    calls.push_back(std::move(receipts));
    co_return answer;
  }
  Task<Result<std::vector<std::string>>> Send(std::vector<SendRequest>) override { std::abort(); }
  Task<Result<std::vector<Message>>> Receive(ReceiveOptions) override { std::abort(); }
  Task<Result<std::vector<bool>>> Extend(std::vector<std::string>, Duration) override { std::abort(); }
  Task<Result<QueueStats>> Stats() override { std::abort(); }

  std::vector<std::vector<std::string>> calls;
  Status answer;

 private:
  const std::string name_ = "requests";
};

class AckGathererTest : public testing::Test {
 protected:
  // Runs what the loop has to run by now.
  void Turn() {
    auto nothing = []() -> Task<int> { co_return 0; };
    io_.RunUntilDone(nothing());
  }

  IoContext io_;
  FakeClock clock_{io_};
  AckedQueue queue_;
  AckGatherer acks_{io_, clock_, queue_};
};

TEST_F(AckGathererTest, AcksOneCallsWorthAtOnceAndTheRestAfterAWhile) {
  for (int i = 0; i < 11; ++i) acks_.Add(std::to_string(i));
  Turn();
  ASSERT_EQ(queue_.calls.size(), 1u);
  EXPECT_EQ(queue_.calls[0].size(), 10u);
  clock_.Advance(kAckLinger - 1us);
  Turn();
  EXPECT_EQ(queue_.calls.size(), 1u);
  clock_.Advance(1us);
  Turn();
  ASSERT_EQ(queue_.calls.size(), 2u);
  EXPECT_EQ(queue_.calls[1], std::vector<std::string>{"10"});
}

TEST_F(AckGathererTest, TheWhileBeginsWithTheFirstReceipt) {
  acks_.Add("a");
  clock_.Advance(kAckLinger / 2);
  acks_.Add("b");
  clock_.Advance(kAckLinger / 2);
  Turn();
  ASSERT_EQ(queue_.calls.size(), 1u);
  EXPECT_EQ(queue_.calls[0], (std::vector<std::string>{"a", "b"}));
}

TEST_F(AckGathererTest, FlushAcksAtOnceAndAnErrorEndsNothing) {
  queue_.answer = Fail(Code::kUnavailable, "not now");
  acks_.Add("a");
  io_.RunUntilDone(acks_.Flush());
  EXPECT_EQ(queue_.calls.size(), 1u);
  acks_.Add("b");
  io_.RunUntilDone(acks_.Flush());
  EXPECT_EQ(queue_.calls.size(), 2u);
}

}  // namespace
}  // namespace darkroom
