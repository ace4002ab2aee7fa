#include "web/sent_marks.h"

#include <spdlog/spdlog.h>

#include <utility>

namespace darkroom::web {

void SentMarks::Add(std::vector<Id> jobs, Time at) {
  // Submissions of the same instant share a write. Others keep a time of their own: the timeline must be true.
  if (!waiting_.empty() && waiting_.back().at == at) {
    auto& last = waiting_.back().jobs;
    last.insert(last.end(), jobs.begin(), jobs.end());
  } else {
    waiting_.push_back({std::move(jobs), at});
  }
  if (!std::exchange(writing_, true)) writes_.Spawn(WriteAll(this));
}

Task<void> SentMarks::Finish() { co_await writes_.Join(); }

// One round after the other; the marks of a round are written side by side, so that an engine that commits in groups
// needs one commit for them.
Task<void> SentMarks::WriteAll(SentMarks* self) {
  while (!self->waiting_.empty()) {
    std::vector<Mark> round = std::exchange(self->waiting_, {});
    // The first is awaited here; the others are in the same commit or the next.
    for (std::size_t i = 1; i < round.size(); ++i) self->writes_.Spawn(Write(&self->jobs_, std::move(round[i])));
    co_await Write(&self->jobs_, std::move(round[0]));
  }
  self->writing_ = false;
}

Task<void> SentMarks::Write(JobStore* store, Mark mark) {
  const auto marked = co_await store->MarkSent(std::move(mark.jobs), mark.at);
  if (!marked)
    spdlog::warn("sent jobs were not marked, the sweeper will send them again: {}", marked.error().message());
}

}  // namespace darkroom::web
