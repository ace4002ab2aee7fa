#include "embedded/engine.h"

#include <gmock/gmock.h>
#include <sys/resource.h>
#include <sys/stat.h>

#include <chrono>
#include <csignal>
#include <fstream>

#include "embedded/faulty_vfs.h"
#include "embedded/schema.h"
#include "embedded/sqlite_object_store.h"
#include "embedded/testing.h"

namespace darkroom::embedded {
namespace {

using testing::HasSubstr;

int CountFiles(const std::string& directory) {
  int files = 0;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(directory)) files += entry.is_regular_file();
  return files;
}

// Unlinking happens on other threads, after the answer.
bool Eventually(const std::function<bool()>& condition) {
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(20);
  while (!condition()) {
    if (std::chrono::steady_clock::now() > deadline) return false;
    std::this_thread::yield();
  }
  return true;
}

TEST(Engine, KeepsItsDirectoryToItself) {
  TestEngine engine;
  struct stat info{};
  ASSERT_EQ(::stat(engine.data_dir().c_str(), &info), 0);
  EXPECT_EQ(info.st_mode & 0777, 0700u);
}

TEST(Engine, RefusesADirectoryThatAnotherHasOpenAndSaysWho) {
  TestEngine engine;
  EngineOptions options;
  options.data_dir = engine.data_dir();
  const auto second = Engine::Open(std::move(options), engine.io(), engine.clock());
  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().code(), Code::kConflict);
  EXPECT_THAT(second.error().message(), HasSubstr("process " + std::to_string(::getpid())));
}

TEST(Engine, RefusesWhatANewerVersionWrote) {
  TemporaryDirectory directory;
  const std::string path = directory.path() + "/darkroom.db";
  {
    auto connection = contract::Must(OpenForWriting(path, nullptr));
    connection->Script("PRAGMA user_version = 99");
  }
  const auto opened = OpenForWriting(path, nullptr);
  ASSERT_FALSE(opened);
  EXPECT_EQ(opened.error().code(), Code::kInvalid);
  EXPECT_THAT(opened.error().message(), HasSubstr("newer version"));
}

// Columns and indexes, by table; not in which order an upgrade has added them.
std::string ShapeOf(const std::string& data_dir) {
  auto connection = contract::Must(OpenForReading(data_dir + "/darkroom.db", nullptr));
  Query query = connection->Run(
      "SELECT group_concat(line, char(10)) FROM (SELECT t.name || ' ' || c.name || ' ' || c.type || ' ' || "
      "coalesce(c.dflt_value, '') AS line FROM sqlite_master t, pragma_table_info(t.name) c WHERE t.type = 'table' "
      "UNION ALL SELECT sql FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL ORDER BY 1)");
  return query.Next() ? query.Text(0) : "";
}

// Takes back what the versions after `version` have changed.
void MakeOlder(const std::string& data_dir, int version) {
  auto connection = contract::Must(OpenForWriting(data_dir + "/darkroom.db", nullptr));
  connection->Script("ALTER TABLE job DROP COLUMN transforms; ALTER TABLE job DROP COLUMN seed;");
  if (version >= 3) {
    connection->Script("PRAGMA user_version = 3");
    return;
  }
  connection->Script(
      "DROP INDEX job_waiting; CREATE INDEX job_waiting ON job (priority) WHERE state = 0;"
      "DROP INDEX message_by_visibility; DROP TABLE message_group;"
      "ALTER TABLE message DROP COLUMN grp; ALTER TABLE message DROP COLUMN leased_at;"
      "ALTER TABLE queue DROP COLUMN turn;"
      "CREATE INDEX message_by_visibility ON message (queue, visible_at, seq);");
  if (version < 2) connection->Script("ALTER TABLE message DROP COLUMN forgiven");
  connection->Script("PRAGMA user_version = " + std::to_string(version));
  ASSERT_FALSE(connection->failure()) << connection->failure()->message;
}

TEST(Engine, BringsTheTablesOfAnEarlierVersionUpToDate) {
  TestEngine engine;
  auto queue = engine.Run(engine->queues().Create("q", {}));
  const std::vector<SendRequest> requests{{.body = "x"}};
  engine.Run(queue->Send(requests));
  queue.reset();
  const std::string shape = ShapeOf(engine.data_dir());
  for (const int version : {3, 2, 1}) {
    engine.Close();
    MakeOlder(engine.data_dir(), version);
    engine.Open();
    queue = engine.Run(engine->queues().Open("q"));
    const auto received = engine.Run(queue->Receive({}));
    ASSERT_EQ(received.size(), 1u) << version;
    EXPECT_EQ(received[0].body, "x");
    engine.Run(queue->Release({received[0].receipt}, Duration(0)));
    EXPECT_EQ(ShapeOf(engine.data_dir()), shape) << version;
    queue.reset();
  }
  queue = engine.Run(engine->queues().Open("q"));
  engine.Run(queue->Ack({engine.Run(queue->Receive({})).at(0).receipt}));
  const QueueStats stats = engine.Run(queue->Stats());
  EXPECT_EQ(stats.visible + stats.in_flight + stats.delayed, 0);
}

TEST(Engine, RefusesAFileThatIsNoDatabase) {
  TemporaryDirectory directory;
  const std::string path = directory.path() + "/darkroom.db";
  std::ofstream(path) << std::string(5000, 'x');
  EXPECT_FALSE(OpenForWriting(path, nullptr));
}

TEST(Engine, TellsOfAFailedFsyncOnTheLoop) {
  TestEngine engine(FaultyVfs());
  const auto queue = engine.Run(engine->queues().Create("q", {}));
  fail_sync() = true;
  const std::vector<SendRequest> requests{{.body = "x"}};
  EXPECT_EQ(engine.Fails(queue->Send(requests)), Code::kInternal);
  fail_sync() = false;
  engine.io().context().restart();
  engine.io().context().poll();
  ASSERT_TRUE(engine.fatal().has_value());
  EXPECT_EQ(engine.Fails(queue->Send(requests)), Code::kInternal);
}

TEST(Engine, KeepsLargeObjectsInFilesAndRemovesThemWithTheObject) {
  TestEngine engine;
  const auto store = engine.Run(engine->objects().Create("input"));
  const std::string objects = engine.data_dir() + "/objects";
  engine.Run(store->Put("small", std::string(kMaxRowBytes, 's'), {}));
  EXPECT_EQ(CountFiles(objects), 0);
  engine.Run(store->Put("large", std::string(kMaxRowBytes + 1, 'a'), {}));
  engine.Run(store->Put("large", std::string(kMaxRowBytes + 2, 'b'), {}));
  EXPECT_TRUE(Eventually([&] { return CountFiles(objects) == 1; }));
  PutOptions absent;
  absent.if_absent = true;
  EXPECT_EQ(engine.Fails(store->Put("large", std::string(kMaxRowBytes + 3, 'c'), absent)), Code::kConflict);
  EXPECT_TRUE(Eventually([&] { return CountFiles(objects) == 1; }));
  engine.Run(store->Remove("large"));
  EXPECT_TRUE(Eventually([&] { return CountFiles(objects) == 0; }));
}

TEST(Engine, RemovesFilesThatACrashLeftAndNoOthers) {
  TestEngine engine;
  const std::string body(200'000, 'x');
  engine.Run(engine.Run(engine->objects().Create("input"))->Put("key", body, {}));
  const std::string left = Id::Make(engine.clock().Now()).ToString();
  const std::string folder = engine.data_dir() + "/objects/" + left.substr(34);
  std::filesystem::create_directories(folder);
  std::ofstream(folder + "/" + left) << "half of something";
  engine.clock().Advance(1s);
  engine.Open();
  EXPECT_TRUE(Eventually([&] { return !std::filesystem::exists(folder + "/" + left); }));
  const auto store = engine.Run(engine->objects().Open("input"));
  EXPECT_TRUE(engine.Run(store->Get("key", std::nullopt))->body == body);
}

TEST(Engine, AFullDiskFailsALargePutAndLeavesNothing) {
  TestEngine engine;
  const auto store = engine.Run(engine->objects().Create("input"));
  std::signal(SIGXFSZ, SIG_IGN);
  rlimit before{};
  ASSERT_EQ(::getrlimit(RLIMIT_FSIZE, &before), 0);
  rlimit small = before;
  small.rlim_cur = 256 * 1024;
  ASSERT_EQ(::setrlimit(RLIMIT_FSIZE, &small), 0);
  const auto failed = engine.io().RunUntilDone(store->Put("key", std::string(1'000'000, 'x'), {}));
  ASSERT_EQ(::setrlimit(RLIMIT_FSIZE, &before), 0);
  ASSERT_FALSE(failed);
  EXPECT_EQ(failed.error().code(), Code::kUnavailable);
  EXPECT_THAT(failed.error().message(), HasSubstr("full"));
  EXPECT_FALSE(engine.Run(store->Head("key")).has_value());
  EXPECT_EQ(CountFiles(engine.data_dir() + "/objects"), 0);
}

TEST(Engine, MessagesOfARemovedQueueThatACrashLeftAreRemoved) {
  TestEngine engine;
  const auto queue = engine.Run(engine->queues().Create("q", {}));
  engine.Run(queue->Send(std::vector<SendRequest>(2500, {.body = "x"})));
  const std::string path = engine.data_dir() + "/darkroom.db";
  {
    auto other = contract::Must(Connection::Open(path, Connection::Mode::kReadWrite));
    other->Script("DELETE FROM queue");
    ASSERT_FALSE(other->failure());
  }
  engine.Open();
  auto reader = contract::Must(OpenForReading(path, nullptr));
  Query query = reader->Run(
      "SELECT (SELECT count(*) FROM message) + (SELECT count(*) FROM message_body) + "
      "(SELECT count(*) FROM message_group)");
  ASSERT_TRUE(query.Next());
  EXPECT_EQ(query.Int(0), 0);
}

TEST(Engine, JobsOutliveTheProcess) {
  TestEngine engine;
  NewBatch batch;
  batch.batch.id = Id::Make(engine.clock().Now());
  Job job;
  job.id = Id::Make(engine.clock().Now());
  job.batch = batch.batch.id;
  batch.jobs.push_back(job);
  engine.Run(engine->jobs().Create(batch));
  engine.Open();
  EXPECT_TRUE(engine.Run(engine->jobs().Get(job.id)).has_value());
}

}  // namespace
}  // namespace darkroom::embedded
