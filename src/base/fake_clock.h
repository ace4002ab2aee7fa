// FakeClock: a clock whose hands the test turns. Lives in base/ (not beside one test) because every room's tests use
// it.
#pragma once

#include <atomic>
#include <map>
#include <mutex>

#include "base/clock.h"

namespace darkroom {

class IoContext;

// Threads: any. Callbacks run on the loop `io`.
class FakeClock : public Clock {
 public:
  explicit FakeClock(IoContext& io, Time start = FromMicros(1'700'000'000'000'000)) : io_(io), now_(ToMicros(start)) {}

  Time Now() const override { return FromMicros(now_); }
  TimerId CallAt(Time when, std::move_only_function<void()> callback) override;
  bool Cancel(TimerId id) override;

  // Moves the time and posts, in order of their time, the callbacks that are due.
  void Advance(Duration by);
  // Callbacks that wait. A test that must see a coroutine reach its wait runs the loop until this grows.
  int pending() const;

 private:
  IoContext& io_;
  std::atomic<std::int64_t> now_;
  mutable std::mutex mutex_;
  TimerId last_id_ = 0;                                                            // guarded by mutex_
  std::map<std::pair<Time, TimerId>, std::move_only_function<void()>> callbacks_;  // guarded by mutex_
};

}  // namespace darkroom
