// Coroutines: Task<T>, the one I/O thread of a process, and the bridges between it and other threads.
//
// The rule of the house: coroutines of a process run on one thread, its IoContext; they need no locks among themselves.
// What blocks (SQLite, files, inference, curl) runs on named threads of its own behind a bounded queue, and hands its
// answer back with Await or RunOn.
//
// GCC 12 destroys some temporaries inside a co_await expression twice or never. Keep arguments of an awaited call
// trivial or named: `auto request = Build(); auto r = co_await Send(std::move(request));`, and never put a lambda that
// captures by value, a braced aggregate or a std::string conversion into the awaited expression itself. Nor may
// co_await stand in the condition of an if, while, for or switch: GCC 12.2 lays the frame out wrongly there (PR 106188)
// and the program crashes; name the value first.
#pragma once

#include <boost/asio/associated_executor.hpp>
#include <boost/asio/async_result.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <deque>
#include <exception>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <type_traits>
#include <utility>

#include "base/clock.h"

namespace darkroom {

namespace asio = boost::asio;

// A coroutine that runs when awaited, on the executor of whoever awaits it.
template <class T>
using Task = asio::awaitable<T>;

// The event loop of a process. Run() on exactly one thread.
class IoContext {
 public:
  IoContext() : context_(1) {}

  asio::io_context& context() { return context_; }
  asio::io_context::executor_type executor() { return context_.get_executor(); }

  void Run() { context_.run(); }
  void Stop() { context_.stop(); }

  // Any thread: runs `fn` on the loop, later.
  template <class F>
  void Post(F fn) {
    asio::post(context_, std::move(fn));
  }

  // Any thread: starts a coroutine on the loop. An exception that leaves it is a bug and ends the process.
  void Spawn(Task<void> task);

  // Starts a coroutine and runs the loop until it has ended; returns its value. For main() and tests, on a loop that
  // nobody else runs.
  template <class T>
  T RunUntilDone(Task<T> task);

 private:
  asio::io_context context_;
};

// Suspends until the function that `start` is given has been called, from any thread, exactly once; resumes on the
// caller's executor with the value. `start` itself runs at once on the caller's thread.
//   int v = co_await Await<int>([&](std::move_only_function<void(int)> done) { thread.Push(std::move(done)); });
template <class T, class Start>
Task<T> Await(Start start) {
  auto initiate = [](auto handler, Start begin) {
    using Handler = decltype(handler);
    struct State {
      Handler handler;
      asio::executor_work_guard<asio::associated_executor_t<Handler>> work;
    };
    auto work = asio::make_work_guard(asio::get_associated_executor(handler));
    auto state = std::make_unique<State>(State{std::move(handler), std::move(work)});
    begin(std::move_only_function<void(T)>([state = std::move(state)](T value) mutable {
      auto executor = state->work.get_executor();
      asio::post(executor, [state = std::move(state), value = std::move(value)]() mutable {
        auto resume = std::move(state->handler);
        state.reset();
        std::move(resume)(std::move(value));
      });
    }));
  };
  return asio::async_initiate<const asio::use_awaitable_t<>, void(T)>(initiate, asio::use_awaitable, std::move(start));
}

// Suspends until `when`.
Task<void> SleepUntil(Clock& clock, Time when);

// A condition that coroutines of one loop wait for. Waiters wake in order; a notification with nobody waiting is lost
// (keep the state itself beside it). Use on the loop's thread alone; must outlive its waiters.
class Signal {
 public:
  explicit Signal(Clock& clock) : clock_(clock) {}
  Signal(const Signal&) = delete;
  ~Signal();

  // True when notified, false when `deadline` came first.
  Task<bool> Wait(Time deadline);
  Task<void> Wait();
  void NotifyAll();
  void NotifyOne();

 private:
  struct Waiter;
  Clock& clock_;
  std::deque<std::shared_ptr<Waiter>> waiters_;
};

// A named thread that runs functions in the order they were given; for work that blocks.
// Threads: Post from any thread. The destructor runs what was posted, then joins.
class WorkThread {
 public:
  explicit WorkThread(std::string name);  // name: at most 15 characters, seen in top and gdb
  ~WorkThread();
  void Post(std::move_only_function<void()> fn);

 private:
  struct State;
  std::unique_ptr<State> state_;
  std::thread thread_;
};

// Runs `fn` on `thread` (anything with Post) and resumes the caller, on its own executor, with what it returned.
template <class Thread, class F>
auto RunOn(Thread& thread, F fn) -> Task<std::invoke_result_t<F>> {
  using T = std::invoke_result_t<F>;
  auto start = [&thread, fn = std::move(fn)](std::move_only_function<void(T)> done) mutable {
    thread.Post([fn = std::move(fn), done = std::move(done)]() mutable { done(fn()); });
  };
  return Await<T>(std::move(start));
}

// Coroutines that end together: Spawn them, Cancel nothing, await Join before what they use goes away.
// Use on the loop's thread alone.
class TaskGroup {
 public:
  TaskGroup(IoContext& io, Clock& clock) : io_(io), done_(clock) {}
  ~TaskGroup();
  void Spawn(Task<void> task);
  int size() const { return running_; }
  // True when all have ended, false when `deadline` came first.
  Task<bool> Join(Time deadline = Time::max());

 private:
  static Task<void> Track(TaskGroup* group, Task<void> task);
  IoContext& io_;
  int running_ = 0;
  Signal done_;
};

template <class T>
T IoContext::RunUntilDone(Task<T> task) {
  std::exception_ptr failure;
  context_.restart();
  if constexpr (std::is_void_v<T>) {
    bool done = false;
    asio::co_spawn(context_, std::move(task), [&](std::exception_ptr e) { failure = e, done = true; });
    while (!done && context_.run_one() > 0) {
    }
    if (failure) std::rethrow_exception(failure);
    DR_CHECK(done);
  } else {
    std::optional<T> value;
    asio::co_spawn(context_, std::move(task), [&](std::exception_ptr e, T v) {
      failure = e;
      value.emplace(std::move(v));
    });
    while (!value && context_.run_one() > 0) {
    }
    if (failure) std::rethrow_exception(failure);
    DR_CHECK(value.has_value());
    return std::move(*value);
  }
}

}  // namespace darkroom
