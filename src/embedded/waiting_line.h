// WaitingLine: the receivers that wait for one queue's messages, in the order they came.
//
// It never polls: whoever makes messages visible calls Wake, and a timer stands at the end of the next lease or delay
// while somebody waits. A receiver that was woken and finds more messages than it takes wakes the next.
// Threads: the I/O thread. Owned by shared_ptr: the clock's callbacks hold it.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>

#include "base/async.h"
#include "base/clock.h"

namespace darkroom::embedded {

class WaitingLine : public std::enable_shared_from_this<WaitingLine> {
 public:
  explicit WaitingLine(Clock& clock) : clock_(clock) {}
  WaitingLine(const WaitingLine&) = delete;

  // A place in the order; kept by a receiver that was woken for nothing.
  using Ticket = std::uint64_t;
  Ticket TakeTicket() { return ++last_ticket_; }
  bool empty() const { return waiters_.empty(); }

  // Waits until woken (true) or until `deadline` (false).
  Task<bool> Wait(Ticket ticket, Time deadline, std::optional<Time> next_due);
  // Wakes the first `count`, or all when they are fewer. Returns how many.
  std::int64_t Wake(std::int64_t count);
  void WakeAll() { Wake(std::int64_t(waiters_.size())); }
  // A lease or delay ends at `due`.
  void NoteDue(std::optional<Time> due);

 private:
  struct Waiter {
    std::move_only_function<void(bool)> resume;
    Clock::TimerId timer = 0;
  };

  void TimeOut(Ticket ticket);
  void DisarmIfEmpty();

  Clock& clock_;
  Ticket last_ticket_ = 0;
  std::map<Ticket, Waiter> waiters_;
  Time due_ = Time::max();  // when the timer goes off; max: there is none
  Clock::TimerId due_timer_ = 0;
};

}  // namespace darkroom::embedded
