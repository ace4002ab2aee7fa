#include "base/fake_clock.h"

#include "base/async.h"

namespace darkroom {

Clock::TimerId FakeClock::CallAt(Time when, std::move_only_function<void()> callback) {
  const std::lock_guard lock(mutex_);
  const TimerId id = ++last_id_;
  if (when <= Now()) {
    io_.Post(std::move(callback));
  } else {
    callbacks_.emplace(std::pair(when, id), std::move(callback));
  }
  return id;
}

bool FakeClock::Cancel(TimerId id) {
  const std::lock_guard lock(mutex_);
  return std::erase_if(callbacks_, [&](const auto& entry) { return entry.first.second == id; }) > 0;
}

void FakeClock::Advance(Duration by) {
  const std::lock_guard lock(mutex_);
  now_ += by.count();
  while (!callbacks_.empty() && callbacks_.begin()->first.first <= Now()) {
    io_.Post(std::move(callbacks_.begin()->second));
    callbacks_.erase(callbacks_.begin());
  }
}

int FakeClock::pending() const {
  const std::lock_guard lock(mutex_);
  return int(callbacks_.size());
}

}  // namespace darkroom
