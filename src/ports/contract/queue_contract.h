// The contract of ports/queue.h: see contract.h.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "ports/contract/contract.h"
#include "ports/queue.h"

namespace darkroom::contract {

class QueueFixture : public Fixture {
 public:
  virtual QueueService& queues() = 0;
  // Whether a receipt stops working when its message is leased again. SQS promises it not; emulators differ.
  virtual bool exact_receipts() const { return true; }
  // Whether Stats tells the oldest age (SQS leaves that to CloudWatch).
  virtual bool tells_oldest_age() const { return true; }
  // Whether groups share the consumers; emulators know their names alone.
  virtual bool shares_among_groups() const { return true; }
};

using MakeQueueFixture = std::function<std::unique_ptr<QueueFixture>()>;

class QueueContract : public testing::TestWithParam<MakeQueueFixture> {
 protected:
  template <class T>
  T Run(Task<Result<T>> task) {
    return Must(fixture_->io().RunUntilDone(std::move(task)));
  }
  template <class T>
  Code Fails(Task<Result<T>> task) {
    return CodeOf(fixture_->io().RunUntilDone(std::move(task)));
  }

  std::shared_ptr<Queue> Make(QueueConfig config = {}) { return Run(queues().Create(Unique("q"), config)); }
  std::string Send(Queue& queue, const std::string& body) { return Run(queue.Send({{.body = body}})).at(0); }

  std::vector<Message> Receive(Queue& queue, int max = 1, std::optional<Duration> visibility = {}) {
    ReceiveOptions options;
    options.max = max;
    options.visibility = visibility;
    return Run(queue.Receive(std::move(options)));
  }
  // As many as come within a long poll; engines may hand out fewer at a time than there are.
  std::vector<Message> ReceiveAll(Queue& queue, std::size_t count) {
    std::vector<Message> all;
    for (std::size_t tries = 0; all.size() < count && tries < 2 * count; ++tries) {
      for (Message& message : Receive(queue, kMaxReceive)) all.push_back(std::move(message));
    }
    return all;
  }
  static std::vector<std::string> Receipts(const std::vector<Message>& messages) {
    std::vector<std::string> receipts;
    for (const Message& message : messages) receipts.push_back(message.receipt);
    return receipts;
  }

  QueueService& queues() { return fixture_->queues(); }
  void Advance(Duration by) { fixture_->Advance(by); }

  std::unique_ptr<QueueFixture> fixture_ = GetParam()();
};

TEST_P(QueueContract, HandsOutWhatWasSent) {
  const auto queue = Make();
  const Time before = fixture_->clock().Now();
  const std::string body = "first line\nsecond \"line\" <&> \xC3\xA9 \xF0\x9F\x93\xB7";
  const std::string id = Send(*queue, body);
  const auto messages = Receive(*queue, 10);
  ASSERT_EQ(messages.size(), 1u);
  EXPECT_EQ(messages[0].id, id);
  EXPECT_EQ(messages[0].body, body);
  EXPECT_EQ(messages[0].receive_count, 1);
  EXPECT_FALSE(messages[0].receipt.empty());
  EXPECT_LT(std::chrono::abs(messages[0].sent - before), 60s);
}

TEST_P(QueueContract, HandsOutAttributesAsSent) {
  const auto queue = Make();
  SendRequest request;
  request.body = "x";
  request.attributes = R"({"trace":{"DataType":"String","StringValue":"abc"}})";
  Run(queue->Send({request}));
  const auto messages = Receive(*queue);
  ASSERT_EQ(messages.size(), 1u);
  EXPECT_EQ(messages[0].attributes, request.attributes);
}

TEST_P(QueueContract, HandsOutTheGroupAsSent) {
  const auto queue = Make();
  SendRequest request;
  request.body = "x";
  request.group = "model_A-1.5";
  Run(queue->Send({request}));
  Send(*queue, "of none");
  std::map<std::string, std::string> groups;
  for (const Message& message : ReceiveAll(*queue, 2)) groups[message.body] = message.group;
  EXPECT_EQ(groups, (std::map<std::string, std::string>{{"x", "model_A-1.5"}, {"of none", ""}}));
}

TEST_P(QueueContract, AnEmptyQueueHandsOutNothing) {
  const auto queue = Make();
  EXPECT_TRUE(Receive(*queue).empty());
}

TEST_P(QueueContract, SendsAnyNumberAtOnceAndReturnsIdsInOrder) {
  const auto queue = Make();
  std::vector<SendRequest> requests;
  for (int i = 0; i < 25; ++i) requests.push_back({.body = std::to_string(i)});
  const auto ids = Run(queue->Send(requests));
  ASSERT_EQ(ids.size(), 25u);
  std::map<std::string, std::string> bodies;
  for (const Message& message : ReceiveAll(*queue, 25)) bodies[message.id] = message.body;
  ASSERT_EQ(bodies.size(), 25u);
  for (int i = 0; i < 25; ++i) EXPECT_EQ(bodies[ids[std::size_t(i)]], std::to_string(i));
}

TEST_P(QueueContract, HandsOutTenAtMost) {
  const auto queue = Make();
  Run(queue->Send(std::vector<SendRequest>(12, {.body = "x"})));
  EXPECT_LE(Receive(*queue, 10).size(), 10u);
}

TEST_P(QueueContract, RefusesABodyThatIsTooLarge) {
  const auto queue = Make();
  const std::vector<SendRequest> requests{{.body = std::string(kMaxMessageBytes + 1, 'x')}};
  EXPECT_EQ(Fails(queue->Send(requests)), Code::kTooLarge);
}

TEST_P(QueueContract, CarriesABodyOfTheGreatestSize) {
  const auto queue = Make();
  const std::string body(kMaxMessageBytes, 'x');
  Send(*queue, body);
  const auto messages = Receive(*queue);
  ASSERT_EQ(messages.size(), 1u);
  EXPECT_TRUE(messages[0].body == body);
}

TEST_P(QueueContract, HidesALeasedMessageUntilItsLeaseEnds) {
  const auto queue = Make({.visibility = 2s});
  Send(*queue, "x");
  const auto first = Receive(*queue);
  ASSERT_EQ(first.size(), 1u);
  EXPECT_TRUE(Receive(*queue).empty());
  Advance(3s);
  const auto second = Receive(*queue);
  ASSERT_EQ(second.size(), 1u);
  EXPECT_EQ(second[0].id, first[0].id);
  EXPECT_EQ(second[0].receive_count, 2);
  EXPECT_NE(second[0].receipt, first[0].receipt);
}

TEST_P(QueueContract, AReceiveMayNameItsOwnVisibility) {
  const auto queue = Make({.visibility = 60s});
  Send(*queue, "x");
  ASSERT_EQ(Receive(*queue, 1, 2s).size(), 1u);
  Advance(3s);
  EXPECT_EQ(Receive(*queue).size(), 1u);
}

TEST_P(QueueContract, AnExtendedLeaseLastsLonger) {
  const auto queue = Make({.visibility = 2s});
  Send(*queue, "x");
  const auto messages = Receive(*queue);
  const auto held = Run(queue->Extend(Receipts(messages), 60s));
  EXPECT_EQ(held, std::vector<bool>{true});
  Advance(3s);
  EXPECT_TRUE(Receive(*queue).empty());
}

TEST_P(QueueContract, ALeaseThatHasEndedCannotBeExtended) {
  const auto queue = Make({.visibility = 1s});
  Send(*queue, "x");
  const auto messages = Receive(*queue);
  Advance(2s);
  EXPECT_EQ(Run(queue->Extend(Receipts(messages), 60s)), std::vector<bool>{false});
}

TEST_P(QueueContract, TellsForEachReceiptWhetherItWasHeld) {
  const auto queue = Make({.visibility = 60s});
  Run(queue->Send(std::vector<SendRequest>(3, {.body = "x"})));
  const auto receipts = Receipts(ReceiveAll(*queue, 3));
  ASSERT_EQ(receipts.size(), 3u);
  Run(queue->Ack({receipts[1]}));
  EXPECT_EQ(Run(queue->Extend(receipts, 30s)), (std::vector<bool>{true, false, true}));
}

TEST_P(QueueContract, AReleasedMessageIsVisibleAtOnce) {
  const auto queue = Make({.visibility = 60s});
  Send(*queue, "x");
  const auto first = Receive(*queue);
  Run(queue->Release(Receipts(first), Duration(0)));
  const auto second = Receive(*queue);
  ASSERT_EQ(second.size(), 1u);
  EXPECT_EQ(second[0].receive_count, 2);
}

TEST_P(QueueContract, AReleaseMayHaveADelay) {
  const auto queue = Make({.visibility = 60s});
  Send(*queue, "x");
  Run(queue->Release(Receipts(Receive(*queue)), 2s));
  EXPECT_TRUE(Receive(*queue).empty());
  Advance(3s);
  EXPECT_EQ(Receive(*queue).size(), 1u);
}

TEST_P(QueueContract, AnAckedMessageIsGoneForGood) {
  const auto queue = Make({.visibility = 1s});
  Send(*queue, "x");
  const auto receipts = Receipts(Receive(*queue));
  Run(queue->Ack(receipts));
  Run(queue->Ack(receipts));
  Advance(2s);
  EXPECT_TRUE(Receive(*queue).empty());
}

TEST_P(QueueContract, AcksAnyNumberAtOnce) {
  const auto queue = Make({.visibility = 60s});
  Run(queue->Send(std::vector<SendRequest>(15, {.body = "x"})));
  const auto messages = ReceiveAll(*queue, 15);
  ASSERT_EQ(messages.size(), 15u);
  Run(queue->Ack(Receipts(messages)));
  const QueueStats stats = Run(queue->Stats());
  EXPECT_EQ(stats.visible + stats.in_flight, 0);
}

TEST_P(QueueContract, AnAckAfterTheLeaseEndedStillRemovesTheMessage) {
  const auto queue = Make({.visibility = 1s});
  Send(*queue, "x");
  const auto receipts = Receipts(Receive(*queue));
  Advance(2s);
  Run(queue->Ack(receipts));
  EXPECT_TRUE(Receive(*queue).empty());
}

TEST_P(QueueContract, AnOldReceiptDoesNotRemoveWhatIsLeasedAgain) {
  if (!fixture_->exact_receipts()) GTEST_SKIP() << "this engine honours old receipts";
  const auto queue = Make({.visibility = 1s});
  Send(*queue, "x");
  const auto old = Receipts(Receive(*queue));
  Advance(2s);
  ASSERT_EQ(Receive(*queue).size(), 1u);
  Run(queue->Ack(old));
  EXPECT_EQ(Run(queue->Extend(old, 60s)), std::vector<bool>{false});
  Advance(2s);
  EXPECT_EQ(Receive(*queue).size(), 1u);
}

TEST_P(QueueContract, ADelayedMessageComesLater) {
  const auto queue = Make();
  const std::vector<SendRequest> requests{{.body = "late", .delay = 2s}, {.body = "now"}};
  Run(queue->Send(requests));
  const auto first = Receive(*queue, 10);
  ASSERT_EQ(first.size(), 1u);
  EXPECT_EQ(first[0].body, "now");
  Advance(3s);
  const auto second = Receive(*queue, 10);
  ASSERT_EQ(second.size(), 1u);
  EXPECT_EQ(second[0].body, "late");
}

TEST_P(QueueContract, TheQueuesDelayIsForMessagesThatNameNone) {
  const auto queue = Make({.delay = 2s});
  Send(*queue, "x");
  EXPECT_TRUE(Receive(*queue).empty());
  Advance(3s);
  EXPECT_EQ(Receive(*queue).size(), 1u);
}

TEST_P(QueueContract, AMessageReceivedTooOftenGoesToTheDeadLetterQueue) {
  const auto dead = Make();
  const auto queue = Make({.visibility = 60s, .dead_letter_queue = dead->name(), .max_receives = 2});
  const std::string id = Send(*queue, "poison");
  for (int i = 0; i < 2; ++i) {
    const auto messages = Receive(*queue);
    ASSERT_EQ(messages.size(), 1u);
    Run(queue->Release(Receipts(messages), Duration(0)));
  }
  EXPECT_TRUE(Receive(*queue).empty());
  const auto buried = Receive(*dead);
  ASSERT_EQ(buried.size(), 1u);
  EXPECT_EQ(buried[0].id, id);
  EXPECT_EQ(buried[0].body, "poison");
}

TEST_P(QueueContract, ADeadLetterKeepsItsGroup) {
  const auto dead = Make();
  const auto queue = Make({.visibility = 60s, .dead_letter_queue = dead->name(), .max_receives = 1});
  SendRequest request;
  request.body = "poison";
  request.group = "a";
  Run(queue->Send({request}));
  Run(queue->Release(Receipts(Receive(*queue)), Duration(0)));
  EXPECT_TRUE(Receive(*queue).empty());
  const auto buried = Receive(*dead);
  ASSERT_EQ(buried.size(), 1u);
  EXPECT_EQ(buried[0].group, "a");
}

// SQS calls a group noisy from 30 messages in flight on; the 40 leave it no doubt.
TEST_P(QueueContract, ABacklogOfOneGroupDoesNotKeepAnotherWaiting) {
  if (!fixture_->shares_among_groups()) GTEST_SKIP() << "this engine does not share its consumers among groups";
  const auto queue = Make({.visibility = 60s});
  Run(queue->Send(std::vector<SendRequest>(500, {.body = "loud", .group = "a"})));
  ASSERT_EQ(ReceiveAll(*queue, 40).size(), 40u);
  Run(queue->Send({{.body = "quiet", .group = "b"}}));
  std::multiset<std::string> next;
  for (const Message& message : ReceiveAll(*queue, 10)) next.insert(message.body);
  EXPECT_EQ(next.count("quiet"), 1u);
}

TEST_P(QueueContract, ALongPollReturnsWhenAMessageIsSent) {
  const auto queue = Make();
  TaskGroup group(fixture_->io(), fixture_->clock());
  std::vector<Message> received;
  auto receive = [&]() -> Task<void> {
    ReceiveOptions options;
    options.wait = 20s;
    auto messages = co_await queue->Receive(std::move(options));
    if (messages) received = std::move(*messages);
  };
  group.Spawn(receive());
  Send(*queue, "x");
  fixture_->io().RunUntilDone(group.Join());
  EXPECT_EQ(received.size(), 1u);
}

TEST_P(QueueContract, ALongPollReturnsWhenALeaseEnds) {
  const auto queue = Make({.visibility = 2s});
  Send(*queue, "x");
  ASSERT_EQ(Receive(*queue).size(), 1u);
  TaskGroup group(fixture_->io(), fixture_->clock());
  std::vector<Message> received;
  auto receive = [&]() -> Task<void> {
    ReceiveOptions options;
    options.wait = 20s;
    auto messages = co_await queue->Receive(std::move(options));
    if (messages) received = std::move(*messages);
  };
  group.Spawn(receive());
  Advance(3s);
  fixture_->io().RunUntilDone(group.Join());
  ASSERT_EQ(received.size(), 1u);
  EXPECT_EQ(received[0].receive_count, 2);
}

TEST_P(QueueContract, NoMessageIsLeasedTwiceAtOnce) {
  const auto queue = Make({.visibility = 60s});
  Run(queue->Send(std::vector<SendRequest>(40, {.body = "x"})));
  TaskGroup group(fixture_->io(), fixture_->clock());
  std::multiset<std::string> ids;
  auto receive = [&]() -> Task<void> {
    for (int i = 0; i < 10; ++i) {
      ReceiveOptions options;
      options.max = 3;
      auto messages = co_await queue->Receive(std::move(options));
      if (!messages) continue;
      for (const Message& message : *messages) ids.insert(message.id);
    }
  };
  for (int i = 0; i < 4; ++i) group.Spawn(receive());
  fixture_->io().RunUntilDone(group.Join());
  EXPECT_EQ(ids.size(), 40u);
  EXPECT_EQ(std::set(ids.begin(), ids.end()).size(), 40u);
}

TEST_P(QueueContract, CountsWhatIsVisibleLeasedAndDelayed) {
  const auto queue = Make({.visibility = 60s});
  std::vector<SendRequest> requests(4, {.body = "x"});
  requests.push_back({.body = "late", .delay = 60s});
  Run(queue->Send(requests));
  ASSERT_EQ(Receive(*queue).size(), 1u);
  Advance(2s);
  const QueueStats stats = Run(queue->Stats());
  EXPECT_EQ(stats.visible, 3);
  EXPECT_EQ(stats.in_flight, 1);
  EXPECT_EQ(stats.delayed, 1);
  if (!fixture_->tells_oldest_age()) return;
  ASSERT_TRUE(stats.oldest_age.has_value());
  EXPECT_GE(*stats.oldest_age, 2s);
  EXPECT_LT(*stats.oldest_age, 60s);
}

TEST_P(QueueContract, CreatesAQueueOnce) {
  const std::string name = Unique("once");
  const QueueConfig config{.visibility = 40s, .retention = 24h};
  const auto first = Run(queues().Create(name, config));
  const auto second = Run(queues().Create(name, config));
  EXPECT_EQ(second->name(), name);
  Send(*first, "x");
  EXPECT_EQ(Receive(*second).size(), 1u);
  EXPECT_EQ(Fails(queues().Create(name, {.visibility = 41s, .retention = 24h})), Code::kConflict);
}

TEST_P(QueueContract, OpensOnlyWhatExists) {
  const auto queue = Make();
  EXPECT_NE(Run(queues().Open(queue->name())), nullptr);
  EXPECT_EQ(Run(queues().Open(Unique("none"))), nullptr);
}

TEST_P(QueueContract, ListsNamesByPrefixInOrder) {
  const std::string prefix = Unique("list");
  for (const char* end : {"-b", "-a", "-c"}) Run(queues().Create(prefix + end, {}));
  EXPECT_EQ(Run(queues().List(prefix)), (std::vector<std::string>{prefix + "-a", prefix + "-b", prefix + "-c"}));
}

TEST_P(QueueContract, KeepsAndChangesItsConfiguration) {
  const auto dead = Make();
  QueueConfig config{.visibility = 45s, .delay = 3s, .wait = 5s, .retention = 24h};
  const auto queue = Make(config);
  EXPECT_EQ(Run(queues().GetConfig(queue->name())), config);
  config.visibility = 50s;
  config.dead_letter_queue = dead->name();
  config.max_receives = 3;
  Run(queues().SetConfig(queue->name(), config));
  EXPECT_EQ(Run(queues().GetConfig(queue->name())), config);
}

TEST_P(QueueContract, ARemovedQueueIsGone) {
  const auto queue = Make();
  Send(*queue, "x");
  Run(queues().Remove(queue->name()));
  EXPECT_EQ(Run(queues().Open(queue->name())), nullptr);
  const std::vector<SendRequest> requests{{.body = "x"}};
  EXPECT_EQ(Fails(queue->Send(requests)), Code::kNotFound);
  EXPECT_EQ(Fails(queue->Receive({})), Code::kNotFound);
  EXPECT_EQ(Fails(queues().GetConfig(queue->name())), Code::kNotFound);
}

TEST_P(QueueContract, APurgeRemovesEveryMessage) {
  const auto queue = Make({.visibility = 1s});
  Run(queue->Send(std::vector<SendRequest>(15, {.body = "x"})));
  ASSERT_FALSE(Receive(*queue, 3).empty());
  Run(queues().Purge(queue->name()));
  Advance(2s);
  EXPECT_TRUE(Receive(*queue).empty());
  const QueueStats stats = Run(queue->Stats());
  EXPECT_EQ(stats.visible + stats.in_flight + stats.delayed, 0);
}

GTEST_ALLOW_UNINSTANTIATED_PARAMETERIZED_TEST(QueueContract);

}  // namespace darkroom::contract
