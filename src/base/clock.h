// Clock: the only source of time and of waiting. Everything that asks for the time or waits for it is given a Clock&,
// so that tests turn the hands themselves (fake_clock.h) and never sleep.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>

#include "base/time.h"

namespace darkroom {

class Clock {
 public:
  virtual ~Clock() = default;

  // UTC. Never goes backwards within a process and does not follow steps of the machine's clock while it runs: leases
  // and deadlines that hang on it stay true when somebody sets the clock.
  virtual Time Now() const = 0;

  // Calls `callback` once, at `when` or as soon after as can be (at once, but never before CallAt returns, when that is
  // past), on the thread that runs this clock's callbacks. May be called from any thread.
  using TimerId = std::uint64_t;
  virtual TimerId CallAt(Time when, std::move_only_function<void()> callback) = 0;

  // Forgets a callback. When it returns false the callback has run, is running or never was.
  virtual bool Cancel(TimerId id) = 0;
};

// The real clock. Callbacks run on the io_context given to MakeSystemClock, which must outlive the clock.
// Threads: all members may be called from any thread.
class SystemClock;
std::unique_ptr<Clock> MakeSystemClock(class IoContext& io);

}  // namespace darkroom
