#include "base/async.h"

#include <gtest/gtest.h>

#include "base/fake_clock.h"

namespace darkroom {
namespace {

TEST(Await, ResumesOnTheLoopWithTheValueThatAnotherThreadGave) {
  IoContext io;
  WorkThread thread("test");
  auto body = [&]() -> Task<bool> {
    const auto here = std::this_thread::get_id();
    auto work = [] { return std::this_thread::get_id(); };
    const auto there = co_await RunOn(thread, work);
    co_return here != there&& here == std::this_thread::get_id();
  };
  EXPECT_TRUE(io.RunUntilDone(body()));
}

TEST(Signal, WakesAWaiterBeforeItsDeadline) {
  IoContext io;
  FakeClock clock(io);
  Signal signal(clock);
  io.Post([&] { io.Post([&] { signal.NotifyAll(); }); });
  EXPECT_TRUE(io.RunUntilDone(signal.Wait(clock.Now() + 10s)));
  EXPECT_EQ(clock.pending(), 0) << "the deadline's timer stays behind";
}

TEST(Signal, GivesUpAtItsDeadline) {
  IoContext io;
  FakeClock clock(io);
  Signal signal(clock);
  io.Post([&] { io.Post([&] { clock.Advance(10s); }); });
  EXPECT_FALSE(io.RunUntilDone(signal.Wait(clock.Now() + 10s)));
}

TEST(Signal, NotifyOneWakesTheLongestWaiting) {
  IoContext io;
  FakeClock clock(io);
  Signal signal(clock);
  std::string order;
  TaskGroup group(io, clock);
  auto waiter = [&](char name) -> Task<void> {
    co_await signal.Wait();
    order += name;
  };
  group.Spawn(waiter('a'));
  group.Spawn(waiter('b'));
  io.Post([&] {
    io.Post([&] {
      signal.NotifyOne();
      io.Post([&] { signal.NotifyOne(); });
    });
  });
  io.RunUntilDone(group.Join());
  EXPECT_EQ(order, "ab");
}

TEST(WorkThread, RunsWhatWasPostedBeforeItEnds) {
  int ran = 0;
  {
    WorkThread thread("test");
    for (int i = 0; i < 100; ++i) thread.Post([&] { ++ran; });
  }
  EXPECT_EQ(ran, 100);
}

}  // namespace
}  // namespace darkroom
