#include "base/clock.h"

#include <time.h>

#include <atomic>
#include <boost/asio/steady_timer.hpp>
#include <mutex>
#include <unordered_map>

#include "base/async.h"

namespace darkroom {

namespace {

// Since the machine started. Goes on while it is suspended, as the world outside does; std::chrono::steady_clock stops.
Duration SinceBoot() {
  timespec t{};
  clock_gettime(CLOCK_BOOTTIME, &t);
  return std::chrono::duration_cast<Duration>(std::chrono::seconds(t.tv_sec) + std::chrono::nanoseconds(t.tv_nsec));
}

}  // namespace

class SystemClock : public Clock {
 public:
  explicit SystemClock(IoContext& io)
      : io_(io),
        wall_at_start_(std::chrono::time_point_cast<Duration>(std::chrono::system_clock::now())),
        boot_at_start_(SinceBoot()) {}

  Time Now() const override { return wall_at_start_ + (SinceBoot() - boot_at_start_); }

  TimerId CallAt(Time when, std::move_only_function<void()> callback) override {
    auto timer = std::make_shared<Timer>(Timer{asio::steady_timer(io_.context()), std::move(callback)});
    const TimerId id = ++last_id_;
    {
      const std::lock_guard lock(mutex_);
      timers_.emplace(id, timer);
    }
    // Timers are touched on the loop alone: a steady_timer is not safe to use from two threads.
    io_.Post([this, id, when, timer] {
      timer->timer.expires_after(when - Now());
      timer->timer.async_wait([this, id, timer](boost::system::error_code) {
        if (Forget(id)) timer->callback();
      });
    });
    return id;
  }

  bool Cancel(TimerId id) override {
    const auto timer = Forget(id);
    if (!timer) return false;
    io_.Post([timer] { timer->timer.cancel(); });
    return true;
  }

 private:
  struct Timer {
    asio::steady_timer timer;
    std::move_only_function<void()> callback;
  };

  std::shared_ptr<Timer> Forget(TimerId id) {
    const std::lock_guard lock(mutex_);
    const auto node = timers_.extract(id);
    return node ? node.mapped() : nullptr;
  }

  IoContext& io_;
  const Time wall_at_start_;
  const Duration boot_at_start_;
  std::atomic<TimerId> last_id_ = 0;
  std::mutex mutex_;
  std::unordered_map<TimerId, std::shared_ptr<Timer>> timers_;  // guarded by mutex_; the pending ones
};

std::unique_ptr<Clock> MakeSystemClock(IoContext& io) { return std::make_unique<SystemClock>(io); }

}  // namespace darkroom
