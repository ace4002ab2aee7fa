#include "base/clock.h"

#include <gtest/gtest.h>

#include "base/async.h"
#include "base/fake_clock.h"

namespace darkroom {
namespace {

TEST(SystemClock, CallsBackAtTheTimeAndNotBefore) {
  IoContext io;
  const auto clock = MakeSystemClock(io);
  const Time due = clock->Now() + 5ms;
  io.RunUntilDone(SleepUntil(*clock, due));
  EXPECT_GE(clock->Now(), due);
}

TEST(SystemClock, ACancelledCallbackDoesNotRun) {
  IoContext io;
  const auto clock = MakeSystemClock(io);
  bool ran = false;
  const auto id = clock->CallAt(clock->Now() + 1ms, [&] { ran = true; });
  EXPECT_TRUE(clock->Cancel(id));
  EXPECT_FALSE(clock->Cancel(id));
  io.RunUntilDone(SleepUntil(*clock, clock->Now() + 10ms));
  EXPECT_FALSE(ran);
}

TEST(FakeClock, RunsDueCallbacksInTheOrderOfTheirTime) {
  IoContext io;
  FakeClock clock(io);
  std::string order;
  clock.CallAt(clock.Now() + 2s, [&] { order += 'b'; });
  clock.CallAt(clock.Now() + 1s, [&] { order += 'a'; });
  clock.CallAt(clock.Now() + 3s, [&] { order += 'c'; });
  clock.Advance(2s);
  io.Run();
  EXPECT_EQ(order, "ab");
  EXPECT_EQ(clock.pending(), 1);
}

}  // namespace
}  // namespace darkroom
