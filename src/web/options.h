// What the web tier is given: the ports it stands on, and its bounds.
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "base/async.h"
#include "domain/quarantine.h"
#include "ports/fleet.h"
#include "ports/job_news.h"
#include "ports/job_store.h"
#include "ports/object_store.h"
#include "ports/queue.h"
#include "ports/worker_notices.h"
#include "web/model_catalog.h"

namespace darkroom::web {

// What became of workers' reports since the process that takes them started.
struct ReportCounts {
  std::uint64_t repeated = 0;  // outcomes of jobs that had one already
  std::uint64_t gave_up = 0;   // jobs of which every attempt ended without an outcome
  std::uint64_t unreadable = 0;
};

// All of them outlive the Web.
struct WebDeps {
  IoContext& io;
  Clock& clock;
  JobStore& jobs;
  ObjectStore& inputs;
  ObjectStore& outputs;
  std::array<Queue*, kPriorities.size()> requests;  // by Priority
  JobNews& news;
  const ModelCatalog& models;
  Fleet* fleet = nullptr;                  // nullptr: this node does not know the workers
  std::function<ReportCounts()> reports;   // empty: this node does not know
  WorkerNotices* notices = nullptr;        // nullptr: workers are not told of cancels
  const Quarantine* quarantine = nullptr;  // nullptr: no model is ever in quarantine
};

struct WebOptions {
  std::int64_t max_file_bytes = 25'000'000;
  int max_files = 1000;                          // of a submission
  std::int64_t max_pixels = 50'000'000;          // of a picture; a model may ask for fewer
  std::int64_t max_json_bytes = 64 << 20;        // of a JSON submission, which must be held in memory as a whole
  std::int64_t max_upload_memory = 256'000'000;  // bytes of all uploads under way that are held at a time; past it, 503
  std::int64_t max_queued = 1'000'000;           // jobs that wait; past that, 429
  // From the begin of a submission to the creation of its jobs. Its pictures stand in the store without a job so long:
  // whoever removes such pictures must wait longer.
  Duration max_upload = 12h;
  Duration max_wait = 300s;  // of `Prefer: wait` and POST /
  std::string version = "0";

  // Whether requests must name this machine in Host: localhost, 127.0.0.1, [::1] or one of allow_hosts. On when
  // listening on loopback, against pages that rebind their name to 127.0.0.1.
  bool check_host = false;
  std::vector<std::string> allow_hosts = {};    // "darkroom.example"
  std::vector<std::string> allow_origins = {};  // "https://app.example": other sites whose pages may use the API
};

}  // namespace darkroom::web
