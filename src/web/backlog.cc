#include "web/backlog.h"

#include <fmt/format.h>

#include <algorithm>

namespace darkroom::web {
namespace {

constexpr Duration kMaxAge = 1s;
constexpr int kRetryAfterSeconds = 5;

void AddTo(QueueStats& total, const QueueStats& stats) {
  total.visible += stats.visible;
  total.in_flight += stats.in_flight;
  total.delayed += stats.delayed;
  if (stats.oldest_age) total.oldest_age = std::max(total.oldest_age.value_or(0us), *stats.oldest_age);
}

}  // namespace

Task<Result<Backlog::JobCounts>> Backlog::Jobs() {
  const std::int64_t added_before = added_;
  auto counts = co_await deps_.jobs.Counts();
  if (!counts) co_return Fail(counts.error());
  queued_ = (*counts)[std::size_t(JobState::kQueued)];
  read_ = deps_.clock.Now();
  added_ -= std::min(added_, added_before);
  co_return *counts;
}

Task<Result<Backlog::Queues>> Backlog::RequestQueues() const {
  Queues queues;
  for (std::size_t i = 0; i < deps_.requests.size(); ++i) {
    auto stats = co_await deps_.requests[i]->Stats();
    if (!stats) co_return Fail(stats.error().During("queue " + deps_.requests[i]->name()));
    queues.by_priority[i] = *stats;
    AddTo(queues.total, *stats);
  }
  co_return queues;
}

Task<OrProblem<void>> Backlog::CheckRoom() {
  if (!read_ || deps_.clock.Now() - *read_ >= kMaxAge) {
    auto counts = co_await Jobs();
    if (!counts) co_return Refuse(counts.error());
  }
  const std::int64_t waiting = queued_ + added_;
  if (waiting < max_queued_) co_return OrProblem<void>();
  Problem problem(
      "queue_full",
      fmt::format("{} jobs are waiting, the bound is {}; try again in {} s", waiting, max_queued_, kRetryAfterSeconds),
      {{"limit", max_queued_}});
  problem.headers.Set("Retry-After", std::to_string(kRetryAfterSeconds));
  co_return Refuse(std::move(problem));
}

}  // namespace darkroom::web
