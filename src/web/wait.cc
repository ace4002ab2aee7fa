#include "web/wait.h"

#include <spdlog/spdlog.h>

#include <algorithm>

#include "web/job_json.h"

namespace darkroom::web {
namespace {

constexpr Duration kReadAgain = 10s;

std::vector<Id> Open(const std::vector<Job>& jobs) {
  std::vector<Id> open;
  for (const Job& job : jobs) {
    if (!IsTerminal(job.state)) open.push_back(job.id);
  }
  return open;
}

}  // namespace

void Apply(std::vector<Job>& jobs, const Job& news) {
  if (news.index < 0 || news.index >= int(jobs.size())) return;
  Job& known = jobs[std::size_t(news.index)];
  if (known.id != news.id || news.change < known.change || IsTerminal(known.state)) return;
  // The mark of the sending is written beside, and may come after the outcome.
  const auto queued = news.timeline.queued ? news.timeline.queued : known.timeline.queued;
  known = news;
  known.timeline.queued = queued;
}

Task<bool> BatchWatch::Wait(Submission& submission, Time deadline) const {
  // What was loaded after the subscription is current; what was just created can only change by news.
  Time read_again = deps_.clock.Now() + kReadAgain;
  while (true) {
    for (const auto& job : submission.news->Take()) Apply(submission.jobs, *job);
    std::vector<Id> open = Open(submission.jobs);
    const Time now = deps_.clock.Now();
    if (open.empty() || stopping_.now || now >= deadline) {
      CountStates(submission.batch, submission.jobs);
      co_return open.empty();
    }
    if (now >= read_again) {
      auto jobs = co_await deps_.jobs.GetMany(std::move(open));
      if (jobs) {
        for (const Job& job : *jobs) Apply(submission.jobs, job);
      } else {
        spdlog::warn("jobs that a client waits for could not be read: {}", jobs.error().message());
      }
      read_again = deps_.clock.Now() + kReadAgain;
      continue;
    }
    co_await submission.news->Wait(std::min(deadline, read_again));
  }
}

}  // namespace darkroom::web
