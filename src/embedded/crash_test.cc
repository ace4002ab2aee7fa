// kill -9 in the middle of writes: what was acknowledged is there when the directory is opened again, and nothing is
// there by half. (A process that dies loses nothing that it gave to the kernel: that fsync is called where it must be
// is for the code to show, not for this test.)
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <fstream>
#include <map>
#include <random>
#include <set>
#include <sstream>

#include "embedded/testing.h"

namespace darkroom::embedded {
namespace {

constexpr int kRounds = 12;
constexpr int kCallers = 8;
constexpr int kKeys = 20;

// What anybody can make again from its number.
std::string BodyOf(std::uint64_t number) {
  std::mt19937_64 random(number);
  std::string body(std::size_t(random() % 3 == 0 ? random() % 200'000 : random() % 2'000), '\0');
  for (char& c : body) c = char(random());
  return body;
}

// Writes as fast as it can and says so, one line before ("try …") and one after ("done …") each write.
class Victim {
 public:
  Victim(std::string data_dir, int pipe, unsigned seed) : data_dir_(std::move(data_dir)), pipe_(pipe), random_(seed) {}

  [[noreturn]] void Run() {
    auto clock = MakeSystemClock(io_);
    EngineOptions options;
    options.data_dir = data_dir_;
    engine_ = contract::Must(Engine::Open(std::move(options), io_, *clock));
    clock_ = clock.get();
    io_.RunUntilDone(Prepare());
    for (int i = 1; i < kCallers; ++i) io_.Spawn(WriteForever());
    io_.RunUntilDone(WriteForever());
    ::_exit(1);
  }

 private:
  void Say(const std::string& line) {
    const std::string text = line + "\n";
    if (::write(pipe_, text.data(), text.size()) != ssize_t(text.size())) ::_exit(2);
  }

  Task<void> Prepare() {
    QueueConfig config;
    queue_ = contract::Must(co_await engine_->queues().Create("q", config));
    store_ = contract::Must(co_await engine_->objects().Create("bucket"));
  }

  Task<void> WriteForever() {
    while (true) {
      switch (random_() % 4) {
        case 0:
          co_await Send();
          break;
        case 1:
          co_await ReceiveAndAck();
          break;
        case 2:
          co_await Put();
          break;
        default:
          co_await CreateAndSettle();
      }
    }
  }

  Task<void> Send() {
    const std::uint64_t number = random_();
    std::vector<SendRequest> requests{{.body = std::to_string(number) + " " + BodyOf(number)}};
    const auto ids = contract::Must(co_await queue_->Send(std::move(requests)));
    Say("done send " + ids.at(0));
  }

  Task<void> ReceiveAndAck() {
    ReceiveOptions options;
    options.max = 2;
    const auto messages = contract::Must(co_await queue_->Receive(std::move(options)));
    if (messages.empty()) co_return;
    std::vector<std::string> receipts{messages[0].receipt};
    Say("try ack " + messages[0].id);
    contract::Must(co_await queue_->Ack(std::move(receipts)));
    Say("done ack " + messages[0].id);
  }

  Task<void> Put() {
    const std::string key = "key" + std::to_string(random_() % kKeys);
    if (!busy_keys_.insert(key).second) co_return;  // one writer a key, so that the last one is known
    const std::uint64_t number = random_();
    Say("try put " + key + " " + std::to_string(number));
    std::string body = BodyOf(number);
    PutOptions options;
    contract::Must(co_await store_->Put(key, std::move(body), std::move(options)));
    Say("done put " + key + " " + std::to_string(number));
    busy_keys_.erase(key);
  }

  Task<void> CreateAndSettle() {
    const Time now = clock_->Now();
    NewBatch batch;
    batch.batch.id = Id::Make(now);
    batch.batch.created = now;
    for (int i = 0; i < 3; ++i) {
      Job job;
      job.id = Id::Make(now);
      job.index = i;
      job.timeline.received = now;
      batch.jobs.push_back(job);
    }
    Outcome outcome;
    outcome.job = batch.jobs[1].id;
    outcome.state = JobState::kSucceeded;
    outcome.run = std::to_string(random_());
    const std::string name = batch.batch.id.ToString(), job = outcome.job.ToString(), run = outcome.run;
    contract::Must(co_await engine_->jobs().Create(std::move(batch)));
    Say("done create " + name);
    std::vector<Outcome> outcomes{std::move(outcome)};
    contract::Must(co_await engine_->jobs().Settle(std::move(outcomes), now));
    Say("done settle " + job + " " + run);
  }

  const std::string data_dir_;
  const int pipe_;
  std::mt19937_64 random_;
  IoContext io_;
  Clock* clock_ = nullptr;
  std::unique_ptr<Engine> engine_;
  std::shared_ptr<Queue> queue_;
  std::shared_ptr<ObjectStore> store_;
  std::set<std::string> busy_keys_;
};

// What the victims of all rounds have said.
struct Expected {
  std::set<std::string> sent, ack_tried, acked, batches;
  std::map<std::string, std::uint64_t> put;                  // last acknowledged, by key
  std::map<std::string, std::set<std::uint64_t>> put_tried;  // since then
  std::map<std::string, std::string> settled;                // run by job

  void Hear(const std::string& line) {
    std::istringstream words(line);
    std::string phase, what, name;
    words >> phase >> what >> name;
    const bool done = phase == "done";
    if (what == "send") sent.insert(name);
    if (what == "ack") (done ? acked : ack_tried).insert(name);
    if (what == "create") batches.insert(name);
    if (what == "settle") words >> settled[name];
    if (what == "put") {
      std::uint64_t number = 0;
      words >> number;
      if (done) {
        put[name] = number;
        put_tried[name].clear();
      } else {
        put_tried[name].insert(number);
      }
    }
  }
};

// Runs a victim and kills it when it has said `lines` lines.
void RunVictim(const std::string& data_dir, unsigned seed, int lines, Expected& expected) {
  int ends[2];
  ASSERT_EQ(::pipe(ends), 0);
  const pid_t child = ::fork();
  ASSERT_GE(child, 0);
  if (child == 0) {
    ::close(ends[0]);
    Victim(data_dir, ends[1], seed).Run();
  }
  ::close(ends[1]);
  std::string heard;
  char buffer[4096];
  int seen = 0;
  bool killed = false;
  ssize_t size = 0;
  while ((size = ::read(ends[0], buffer, sizeof buffer)) > 0) {
    heard.append(buffer, std::size_t(size));
    seen += int(std::count(buffer, buffer + size, '\n'));
    if (seen >= lines && !killed) {
      ::kill(child, SIGKILL);
      killed = true;
    }
  }
  ::close(ends[0]);
  int status = 0;
  ASSERT_EQ(::waitpid(child, &status, 0), child);
  ASSERT_TRUE(WIFSIGNALED(status)) << "the victim ended by itself: " << status;
  std::istringstream text(heard);
  for (std::string line; std::getline(text, line);) expected.Hear(line);
}

class Survivor {
 public:
  Survivor(const std::string& data_dir, Time now) : clock_(io_, now) {
    EngineOptions options;
    options.data_dir = data_dir;
    engine_ = contract::Must(Engine::Open(std::move(options), io_, clock_));
  }

  void Check(const Expected& expected) {
    CheckMessages(expected);
    CheckObjects(expected);
    CheckJobs(expected);
  }

 private:
  template <class T>
  T Run(Task<Result<T>> task) {
    return contract::Must(io_.RunUntilDone(std::move(task)));
  }

  void CheckMessages(const Expected& expected) {
    const auto queue = Run(engine_->queues().Open("q"));
    ASSERT_NE(queue, nullptr);
    std::set<std::string> present;
    while (true) {
      ReceiveOptions options;
      options.max = kMaxReceive;
      const auto messages = Run(queue->Receive(std::move(options)));
      if (messages.empty()) break;
      for (const Message& message : messages) {
        EXPECT_TRUE(present.insert(message.id).second);
        const auto space = message.body.find(' ');
        EXPECT_TRUE(message.body.substr(space + 1) == BodyOf(std::stoull(message.body))) << "half a message";
      }
    }
    for (const std::string& id : expected.sent) {
      EXPECT_TRUE(present.contains(id) || expected.ack_tried.contains(id)) << "lost message " << id;
    }
    for (const std::string& id : expected.acked) EXPECT_FALSE(present.contains(id)) << "acked message is back " << id;
    const QueueStats stats = Run(queue->Stats());
    EXPECT_EQ(stats.in_flight, std::int64_t(present.size()));
    EXPECT_EQ(stats.visible, 0);
  }

  void CheckObjects(const Expected& expected) {
    const auto store = Run(engine_->objects().Open("bucket"));
    ASSERT_NE(store, nullptr);
    for (int i = 0; i < kKeys; ++i) {
      const std::string key = "key" + std::to_string(i);
      std::set<std::uint64_t> possible;
      if (const auto tried = expected.put_tried.find(key); tried != expected.put_tried.end()) possible = tried->second;
      const auto put = expected.put.find(key);
      if (put != expected.put.end()) possible.insert(put->second);
      const auto object = Run(store->Get(key, std::nullopt));
      EXPECT_TRUE(object.has_value() || put == expected.put.end()) << "lost object " << key;
      if (!object) continue;
      const bool whole = std::any_of(possible.begin(), possible.end(),
                                     [&](std::uint64_t number) { return object->body == BodyOf(number); });
      EXPECT_TRUE(whole) << "half or old object " << key;
    }
  }

  void CheckJobs(const Expected& expected) {
    std::array<std::int64_t, kJobStates.size()> counts{};
    for (const std::string& name : expected.batches) {
      const auto batch = Run(engine_->jobs().GetBatch(*Id::Parse(name)));
      ASSERT_TRUE(batch.has_value()) << "lost batch " << name;
      JobQuery query;
      query.batch = batch->id;
      std::array<std::int64_t, kJobStates.size()> states{};
      for (const Job& job : Run(engine_->jobs().List(query)).jobs) ++states[std::size_t(job.state)];
      EXPECT_EQ(states, batch->counts);
      EXPECT_EQ(states[0] + states[2], 3);
    }
    for (const auto& [name, run] : expected.settled) {
      const auto job = Run(engine_->jobs().Get(*Id::Parse(name)));
      ASSERT_TRUE(job.has_value());
      EXPECT_EQ(job->state, JobState::kSucceeded);
      EXPECT_EQ(job->run, run);
    }
    JobQuery all;
    all.limit = 1000;
    do {
      const JobPage page = Run(engine_->jobs().List(all));
      for (const Job& job : page.jobs) ++counts[std::size_t(job.state)];
      all.cursor = page.next;
    } while (!all.cursor.empty());
    EXPECT_EQ(Run(engine_->jobs().Counts()), counts);
  }

  IoContext io_;
  FakeClock clock_;
  std::unique_ptr<Engine> engine_;
};

TEST(Crash, LosesNothingThatWasAcknowledged) {
  const auto seed = std::random_device{}();
  SCOPED_TRACE("seed " + std::to_string(seed));
  std::mt19937 random(seed);
  TemporaryDirectory directory;
  const std::string data_dir = directory.path() + "/data";
  Expected expected;
  // Each look at what survived comes after all leases of victims and of earlier looks have ended.
  Time now = std::chrono::time_point_cast<Duration>(std::chrono::system_clock::now()) + 1h;
  for (int round = 0; round < kRounds && !testing::Test::HasFailure(); ++round) {
    RunVictim(data_dir, random(), 1 + int(random() % 600), expected);
    now += 1h;
    Survivor(data_dir, now).Check(expected);
  }
  RecordProperty("sent", int(expected.sent.size()));
  EXPECT_FALSE(expected.acked.empty());
  EXPECT_FALSE(expected.settled.empty());
}

}  // namespace
}  // namespace darkroom::embedded
