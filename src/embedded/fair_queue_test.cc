// How the groups of an embedded queue share its consumers.
#include <map>
#include <set>

#include "embedded/schema.h"
#include "embedded/testing.h"

namespace darkroom::embedded {
namespace {

class FairQueueTest : public testing::Test {
 protected:
  std::shared_ptr<Queue> Make(const std::string& name, QueueConfig config = {}) {
    return engine_.Run(engine_->queues().Create(name, config));
  }
  void Send(Queue& queue, int count, const std::string& group, Duration delay = {}) {
    std::vector<SendRequest> requests;
    for (int i = 0; i < count; ++i) {
      requests.push_back({.body = std::to_string(sent_++), .delay = delay, .group = group});
    }
    engine_.Run(queue.Send(requests));
  }
  std::vector<Message> Receive(Queue& queue, int max) {
    ReceiveOptions options;
    options.max = max;
    return engine_.Run(queue.Receive(std::move(options)));
  }
  // Names of the groups, in the order handed out.
  static std::string Groups(const std::vector<Message>& messages) {
    std::string groups;
    for (const Message& message : messages) groups += message.group + " ";
    return groups;
  }
  // Receives a message, holds it for as long as those of its group are, and acks it. The group's name.
  std::string WorkOff(Queue& queue, const std::map<std::string, Duration>& takes) {
    const auto messages = Receive(queue, 1);
    if (messages.empty()) return "none";
    engine_.clock().Advance(takes.at(messages[0].group));
    engine_.Run(queue.Ack({messages[0].receipt}));
    return messages[0].group;
  }
  std::int64_t CountOf(const char* sql) {
    auto reader = contract::Must(OpenForReading(engine_.data_dir() + "/darkroom.db", nullptr));
    Query query = reader->Run(sql);
    return query.Next() ? query.Int(0) : -1;
  }

  TestEngine engine_;
  int sent_ = 0;
};

TEST_F(FairQueueTest, OneMessageOvertakesAFloodOfAnotherGroup) {
  const auto queue = Make("q");
  Send(*queue, 10'000, "slow");
  Receive(*queue, 10);
  Send(*queue, 1, "other");
  EXPECT_EQ(Groups(Receive(*queue, 1)), "other ");
  EXPECT_EQ(Groups(Receive(*queue, 1)), "slow ");
}

TEST_F(FairQueueTest, AMessageOfNoGroupOvertakesAFloodToo) {
  const auto queue = Make("q");
  Send(*queue, 100, "slow");
  Receive(*queue, 10);
  Send(*queue, 1, "");
  EXPECT_EQ(Groups(Receive(*queue, 1)), " ");
}

TEST_F(FairQueueTest, AFloodOfNoGroupKeepsNoGroupWaiting) {
  const auto queue = Make("q");
  Send(*queue, 100, "");
  Receive(*queue, 10);
  Send(*queue, 1, "quiet");
  EXPECT_EQ(Groups(Receive(*queue, 2)), "quiet  ");
}

TEST_F(FairQueueTest, WithinAGroupTheOrderIsThatOfSending) {
  const auto queue = Make("q");
  Send(*queue, 3, "a");
  Send(*queue, 3, "b");
  std::string bodies;
  for (const Message& message : Receive(*queue, 6)) bodies += message.body + " ";
  EXPECT_EQ(bodies, "0 3 1 4 2 5 ");
}

TEST_F(FairQueueTest, GroupsShareTheTimeOfTheConsumersAndNotTheCount) {
  const auto queue = Make("q");
  Send(*queue, 200, "slow");
  Send(*queue, 5000, "fast");
  std::map<std::string, int> done;
  for (int i = 0; i < 2100; ++i) ++done[WorkOff(*queue, {{"slow", 1s}, {"fast", 10ms}})];
  EXPECT_NEAR(done["fast"], 100 * done["slow"], 150) << done["slow"] << " slow ones";
}

TEST_F(FairQueueTest, AFloodThatNobodyKnowsYetTakesOnePlaceOfABatch) {
  const auto queue = Make("q");
  Send(*queue, 5000, "known");
  for (int i = 0; i < 10; ++i) WorkOff(*queue, {{"known", 50ms}});
  Send(*queue, 100, "new");
  EXPECT_EQ(Groups(Receive(*queue, 4)), "new known known known ");
  EXPECT_EQ(Groups(Receive(*queue, 3)), "known known known ");
}

TEST_F(FairQueueTest, TheFirstAckGivesBackWhatWasChargedTooMuch) {
  const auto queue = Make("q");
  Send(*queue, 1000, "slow");
  for (int i = 0; i < 3; ++i) WorkOff(*queue, {{"slow", 10s}});
  Send(*queue, 100, "quick");
  EXPECT_EQ(WorkOff(*queue, {{"quick", 10ms}}), "quick");
  // A slow one's time.
  for (int i = 0; i < 99; ++i) EXPECT_EQ(WorkOff(*queue, {{"slow", 10s}, {"quick", 10ms}}), "quick") << i;
}

TEST_F(FairQueueTest, NoGroupIsServedForTimesWhenItHadNothing) {
  const auto queue = Make("q");
  Send(*queue, 1, "late", 15min);  // the group is there
  Send(*queue, 300, "busy");
  for (int i = 0; i < 200; ++i) WorkOff(*queue, {{"busy", 1s}});
  Send(*queue, 200, "late");
  int late = 0;
  for (int i = 0; i < 20; ++i) late += WorkOff(*queue, {{"busy", 1s}, {"late", 1s}}) == "late";
  EXPECT_GE(late, 8);
  EXPECT_LE(late, 12);
}

TEST_F(FairQueueTest, AConsumerThatKeepsItsMessagesDoesNotStopItsGroup) {
  const auto queue = Make("q", {.visibility = 12h});
  Send(*queue, 50, "a");
  Receive(*queue, 10);  // for ever
  Send(*queue, 100, "b");
  int a = 0;
  for (int i = 0; i < 90; ++i) a += WorkOff(*queue, {{"a", 1s}, {"b", 1s}}) == "a";
  EXPECT_GE(a, 1);
}

TEST_F(FairQueueTest, AThousandGroupsAreServedOneAfterTheOther) {
  const auto queue = Make("q");
  for (int group = 0; group < 1000; ++group) Send(*queue, 2, "g" + std::to_string(group));
  std::set<std::string> served;
  for (int i = 0; i < 100; ++i) {
    for (const Message& message : Receive(*queue, 10)) served.insert(message.group);
  }
  EXPECT_EQ(served.size(), 1000u);
}

TEST_F(FairQueueTest, OfAGroupWithoutMessagesNothingStays) {
  const auto dead = Make("dead");
  const auto queue = Make("q", {.retention = 1h, .dead_letter_queue = "dead", .max_receives = 1});
  const char* groups = "SELECT count(*) FROM message_group WHERE name <> ''";
  Send(*queue, 1, "acked");
  engine_.Run(queue->Ack({Receive(*queue, 1).at(0).receipt}));
  EXPECT_EQ(CountOf(groups), 0);
  Send(*queue, 1, "dropped", 10s);
  EXPECT_EQ(CountOf(groups), 1);
  engine_.clock().Advance(2h);
  EXPECT_EQ(engine_.Run(queue->Stats()).visible, 0);
  EXPECT_EQ(CountOf(groups), 0);
  Send(*queue, 1, "dead");
  engine_.Run(queue->Release({Receive(*queue, 1).at(0).receipt}, Duration(0)));
  EXPECT_TRUE(Receive(*queue, 1).empty());
  EXPECT_EQ(CountOf(groups), 1) << "in the other queue";
  Send(*queue, 5, "removed");
  engine_.Run(engine_->queues().Remove("q"));
  engine_.Run(engine_->queues().Remove("dead"));
  EXPECT_EQ(CountOf("SELECT count(*) FROM message_group"), 0);
}

TEST_F(FairQueueTest, TurnsOutliveTheProcess) {
  auto queue = Make("q");
  Send(*queue, 100, "slow");
  Send(*queue, 100, "fast");
  for (int i = 0; i < 10; ++i) WorkOff(*queue, {{"slow", 10s}, {"fast", 100ms}});
  queue.reset();
  engine_.Open();
  queue = engine_.Run(engine_->queues().Open("q"));
  EXPECT_EQ(Groups(Receive(*queue, 5)), "fast fast fast fast fast ");
}

}  // namespace
}  // namespace darkroom::embedded
