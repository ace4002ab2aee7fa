#include "web/routes.h"

#include <utility>

#include "base/json_writer.h"
#include "web/client_text.h"

namespace darkroom::web {
namespace {

Task<OrProblem<http::Response>> Nothing(http::Request& request) {
  co_return Refuse("not_found",
                   "there is nothing at " + CleanText(request.path, 200) + "; GET /openapi.json lists what there is");
}

}  // namespace

struct Routes::Served {
  Clock& clock;
  Metrics::Route metrics;
  ApiHandler handler;
};

Routes::~Routes() = default;

Routes::Routes(Clock& clock, Metrics& metrics) : clock_(clock), metrics_(metrics) {
  served_.emplace_back(new Served{clock, metrics.ForRoute("*", "none"), Nothing});
  Served* served = served_.back().get();
  router_.set_not_found([served](http::Request& request) { return Serve(served, request); });
  router_.set_method_not_allowed([served](const http::Request& request, std::string allow) {
    Problem problem("method_not_allowed", CleanText(request.method, 20) + " does not work here; " + allow + " do");
    problem.headers.Set("Allow", allow);
    const http::Response response = ToResponse(problem, request.path);
    served->metrics.Observe(response.status, 0us);
    return response;
  });
}

void Routes::Add(const std::string& method, const std::string& pattern, ApiHandler handler) {
  served_.emplace_back(new Served{clock_, metrics_.ForRoute(method, pattern), std::move(handler)});
  Served* served = served_.back().get();
  router_.Add(method, pattern, [served](http::Request& request) { return Serve(served, request); });
}

Task<http::Response> Routes::Serve(Served* served, http::Request& request) {
  const Time begun = served->clock.Now();
  auto answer = co_await served->handler(request);
  http::Response response = answer ? std::move(*answer) : ToResponse(answer.error(), request.path);
  served->metrics.Observe(response.status, served->clock.Now() - begun);
  co_return response;
}

http::Response JsonAnswer(int status, const json::object& body) { return JsonTextAnswer(status, WriteJson(body)); }

http::Response JsonTextAnswer(int status, std::string body) {
  auto response = http::Response::Json(status, std::move(body.append("\n")));
  response.headers.Set("Cache-Control", "no-store");
  return response;
}

}  // namespace darkroom::web
