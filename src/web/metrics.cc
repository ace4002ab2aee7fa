#include "web/metrics.h"

#include <prometheus/text_serializer.h>

#include <array>
#include <sstream>
#include <utility>

#include "web/fleet_words.h"

namespace darkroom::web {
namespace {

using prometheus::BuildCounter;
using prometheus::BuildGauge;
using prometheus::BuildHistogram;

// From a lookup in memory to a client that waits its five minutes.
const prometheus::Histogram::BucketBoundaries kRequestBuckets{0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1,
                                                              0.25,  0.5,    1,     2.5,  10,    60,   300};
const prometheus::Histogram::BucketBoundaries kJobBuckets{0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1,
                                                          2.5,  5,     10,   30,  60,   300, 1800};

}  // namespace

Metrics::Metrics(const std::string& version)
    : requests_(BuildCounter().Name("darkroom_http_requests_total").Help("Requests answered.").Register(registry_)),
      request_seconds_(BuildHistogram()
                           .Name("darkroom_http_request_duration_seconds")
                           .Help("From the end of a request's header to its answer, waiting for results included.")
                           .Register(registry_)),
      submitted_(BuildCounter().Name("darkroom_jobs_submitted_total").Help("Jobs accepted.").Register(registry_)),
      settled_(BuildCounter()
                   .Name("darkroom_jobs_settled_total")
                   .Help("Jobs that ended while this process ran, by how they ended.")
                   .Register(registry_)),
      settle_seconds_(BuildHistogram()
                          .Name("darkroom_job_duration_seconds")
                          .Help("From a job's upload to its end.")
                          .Register(registry_)),
      jobs_(BuildGauge().Name("darkroom_jobs").Help("Jobs that are stored, by state.").Register(registry_)),
      messages_(BuildGauge()
                    .Name("darkroom_queue_messages")
                    .Help("Messages of the request queues, by whether a worker can have them now.")
                    .Register(registry_)),
      oldest_seconds_(BuildGauge()
                          .Name("darkroom_queue_oldest_message_age_seconds")
                          .Help("Age of the oldest message that is not done; 0 when there is none.")
                          .Register(registry_)),
      workers_(BuildGauge().Name("darkroom_workers").Help("Workers of the fleet, by state.").Register(registry_)),
      model_quarantined_(BuildGauge()
                             .Name("darkroom_model_quarantined")
                             .Help("1 when the model crashed its workers and is not run any more.")
                             .Register(registry_)),
      reports_repeated_(BuildCounter()
                            .Name("darkroom_reports_repeated_total")
                            .Help("Outcomes of jobs that had one already: work that was done twice.")
                            .Register(registry_)
                            .Add({})),
      reports_unreadable_(BuildCounter()
                              .Name("darkroom_reports_unreadable_total")
                              .Help("Reports and dead requests that made no sense and were dropped.")
                              .Register(registry_)
                              .Add({})),
      jobs_gave_up_(BuildCounter()
                        .Name("darkroom_jobs_gave_up_total")
                        .Help("Jobs of which every attempt ended without an outcome.")
                        .Register(registry_)
                        .Add({})) {
  BuildGauge()
      .Name("darkroom_build_info")
      .Help("Always 1; the label says what runs.")
      .Register(registry_)
      .Add({{"version", version}})
      .Set(1);
}

Metrics::Route::Route(prometheus::Family<prometheus::Counter>& requests, prometheus::Histogram& seconds,
                      std::string method, std::string pattern)
    : requests_(requests), seconds_(seconds), method_(std::move(method)), pattern_(std::move(pattern)) {}

void Metrics::Route::Observe(int status, Duration took) {
  requests_.Add({{"method", method_}, {"route", pattern_}, {"status", std::to_string(status)}}).Increment();
  seconds_.Observe(Seconds(took));
}

Metrics::Route Metrics::ForRoute(const std::string& method, const std::string& pattern) {
  auto& seconds = request_seconds_.Add({{"method", method}, {"route", pattern}}, kRequestBuckets);
  return Route(requests_, seconds, method, pattern);
}

void Metrics::CountSubmitted(const Job& job) {
  submitted_.Add({{"model", job.model.name}, {"priority", std::string(Name(job.priority))}}).Increment();
  CountNews(job);  // a picture that is none has ended at once
}

void Metrics::CountNews(const Job& job) {
  if (!IsTerminal(job.state)) return;
  settled_.Add({{"model", job.model.name}, {"state", std::string(Name(job.state))}}).Increment();
  if (!job.timeline.received || !job.timeline.settled) return;
  settle_seconds_.Add({{"model", job.model.name}}, kJobBuckets)
      .Observe(Seconds(*job.timeline.settled - *job.timeline.received));
}

void Metrics::SetJobs(const Backlog::JobCounts& counts) {
  for (const JobState state : kJobStates) {
    jobs_.Add({{"state", std::string(Name(state))}}).Set(double(counts[std::size_t(state)]));
  }
}

void Metrics::SetQueues(const Backlog::Queues& queues) {
  for (const Priority priority : kPriorities) {
    const std::string name(Name(priority));
    const QueueStats& stats = queues.by_priority[std::size_t(priority)];
    messages_.Add({{"priority", name}, {"state", "visible"}}).Set(double(stats.visible));
    messages_.Add({{"priority", name}, {"state", "in_flight"}}).Set(double(stats.in_flight));
    messages_.Add({{"priority", name}, {"state", "delayed"}}).Set(double(stats.delayed));
    oldest_seconds_.Add({{"priority", name}}).Set(Seconds(stats.oldest_age.value_or(0us)));
  }
}

void Metrics::SetReports(const ReportCounts& counts) {
  const auto set = [](prometheus::Counter& counter, std::uint64_t value) {
    counter.Increment(double(value) - counter.Value());
  };
  set(reports_repeated_, counts.repeated);
  set(reports_unreadable_, counts.unreadable);
  set(jobs_gave_up_, counts.gave_up);
}

void Metrics::SetWorkers(const std::vector<FleetMember>& members) {
  for (const MemberState state : kMemberStates) {
    const auto count = std::ranges::count(members, state, &FleetMember::state);
    workers_.Add({{"state", std::string(Name(state))}}).Set(double(count));
  }
}

void Metrics::ClearModels() {
  for (prometheus::Gauge* gauge : models_) model_quarantined_.Remove(gauge);
  models_.clear();
}

void Metrics::AddModel(const std::string& name, const std::string& version, bool quarantined) {
  prometheus::Gauge& gauge = model_quarantined_.Add({{"model", name}, {"version", version}});
  gauge.Set(quarantined ? 1 : 0);
  models_.push_back(&gauge);
}

std::string Metrics::Text() const {
  std::ostringstream text;
  prometheus::TextSerializer().Serialize(text, registry_.Collect());
  return text.str();
}

}  // namespace darkroom::web
