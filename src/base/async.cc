#include "base/async.h"

#include <pthread.h>

#include <boost/asio/steady_timer.hpp>
#include <condition_variable>
#include <mutex>
#include <unordered_map>

namespace darkroom {

void IoContext::Spawn(Task<void> task) {
  asio::co_spawn(context_, std::move(task), [](std::exception_ptr failure) {
    if (failure) std::rethrow_exception(failure);
  });
}

Task<void> SleepUntil(Clock& clock, Time when) {
  auto start = [&clock, when](std::move_only_function<void(bool)> done) {
    clock.CallAt(when, [done = std::move(done)]() mutable { done(true); });
  };
  co_await Await<bool>(std::move(start));
}

struct Signal::Waiter {
  std::move_only_function<void(bool)> resume;  // empty once it was called
  Clock::TimerId timer = 0;
};

Signal::~Signal() { DR_CHECK(waiters_.empty()); }

Task<bool> Signal::Wait(Time deadline) {
  auto waiter = std::make_shared<Waiter>();
  auto start = [this, waiter, deadline](std::move_only_function<void(bool)> done) {
    waiter->resume = std::move(done);
    waiters_.push_back(waiter);
    if (deadline == Time::max()) return;
    waiter->timer = clock_.CallAt(deadline, [this, waiter] {
      if (!waiter->resume) return;
      std::erase(waiters_, waiter);
      std::exchange(waiter->resume, nullptr)(false);
    });
  };
  co_return co_await Await<bool>(std::move(start));
}

Task<void> Signal::Wait() { co_await Wait(Time::max()); }

void Signal::NotifyOne() {
  if (waiters_.empty()) return;
  auto waiter = std::move(waiters_.front());
  waiters_.pop_front();
  if (waiter->timer != 0) clock_.Cancel(waiter->timer);
  std::exchange(waiter->resume, nullptr)(true);
}

void Signal::NotifyAll() {
  for (auto n = waiters_.size(); n > 0; --n) NotifyOne();
}

struct WorkThread::State {
  std::mutex mutex;
  std::condition_variable wake;
  std::deque<std::move_only_function<void()>> work;  // guarded by mutex
  bool stopping = false;                             // guarded by mutex
};

WorkThread::WorkThread(std::string name) : state_(std::make_unique<State>()) {
  thread_ = std::thread([name = std::move(name), &state = *state_] {
    pthread_setname_np(pthread_self(), name.substr(0, 15).c_str());
    std::unique_lock lock(state.mutex);
    while (true) {
      state.wake.wait(lock, [&] { return state.stopping || !state.work.empty(); });
      if (state.work.empty()) return;
      auto fn = std::move(state.work.front());
      state.work.pop_front();
      lock.unlock();
      fn();
      fn = nullptr;
      lock.lock();
    }
  });
}

WorkThread::~WorkThread() {
  {
    const std::lock_guard lock(state_->mutex);
    state_->stopping = true;
  }
  state_->wake.notify_one();
  thread_.join();
}

void WorkThread::Post(std::move_only_function<void()> fn) {
  {
    const std::lock_guard lock(state_->mutex);
    state_->work.push_back(std::move(fn));
  }
  state_->wake.notify_one();
}

TaskGroup::~TaskGroup() { DR_CHECK(running_ == 0); }

void TaskGroup::Spawn(Task<void> task) {
  ++running_;
  io_.Spawn(Track(this, std::move(task)));
}

Task<void> TaskGroup::Track(TaskGroup* group, Task<void> task) {
  co_await std::move(task);
  if (--group->running_ == 0) group->done_.NotifyAll();
}

Task<bool> TaskGroup::Join(Time deadline) {
  bool woken = true;
  while (running_ > 0 && woken) woken = co_await done_.Wait(deadline);
  co_return running_ == 0;
}

}  // namespace darkroom
