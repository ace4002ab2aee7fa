// Metrics: what GET /metrics tells Prometheus (https://prometheus.io/docs/practices/naming/): base units, `_total` for
// counters. Counters start at zero with the process; gauges are read when they are asked for.
// Threads: the loop's alone.
#pragma once

#include <prometheus/counter.h>
#include <prometheus/family.h>
#include <prometheus/gauge.h>
#include <prometheus/histogram.h>
#include <prometheus/registry.h>

#include <string>
#include <vector>

#include "domain/job.h"
#include "ports/fleet.h"
#include "web/backlog.h"

namespace darkroom::web {

class Metrics {
 public:
  explicit Metrics(const std::string& version);

  // One route's instruments, looked up once.
  class Route {
   public:
    void Observe(int status, Duration took);

   private:
    friend class Metrics;
    Route(prometheus::Family<prometheus::Counter>& requests, prometheus::Histogram& seconds, std::string method,
          std::string pattern);
    prometheus::Family<prometheus::Counter>& requests_;
    prometheus::Histogram& seconds_;
    const std::string method_;
    const std::string pattern_;
  };
  Route ForRoute(const std::string& method, const std::string& pattern);

  void CountSubmitted(const Job& job);
  // News of a job: counted when it is its end.
  void CountNews(const Job& job);

  void SetJobs(const Backlog::JobCounts& counts);
  void SetQueues(const Backlog::Queues& queues);
  void SetReports(const ReportCounts& counts);
  // The models there are, one after the other, and which of them are in quarantine.
  void ClearModels();
  void AddModel(const std::string& name, const std::string& version, bool quarantined);
  void SetWorkers(const std::vector<FleetMember>& members);
  std::string Text() const;  // Prometheus' text format 0.0.4

 private:
  prometheus::Registry registry_;
  prometheus::Family<prometheus::Counter>& requests_;
  prometheus::Family<prometheus::Histogram>& request_seconds_;
  prometheus::Family<prometheus::Counter>& submitted_;
  prometheus::Family<prometheus::Counter>& settled_;
  prometheus::Family<prometheus::Histogram>& settle_seconds_;
  prometheus::Family<prometheus::Gauge>& jobs_;
  prometheus::Family<prometheus::Gauge>& messages_;
  prometheus::Family<prometheus::Gauge>& oldest_seconds_;
  prometheus::Family<prometheus::Gauge>& workers_;
  prometheus::Family<prometheus::Gauge>& model_quarantined_;
  std::vector<prometheus::Gauge*> models_;  // of model_quarantined_: packages come and go
  prometheus::Counter& reports_repeated_;
  prometheus::Counter& reports_unreadable_;
  prometheus::Counter& jobs_gave_up_;
};

}  // namespace darkroom::web
