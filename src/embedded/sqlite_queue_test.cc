// What the embedded queues promise beyond the contract: order, fairness, no polling, a dead consumer's leases.
#include "embedded/sqlite_queue.h"

#include <random>
#include <set>

#include "embedded/testing.h"

namespace darkroom::embedded {
namespace {

class SqliteQueueTest : public testing::Test {
 protected:
  std::shared_ptr<Queue> Make(const std::string& name, QueueConfig config = {}) {
    return engine_.Run(engine_->queues().Create(name, config));
  }
  void Send(Queue& queue, int count, Duration delay = {}) {
    std::vector<SendRequest> requests;
    for (int i = 0; i < count; ++i) requests.push_back({.body = std::to_string(sent_++), .delay = delay});
    engine_.Run(queue.Send(requests));
  }
  std::vector<Message> Receive(Queue& queue, int max, const std::string& consumer = "") {
    ReceiveOptions options;
    options.max = max;
    options.consumer = consumer;
    return engine_.Run(queue.Receive(std::move(options)));
  }
  static std::string Bodies(const std::vector<Message>& messages) {
    std::string bodies;
    for (const Message& message : messages) bodies += message.body + " ";
    return bodies;
  }
  // Runs the loop until so many coroutines wait on the clock.
  void RunUntilPending(int count) {
    engine_.io().context().restart();  // it has stopped when a call before this one left nothing to run
    while (engine_.clock().pending() < count) engine_.io().context().run_one();
  }

  TestEngine engine_;
  int sent_ = 0;
};

TEST_F(SqliteQueueTest, HandsOutInTheOrderOfSendingAlsoWhatComesBack) {
  const auto queue = Make("q");
  Send(*queue, 6);
  const auto first = Receive(*queue, 3);
  EXPECT_EQ(Bodies(first), "0 1 2 ");
  engine_.Run(queue->Release({first[1].receipt}, Duration(0)));
  EXPECT_EQ(Bodies(Receive(*queue, 3)), "1 3 4 ");
  engine_.clock().Advance(31s);
  EXPECT_EQ(Bodies(Receive(*queue, 10)), "0 1 2 3 4 5 ");
}

TEST_F(SqliteQueueTest, WaitersAreServedInTheOrderTheyCame) {
  const auto queue = Make("q");
  TaskGroup group(engine_.io(), engine_.clock());
  std::string order;
  auto wait = [&](char name) -> Task<void> {
    ReceiveOptions options;
    options.wait = 20s;
    const auto messages = co_await queue->Receive(std::move(options));
    if (messages && !messages->empty()) order += name + messages->at(0).body + " ";
  };
  for (const char name : {'a', 'b', 'c'}) {
    group.Spawn(wait(name));
    RunUntilPending(name - 'a' + 1);
  }
  for (int i = 0; i < 3; ++i) Send(*queue, 1);
  engine_.io().RunUntilDone(group.Join());
  EXPECT_EQ(order, "a0 b1 c2 ");
  EXPECT_EQ(engine_.clock().pending(), 0) << "a timer stays behind";
}

TEST_F(SqliteQueueTest, OneSendWakesAsManyAsItBringsMessages) {
  const auto queue = Make("q");
  TaskGroup group(engine_.io(), engine_.clock());
  int served = 0;
  auto wait = [&]() -> Task<void> {
    ReceiveOptions options;
    options.wait = 20s;
    const auto messages = co_await queue->Receive(std::move(options));
    if (messages) served += int(messages->size());
  };
  for (int i = 0; i < 5; ++i) group.Spawn(wait());
  RunUntilPending(5);
  Send(*queue, 5);
  engine_.io().RunUntilDone(group.Join());
  EXPECT_EQ(served, 5);
}

TEST_F(SqliteQueueTest, AWaiterSleepsUntilTheDelayEnds) {
  const auto queue = Make("q");
  TaskGroup group(engine_.io(), engine_.clock());
  std::optional<Time> served;
  auto wait = [&]() -> Task<void> {
    ReceiveOptions options;
    options.wait = 20s;
    const auto messages = co_await queue->Receive(std::move(options));
    if (messages && !messages->empty()) served = engine_.clock().Now();
  };
  group.Spawn(wait());
  RunUntilPending(1);
  const Time before = engine_.clock().Now();
  Send(*queue, 1, 5s);
  ASSERT_EQ(engine_.clock().pending(), 2) << "the wait's end, and the delay's";
  const auto commits = engine_->counts().commits;
  engine_.clock().Advance(5s);
  engine_.io().RunUntilDone(group.Join());
  EXPECT_EQ(served, before + 5s);
  EXPECT_EQ(engine_->counts().commits, commits + 1) << "nobody polls";
}

TEST_F(SqliteQueueTest, ALongPollEndsEmptyAtItsDeadline) {
  const auto queue = Make("q");
  TaskGroup group(engine_.io(), engine_.clock());
  bool ended = false;
  auto wait = [&]() -> Task<void> {
    ReceiveOptions options;
    options.wait = 10s;
    const auto messages = co_await queue->Receive(std::move(options));
    ended = messages && messages->empty();
  };
  group.Spawn(wait());
  RunUntilPending(1);
  engine_.clock().Advance(10s);
  engine_.io().RunUntilDone(group.Join());
  EXPECT_TRUE(ended);
}

TEST_F(SqliteQueueTest, ADeadConsumersLeasesAreLetGoAtOnce) {
  const auto queue = Make("q"), other = Make("other");
  Send(*queue, 3);
  Send(*other, 1);
  Receive(*queue, 2, "worker-1");
  const auto kept = Receive(*queue, 1, "worker-2");
  Receive(*other, 1, "worker-1");
  EXPECT_EQ(engine_.Run(engine_->queues().ReleaseConsumer("worker-1")), 3);
  EXPECT_EQ(Bodies(Receive(*queue, 10)), "0 1 ");
  EXPECT_EQ(Receive(*other, 10).size(), 1u);
  EXPECT_EQ(engine_.Run(queue->Extend({kept[0].receipt}, 60s)), std::vector<bool>{true});
  EXPECT_EQ(engine_.Run(engine_->queues().ReleaseConsumer("worker-1")), 0);
  EXPECT_EQ(engine_.Run(engine_->queues().ReleaseConsumer("")), 0);
}

TEST_F(SqliteQueueTest, ADeadConsumersReceiveEndsAndLeasesNothing) {
  const auto queue = Make("q");
  TaskGroup group(engine_.io(), engine_.clock());
  std::optional<std::size_t> got;
  auto wait = [&]() -> Task<void> {
    ReceiveOptions options;
    options.wait = 20s;
    options.consumer = "worker-1";
    const auto messages = co_await queue->Receive(std::move(options));
    got = messages->size();
  };
  group.Spawn(wait());
  RunUntilPending(1);
  engine_.Run(engine_->queues().ReleaseConsumer("worker-1"));
  engine_.io().RunUntilDone(group.Join());
  EXPECT_EQ(got, 0u);
  Send(*queue, 1);
  EXPECT_TRUE(Receive(*queue, 1, "worker-1").empty());
  EXPECT_EQ(Bodies(Receive(*queue, 1, "worker-2")), "0 ");
}

TEST_F(SqliteQueueTest, ReleaseAllLetsGoOfEveryLeaseButHurriesNoDelay) {
  const auto queue = Make("q");
  Send(*queue, 2);
  Send(*queue, 1, 60s);
  Receive(*queue, 1, "worker-1");
  Receive(*queue, 1);
  EXPECT_EQ(engine_.Run(engine_->queues().ReleaseAll()), 2);
  EXPECT_EQ(Bodies(Receive(*queue, 10)), "0 1 ");
}

TEST_F(SqliteQueueTest, ReceivesThatAStartEndedDoNotCount) {
  const auto dead = Make("dead");
  const auto queue = Make("q", {.dead_letter_queue = "dead", .max_receives = 2});
  Send(*queue, 1);
  for (int i = 0; i < 5; ++i) {
    const auto messages = Receive(*queue, 1, "worker");
    ASSERT_EQ(messages.size(), 1u) << "given up after " << i << " starts";
    EXPECT_EQ(messages[0].receive_count, i + 1) << "attempts are told apart";
    engine_.Run(engine_->queues().ReleaseAll());
  }
  for (const std::string worker : {"worker-1", "worker-2"}) {
    EXPECT_EQ(Receive(*queue, 1, worker).size(), 1u);
    engine_.Run(engine_->queues().ReleaseConsumer(worker));
  }
  EXPECT_TRUE(Receive(*queue, 1).empty()) << "a consumer that dies does count";
  EXPECT_EQ(Receive(*dead, 1).size(), 1u);
}

TEST_F(SqliteQueueTest, WhatAConsumerDidNotDieOfIsForgiven) {
  const auto dead = Make("dead");
  const auto queue = Make("q", {.dead_letter_queue = "dead", .max_receives = 2});
  Send(*queue, 2);
  for (const std::string worker : {"worker-1", "worker-2", "worker-3"}) {
    EXPECT_EQ(Bodies(Receive(*queue, 10, worker)), "0 1 ") << "not even one after the other";
    engine_.Run(engine_->queues().ReleaseConsumer(worker, Receives::kForgiven));
  }
  EXPECT_TRUE(Receive(*dead, 1).empty());
}

TEST_F(SqliteQueueTest, WhatComesAgainHasNothingBehindItInItsBatch) {
  const auto dead = Make("dead");
  const auto queue = Make("q", {.dead_letter_queue = "dead", .max_receives = 4});
  Send(*queue, 4);
  const auto first = Receive(*queue, 2, "worker-1");
  engine_.Run(engine_->queues().ReleaseConsumer("worker-1"));
  EXPECT_EQ(Bodies(Receive(*queue, 10)), "0 ");
  EXPECT_EQ(Bodies(Receive(*queue, 10)), "1 ");
  EXPECT_EQ(Bodies(Receive(*queue, 10)), "2 3 ");
}

// A message that kills whoever works on it, in the midst of others: only it is given up.
TEST_F(SqliteQueueTest, APoisonousMessageTakesNoneOfItsNeighboursAlong) {
  const auto dead = Make("dead");
  const auto queue = Make("q", {.dead_letter_queue = "dead", .max_receives = 4});
  Send(*queue, 20);
  const std::string poison = "5";
  std::set<std::string> done;
  for (int worker = 0; worker < 100 && done.size() < 19; ++worker) {
    const std::string name = "worker-" + std::to_string(worker);
    bool dies = false;
    while (!dies) {
      const auto batch = Receive(*queue, 10, name);
      if (batch.empty()) break;
      for (const Message& message : batch) {
        dies = dies || message.body == poison;
        if (dies) break;
        done.insert(message.body);
        engine_.Run(queue->Ack({message.receipt}));
      }
    }
    engine_.Run(engine_->queues().ReleaseConsumer(name));
  }
  EXPECT_TRUE(Receive(*queue, 10).empty());
  EXPECT_EQ(done.size(), 19u);
  EXPECT_EQ(Bodies(Receive(*dead, 10)), poison + " ");
}

TEST_F(SqliteQueueTest, CancelWaitsEndsLongPolls) {
  const auto queue = Make("q");
  TaskGroup group(engine_.io(), engine_.clock());
  std::optional<Code> code;
  auto wait = [&]() -> Task<void> {
    ReceiveOptions options;
    options.wait = 20s;
    const auto messages = co_await queue->Receive(std::move(options));
    if (!messages) code = messages.error().code();
  };
  group.Spawn(wait());
  RunUntilPending(1);
  engine_->CancelWaits();
  engine_.io().RunUntilDone(group.Join());
  EXPECT_EQ(code, Code::kCancelled);
  Send(*queue, 1);
  EXPECT_EQ(Receive(*queue, 1).size(), 1u) << "all but waiting goes on";
}

TEST_F(SqliteQueueTest, DropsMessagesPastTheirRetention) {
  const auto queue = Make("q", {.retention = 1h});
  Send(*queue, 300);
  engine_.clock().Advance(30min);
  Send(*queue, 1);
  engine_.clock().Advance(31min);
  EXPECT_EQ(engine_.Run(queue->Stats()).visible, 1);
  EXPECT_EQ(Bodies(Receive(*queue, 10)), "300 ");
}

TEST_F(SqliteQueueTest, ADeadLetterKeepsItsReceiveCount) {
  const auto dead = Make("dead");
  const auto queue = Make("q", {.dead_letter_queue = "dead", .max_receives = 3});
  Send(*queue, 1);
  for (int i = 0; i < 3; ++i) {
    engine_.Run(queue->Release({Receive(*queue, 1).at(0).receipt}, Duration(0)));
  }
  EXPECT_TRUE(Receive(*queue, 1).empty());
  EXPECT_EQ(Receive(*dead, 1).at(0).receive_count, 4);
  EXPECT_EQ(engine_.Run(queue->Stats()).visible, 0);
}

TEST_F(SqliteQueueTest, ReceiveCountsAndLeasesOutliveTheProcess) {
  auto queue = Make("q");
  Send(*queue, 1);
  const auto lease = Receive(*queue, 1);
  queue.reset();
  engine_.Open();
  queue = engine_.Run(engine_->queues().Open("q"));
  EXPECT_TRUE(Receive(*queue, 1).empty());
  EXPECT_EQ(engine_.Run(queue->Extend({lease[0].receipt}, 10s)), std::vector<bool>{true});
  engine_.clock().Advance(11s);
  EXPECT_EQ(Receive(*queue, 1).at(0).receive_count, 2);
}

// Random operations against the obvious model: a list in the order of sending.
class Model {
 public:
  struct Entry {
    std::string id, body, receipt;
    Time visible_at;
    int receives = 0;
  };
  std::vector<Entry> entries;

  Entry* Find(const std::string& receipt) {
    for (Entry& entry : entries) {
      if (!receipt.empty() && entry.receipt == receipt) return &entry;
    }
    return nullptr;
  }
  QueueStats Stats(Time now) const {
    QueueStats stats;
    for (const Entry& entry : entries) {
      ++(entry.visible_at <= now ? stats.visible : entry.receives > 0 ? stats.in_flight : stats.delayed);
    }
    return stats;
  }
};

TEST_F(SqliteQueueTest, BehavesAsItsModelDoes) {
  const auto seed = std::random_device{}();
  SCOPED_TRACE("seed " + std::to_string(seed));
  std::mt19937 random(seed);
  const auto below = [&](int n) { return int(random() % unsigned(n)); };
  auto queue = Make("q", {.visibility = 10s});
  Model model;
  std::vector<std::string> receipts{"1.1.1", "nonsense"};  // of all times
  const auto some_receipt = [&] { return receipts[std::size_t(below(int(receipts.size())))]; };
  for (int step = 0; step < 3000 && !HasFailure(); ++step) {
    const Time now = engine_.clock().Now();
    switch (below(8)) {
      case 0:
      case 1: {
        const Duration delay = below(4) == 0 ? Duration(std::chrono::seconds(1 + below(20))) : Duration(0);
        const SendRequest request{.body = std::to_string(step), .delay = delay};
        const auto ids = engine_.Run(queue->Send({request}));
        model.entries.push_back({ids.at(0), request.body, "", now + delay, 0});
        break;
      }
      case 2:
      case 3: {
        const int max = 1 + below(10);
        const auto messages = Receive(*queue, max);
        std::vector<Model::Entry*> expected;
        for (auto& entry : model.entries) {
          if (entry.visible_at <= now && int(expected.size()) < max) expected.push_back(&entry);
        }
        ASSERT_EQ(messages.size(), expected.size()) << step;
        for (std::size_t i = 0; i < messages.size(); ++i) {
          ASSERT_EQ(messages[i].id, expected[i]->id) << step;
          ASSERT_EQ(messages[i].body, expected[i]->body);
          ASSERT_EQ(messages[i].receive_count, ++expected[i]->receives);
          expected[i]->receipt = messages[i].receipt;
          expected[i]->visible_at = now + 10s;
          receipts.push_back(messages[i].receipt);
        }
        break;
      }
      case 4: {
        const std::string receipt = some_receipt();
        engine_.Run(queue->Ack({receipt}));
        if (const auto* entry = model.Find(receipt))
          model.entries.erase(model.entries.begin() + (entry - &model.entries[0]));
        break;
      }
      case 5: {
        const std::string receipt = some_receipt();
        const Duration visibility = std::chrono::seconds(below(15));
        const bool held = engine_.Run(queue->Extend({receipt}, visibility)).at(0);
        auto* entry = model.Find(receipt);
        ASSERT_EQ(held, entry != nullptr && entry->visible_at > now) << step;
        if (held) entry->visible_at = now + visibility;
        break;
      }
      case 6:
        engine_.clock().Advance(std::chrono::seconds(below(8)));
        break;
      default: {
        if (below(40) == 0) {
          queue.reset();
          engine_.Open();
          queue = engine_.Run(engine_->queues().Open("q"));
        }
        const QueueStats stats = engine_.Run(queue->Stats()), expected = model.Stats(now);
        ASSERT_EQ(stats.visible, expected.visible) << step;
        ASSERT_EQ(stats.in_flight, expected.in_flight) << step;
        ASSERT_EQ(stats.delayed, expected.delayed) << step;
      }
    }
  }
}

}  // namespace
}  // namespace darkroom::embedded
