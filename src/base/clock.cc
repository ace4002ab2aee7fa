#include "base/clock.h"

#include <atomic>
#include <boost/asio/steady_timer.hpp>
#include <mutex>
#include <unordered_map>

#include "base/async.h"

namespace darkroom {

class SystemClock : public Clock {
 public:
  explicit SystemClock(IoContext& io)
      : io_(io),
        wall_at_start_(std::chrono::time_point_cast<Duration>(std::chrono::system_clock::now())),
        steady_at_start_(std::chrono::steady_clock::now()) {}

  Time Now() const override {
    return wall_at_start_ + std::chrono::duration_cast<Duration>(std::chrono::steady_clock::now() - steady_at_start_);
  }

  TimerId CallAt(Time when, std::move_only_function<void()> callback) override {
    auto timer = std::make_shared<Timer>(Timer{asio::steady_timer(io_.context()), std::move(callback)});
    const TimerId id = ++last_id_;
    {
      const std::lock_guard lock(mutex_);
      timers_.emplace(id, timer);
    }
    // Timers are touched on the loop alone: a steady_timer is not safe to use from two threads.
    io_.Post([this, id, when, timer] {
      timer->timer.expires_at(steady_at_start_ + (when - wall_at_start_));
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
  const std::chrono::steady_clock::time_point steady_at_start_;
  std::atomic<TimerId> last_id_ = 0;
  std::mutex mutex_;
  std::unordered_map<TimerId, std::shared_ptr<Timer>> timers_;  // guarded by mutex_; the pending ones
};

std::unique_ptr<Clock> MakeSystemClock(IoContext& io) { return std::make_unique<SystemClock>(io); }

}  // namespace darkroom
