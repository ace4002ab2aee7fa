#include "web/web.h"

#include "web/assets.h"
#include "web/backlog.h"
#include "web/browser_guard.h"
#include "web/event_streams.h"
#include "web/jobs_api.h"
#include "web/metrics.h"
#include "web/routes.h"
#include "web/service_api.h"
#include "web/submit.h"
#include "web/wait.h"

namespace darkroom::web {

struct Web::Parts {
  Parts(WebDeps given_deps, WebOptions given_options);

  void AddRoutes();
  Task<http::Response> Handle(http::Request& request);

  const WebDeps deps;
  const WebOptions options;
  Stopping stopping;
  Metrics metrics;
  Backlog backlog;
  Submitter submitter;
  JobsApi jobs;
  EventStreams events;
  ServiceApi service;
  Assets assets;
  const BrowserGuard guard;
  Routes routes;
};

Web::Parts::Parts(WebDeps given_deps, WebOptions given_options)
    : deps(given_deps),
      options(std::move(given_options)),
      metrics(options.version),
      backlog(deps, options.max_queued),
      submitter(deps, options, backlog, [this](const Job& job) { metrics.CountSubmitted(job); }),
      jobs(deps, options, stopping, submitter),
      events(deps, stopping),
      service(deps, options, backlog, metrics),
      assets(PageFiles()),
      guard(options),
      routes(deps.clock, metrics) {
  AddRoutes();
}

void Web::Parts::AddRoutes() {
  const auto add = [this](const char* method, const char* pattern, auto& api, auto member) {
    routes.Add(method, pattern, [&api, member](http::Request& request) { return (api.*member)(request); });
  };
  add("POST", "/v1/jobs", jobs, &JobsApi::Submit);
  add("GET", "/v1/jobs", jobs, &JobsApi::List);
  add("GET", "/v1/jobs/{id}", jobs, &JobsApi::Get);
  add("DELETE", "/v1/jobs/{id}", jobs, &JobsApi::Cancel);
  add("GET", "/v1/jobs/{id}/input", jobs, &JobsApi::GetInput);
  add("GET", "/v1/jobs/{id}/artifacts/{name}", jobs, &JobsApi::GetArtifact);
  add("GET", "/v1/jobs/{id}/events", events, &EventStreams::OfJob);
  add("GET", "/v1/batches/{id}", jobs, &JobsApi::GetBatch);
  add("DELETE", "/v1/batches/{id}", jobs, &JobsApi::CancelBatch);
  add("GET", "/v1/batches/{id}/events", events, &EventStreams::OfBatch);
  add("GET", "/v1/models", service, &ServiceApi::ListModels);
  add("GET", "/v1/status", service, &ServiceApi::GetStatus);
  add("GET", "/healthz", service, &ServiceApi::GetHealth);
  add("GET", "/readyz", service, &ServiceApi::GetReadiness);
  add("GET", "/metrics", service, &ServiceApi::GetMetrics);
  add("GET", "/openapi.json", service, &ServiceApi::GetOpenapi);
  add("GET", "/problems/{code}", service, &ServiceApi::GetProblem);
  add("POST", "/", jobs, &JobsApi::SubmitForLabel);
  add("GET", "/", assets, &Assets::GetIndex);
  add("GET", "/assets/{path...}", assets, &Assets::GetAsset);
}

Task<http::Response> Web::Parts::Handle(http::Request& request) {
  http::Response response;
  auto problem = guard.Check(request);
  auto preflight = guard.Preflight(request);
  if (problem) {
    response = ToResponse(*problem, request.path);
  } else if (preflight) {
    response = std::move(*preflight);
  } else {
    response = co_await routes.router().Handle(request);
  }
  response.headers.Set("X-Content-Type-Options", "nosniff");
  guard.AllowOrigin(request, response);
  co_return response;
}

Web::Web(WebDeps deps, WebOptions options) : parts_(std::make_unique<Parts>(deps, std::move(options))) {
  parts_->deps.news.Observe([metrics = &parts_->metrics](const Job& job) { metrics->CountNews(job); });
}

Web::~Web() { parts_->deps.news.Observe(nullptr); }

http::Handler Web::handler() {
  return [parts = parts_.get()](http::Request& request) { return parts->Handle(request); };
}

const http::Router& Web::router() const { return parts_->routes.router(); }

Task<void> Web::Stop() {
  parts_->stopping.now = true;
  parts_->deps.news.WakeAll();
  co_await parts_->submitter.Finish();
}

}  // namespace darkroom::web
