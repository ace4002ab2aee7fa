#include "embedded/writer.h"

#include <gmock/gmock.h>
#include <sys/resource.h>

#include <csignal>

#include "embedded/faulty_vfs.h"
#include "embedded/schema.h"
#include "embedded/testing.h"

namespace darkroom::embedded {
namespace {

using testing::HasSubstr;

class WriterTest : public testing::Test {
 protected:
  WriterTest() {
    auto connection = contract::Must(OpenForWriting(directory_.path() + "/test.db", FaultyVfs()));
    connection->Script("CREATE TABLE t (x INTEGER PRIMARY KEY, blob BLOB)");
    writer_ = std::make_unique<Writer>(std::move(connection), [this](Error) { ++fatal_; });
  }
  ~WriterTest() override { fail_sync() = false; }

  static Status Insert(Connection& db, int x) {
    db.Exec("INSERT INTO t (x) VALUES (?1)", x);
    return {};
  }
  Status Insert(int x) {
    auto work = [x](Connection& db) { return Insert(db, x); };
    return io_.RunUntilDone(writer_->Write(std::move(work)));
  }
  std::int64_t Count() {
    auto work = [](Connection& db) {
      Query query = db.Run("SELECT count(*) FROM t");
      return query.Next() ? query.Int(0) : -1;
    };
    return contract::Must(io_.RunUntilDone(writer_->Write(std::move(work))));
  }

  TemporaryDirectory directory_;
  IoContext io_;
  FakeClock clock_{io_};
  std::atomic<int> fatal_ = 0;
  std::unique_ptr<Writer> writer_;
};

TEST_F(WriterTest, CommitsWhatWaitsTogether) {
  TaskGroup group(io_, clock_);
  // Holds the writer until all the others wait.
  std::mutex mutex;
  mutex.lock();
  auto hold = [&]() -> Task<void> {
    auto work = [&](Connection&) { const std::lock_guard lock(mutex); };
    co_await writer_->Write(std::move(work));
  };
  int done = 0;
  auto insert = [&](int x) -> Task<void> {
    auto work = [x](Connection& db) { return Insert(db, x); };
    const auto written = co_await writer_->Write(std::move(work));
    if (written) ++done;
  };
  group.Spawn(hold());
  for (int i = 0; i < 100; ++i) group.Spawn(insert(i));
  io_.Post([&] { mutex.unlock(); });
  io_.RunUntilDone(group.Join());
  EXPECT_EQ(done, 100);
  // `hold` alone or with some of the others, then the rest.
  EXPECT_LE(writer_->counts().commits, 2);
  EXPECT_EQ(writer_->counts().requests, 101);
}

TEST_F(WriterTest, ARequestThatFailsDoesNotDisturbItsNeighbours) {
  TaskGroup group(io_, clock_);
  std::map<int, bool> done;
  auto insert = [&](int at, int x) -> Task<void> {
    auto work = [x](Connection& db) { return Insert(db, x); };
    done[at] = (co_await writer_->Write(std::move(work))).has_value();
  };
  const int values[] = {1, 2, 2, 3};  // the second 2 breaks the primary key
  for (int i = 0; i < 4; ++i) group.Spawn(insert(i, values[i]));
  io_.RunUntilDone(group.Join());
  EXPECT_EQ(done, (std::map<int, bool>{{0, true}, {1, true}, {2, false}, {3, true}}));
  EXPECT_EQ(Count(), 3);
  EXPECT_EQ(fatal_, 0);
}

TEST_F(WriterTest, WhatAnErrorLeavesHalfDoneIsRolledBack) {
  auto work = [](Connection& db) -> Result<int> {
    db.Exec("INSERT INTO t (x) VALUES (1)");
    return Fail(Code::kConflict, "no");
  };
  EXPECT_EQ(contract::CodeOf(io_.RunUntilDone(writer_->Write(std::move(work)))), Code::kConflict);
  EXPECT_EQ(Count(), 0);
}

TEST_F(WriterTest, AFailedFsyncStopsAllWritesForGood) {
  contract::Must(Insert(1));
  fail_sync() = true;
  const auto failed = Insert(2);
  ASSERT_FALSE(failed);
  EXPECT_EQ(failed.error().code(), Code::kInternal);
  EXPECT_EQ(fatal_, 1);
  fail_sync() = false;
  EXPECT_EQ(contract::CodeOf(Insert(3)), Code::kInternal);
  EXPECT_EQ(fatal_, 1) << "told once";
}

TEST_F(WriterTest, OnlyWhatMustSurviveAPowerCutCostsAnFsync) {
  contract::Must(Insert(1));  // the first commit of a log syncs its header
  const auto lazy = [this](int x) {
    auto work = [x](Connection& db) { return Insert(db, x); };
    return io_.RunUntilDone(writer_->WriteLazily(std::move(work)));
  };
  const int before = sync_count();
  contract::Must(lazy(2));
  contract::Must(lazy(3));
  EXPECT_EQ(sync_count(), before);
  contract::Must(Insert(4));
  EXPECT_EQ(sync_count(), before + 1) << "and takes the lazy ones along";
  contract::Must(lazy(5));
  EXPECT_EQ(sync_count(), before + 1);
  EXPECT_EQ(Count(), 5);
}

TEST_F(WriterTest, ADurableWriteMakesItsWholeGroupDurable) {
  contract::Must(Insert(1));
  TaskGroup group(io_, clock_);
  std::mutex mutex;
  mutex.lock();
  auto hold = [&]() -> Task<void> {
    auto work = [&](Connection&) { const std::lock_guard lock(mutex); };
    co_await writer_->WriteLazily(std::move(work));
  };
  auto insert = [&](int x, bool durable) -> Task<void> {
    auto work = [x](Connection& db) { return Insert(db, x); };
    if (durable)
      contract::Must(co_await writer_->Write(std::move(work)));
    else
      contract::Must(co_await writer_->WriteLazily(std::move(work)));
  };
  const int before = sync_count();
  group.Spawn(hold());
  group.Spawn(insert(2, false));
  group.Spawn(insert(3, true));
  group.Spawn(insert(4, false));
  io_.Post([&] { mutex.unlock(); });
  io_.RunUntilDone(group.Join());
  EXPECT_EQ(sync_count(), before + 1);
}

// A file size limit is a full disk as far as write(2) goes.
class SmallDisk {
 public:
  explicit SmallDisk(rlim_t bytes) {
    std::signal(SIGXFSZ, SIG_IGN);
    DR_CHECK(::getrlimit(RLIMIT_FSIZE, &before_) == 0);
    rlimit small = before_;
    small.rlim_cur = bytes;
    DR_CHECK(::setrlimit(RLIMIT_FSIZE, &small) == 0);
  }
  ~SmallDisk() { ::setrlimit(RLIMIT_FSIZE, &before_); }

 private:
  rlimit before_{};
};

TEST_F(WriterTest, AFullDiskLosesNothingAndWorksAgainWhenThereIsRoom) {
  contract::Must(Insert(1));
  auto disk = std::make_optional<SmallDisk>(256 * 1024);
  auto large = [](Connection& db) -> Status {
    db.Exec("INSERT INTO t (x, blob) VALUES (2, zeroblob(500000))");
    return {};
  };
  const auto failed = io_.RunUntilDone(writer_->Write(large));
  const auto little = Insert(3);
  disk.reset();

  ASSERT_FALSE(failed);
  EXPECT_EQ(failed.error().code(), Code::kUnavailable);
  EXPECT_THAT(failed.error().message(), HasSubstr("full"));
  EXPECT_TRUE(little.has_value()) << "what fits still goes";
  EXPECT_EQ(fatal_, 0);
  contract::Must(io_.RunUntilDone(writer_->Write(large)));
  EXPECT_EQ(Count(), 3);
}

TEST_F(WriterTest, WhereTheLogCannotGrowItBeginsAnew) {
  const SmallDisk disk(1'000'000);
  auto write = [](Connection& db) -> Status {
    db.Exec("INSERT OR REPLACE INTO t (x, blob) VALUES (1, zeroblob(100000))");
    return {};
  };
  for (int i = 0; i < 30; ++i) contract::Must(io_.RunUntilDone(writer_->Write(write)));
  EXPECT_EQ(Count(), 1);
}

TEST_F(WriterTest, TheRoomThatIsMadeOnAFullDiskGoesToTheDatabaseFirst) {
  int row = 10;
  const auto fill = [&] {
    auto work = [x = ++row](Connection& db) -> Status {
      db.Exec("INSERT INTO t (x, blob) VALUES (?1, zeroblob(1000000))", x);
      return {};
    };
    return io_.RunUntilDone(writer_->Write(std::move(work)));
  };
  const auto database_size = [&] { return std::filesystem::file_size(directory_.path() + "/test.db"); };
  while (database_size() < 15'000'000) contract::Must(fill());
  {
    const SmallDisk disk(15'000'000);  // less than makes the writer copy the log of itself
    while (fill()) {
    }
  }
  EXPECT_LT(database_size(), 22'000'000u);
  contract::Must(Insert(1));
  contract::Must(Insert(2));  // begins when the log has been copied
  EXPECT_GT(database_size(), 25'000'000u) << "still only in the log";
  EXPECT_EQ(Count(), (row - 11) + 2) << "all but the one that was refused, and the last two";
  EXPECT_EQ(fatal_, 0);
}

TEST_F(WriterTest, TheLogDoesNotGrowWithoutBound) {
  auto write = [](Connection& db) -> Status {
    db.Exec("INSERT OR REPLACE INTO t (x, blob) VALUES (1, zeroblob(1000000))");
    return {};
  };
  for (int i = 0; i < 100; ++i) contract::Must(io_.RunUntilDone(writer_->Write(write)));
  EXPECT_GT(writer_->counts().checkpoints, 2);
  EXPECT_LT(std::filesystem::file_size(directory_.path() + "/test.db-wal"), 30'000'000u);
}

}  // namespace
}  // namespace darkroom::embedded
