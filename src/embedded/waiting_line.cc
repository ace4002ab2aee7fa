#include "embedded/waiting_line.h"

#include <algorithm>
#include <utility>

namespace darkroom::embedded {

Task<bool> WaitingLine::Wait(Ticket ticket, Time deadline, std::optional<Time> next_due) {
  const auto self = shared_from_this();
  auto start = [self, ticket, deadline, next_due](std::move_only_function<void(bool)> done) {
    const auto timer = self->clock_.CallAt(deadline, [self, ticket] { self->TimeOut(ticket); });
    self->waiters_.emplace(ticket, Waiter{std::move(done), timer});
    self->NoteDue(next_due);
  };
  co_return co_await Await<bool>(std::move(start));
}

void WaitingLine::TimeOut(Ticket ticket) {
  auto node = waiters_.extract(ticket);
  if (!node) return;  // woken in the meantime
  DisarmIfEmpty();
  node.mapped().resume(false);
}

std::int64_t WaitingLine::Wake(std::int64_t count) {
  std::int64_t woken = 0;
  for (; woken < count && !waiters_.empty(); ++woken) {
    auto node = waiters_.extract(waiters_.begin());
    clock_.Cancel(node.mapped().timer);
    node.mapped().resume(true);
  }
  DisarmIfEmpty();
  return woken;
}

void WaitingLine::NoteDue(std::optional<Time> due) {
  if (!due || waiters_.empty() || *due >= due_) return;
  if (due_ != Time::max()) clock_.Cancel(due_timer_);
  due_ = *due;
  due_timer_ = clock_.CallAt(due_, [self = shared_from_this(), at = due_] {
    if (self->due_ != at) return;  // set anew in the meantime
    self->due_ = Time::max();
    self->Wake(1);
  });
}

void WaitingLine::DisarmIfEmpty() {
  if (!waiters_.empty() || due_ == Time::max()) return;
  clock_.Cancel(due_timer_);
  due_ = Time::max();
}

}  // namespace darkroom::embedded
