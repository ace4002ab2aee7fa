#include "web/event_streams.h"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <charconv>
#include <limits>

#include "http/event_stream.h"
#include "web/job_json.h"

namespace darkroom::web {
namespace {

constexpr Duration kKeepAlive = 15s;
constexpr int kPage = 500;  // jobs read and written at a time

// After which change the client has everything; 0: nothing yet, or not a number of ours.
std::int64_t LastEventId(const http::Request& request) {
  const std::string_view text = request.headers.Get("Last-Event-ID");
  std::int64_t id = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), id);
  return error == std::errc() && end == text.data() + text.size() && id > 0 ? id : 0;
}

}  // namespace

Task<OrProblem<http::Response>> EventStreams::OfJob(http::Request& request) {
  const auto id = Id::Parse(request.params["id"]);
  if (!id) co_return Refuse(NoSuch("job"));
  auto job = co_await deps_.jobs.Get(*id);
  if (!job) co_return Refuse(job.error());
  if (!*job) co_return Refuse(NoSuch("job"));
  const Scope scope{(*job)->batch, (*job)->id};
  co_return Open(scope, LastEventId(request));
}

Task<OrProblem<http::Response>> EventStreams::OfBatch(http::Request& request) {
  const auto id = Id::Parse(request.params["id"]);
  if (!id) co_return Refuse(NoSuch("batch"));
  auto batch = co_await deps_.jobs.GetBatch(*id);
  if (!batch) co_return Refuse(batch.error());
  if (!*batch) co_return Refuse(NoSuch("batch"));
  const Scope scope{(*batch)->id, std::nullopt};
  co_return Open(scope, LastEventId(request));
}

http::Response EventStreams::Open(Scope scope, std::int64_t after) {
  http::Response response;
  response.headers.Set("Content-Type", "text/event-stream");
  response.headers.Set("Cache-Control", "no-store");
  response.headers.Set("X-Accel-Buffering", "no");  // proxies hold events back otherwise
  response.stream = [this, scope, after](http::ResponseStream& stream) { return Run(stream, scope, after); };
  return response;
}

Task<void> EventStreams::Run(http::ResponseStream& stream, Scope scope, std::int64_t after) {
  JobNews::Subscription news(deps_.news, scope.batch);
  stream.OnClosed([&news] { news.Wake(); });
  while (true) {
    news.Take();  // what it tells is read below
    // Whether all has ended is asked before the changes are: then these are the last.
    auto done = co_await Done(scope);
    auto changed = co_await Changed(scope, after);
    if (!done || !changed) {
      // The client connects again and resumes; an event stream has no other way to say it.
      spdlog::warn("event stream of batch {} ends: {}", scope.batch.ToString(),
                   (done ? changed.error() : done.error()).message());
      co_return;
    }
    const bool more = changed->size() == kPage;
    const bool ends = *done && !more;
    std::string events;
    for (const Job& job : *changed) {
      after = std::max(after, job.change);
      events += http::Format({std::to_string(job.change), "job", JsonOf(job)});
    }
    if (ends) events += http::Format({"", "done", **done});
    if (!events.empty()) {
      const auto written = co_await stream.Write(std::move(events));
      if (!written) co_return;
    }
    if (ends || stopping_.now || stream.closed()) co_return;
    if (more) continue;
    const bool woken = co_await news.Wait(deps_.clock.Now() + kKeepAlive);
    if (stream.closed() && !stopping_.now) co_return;
    if (!woken && !stopping_.now) {
      std::string comment(http::KeepAliveComment());
      const auto written = co_await stream.Write(std::move(comment));
      if (!written) co_return;
    }
  }
}

Task<Result<std::vector<Job>>> EventStreams::Changed(Scope scope, std::int64_t after) {
  if (!scope.job) {
    co_return co_await deps_.jobs.ListChanged(scope.batch, after, kPage);
  }
  auto job = co_await deps_.jobs.Get(*scope.job);
  if (!job) co_return Fail(job.error());
  std::vector<Job> changed;
  if (*job && (*job)->change > after) changed.push_back(std::move(**job));
  co_return changed;
}

Task<Result<std::optional<std::string>>> EventStreams::Done(Scope scope) {
  if (scope.job) {
    auto job = co_await deps_.jobs.Get(*scope.job);
    if (!job) co_return Fail(job.error());
    if (!*job) co_return "{}";
    if (!IsTerminal((*job)->state)) co_return std::nullopt;
    co_return JsonOf(**job);
  }
  auto batch = co_await deps_.jobs.GetBatch(scope.batch);
  if (!batch) co_return Fail(batch.error());
  if (!*batch) co_return "{}";
  if (!(*batch)->done()) co_return std::nullopt;
  co_return JsonOf(**batch);
}

}  // namespace darkroom::web
