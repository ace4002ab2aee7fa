#include "web/service_api.h"

#include <gmock/gmock.h>

#include <set>

#include "web/assets.h"
#include "web/web_fixture.h"

namespace darkroom::web {
namespace {

using testing::HasSubstr;

class Service : public WebFixture {};

// "{path...}" of the router is "{path}" in OpenAPI.
std::string OpenapiPath(std::string pattern) {
  const auto dots = pattern.find("...}");
  if (dots != std::string::npos) pattern.erase(dots, 3);
  return pattern;
}

void CollectReferences(const json::value& value, std::set<std::string>& references) {
  if (value.is_array()) {
    for (const auto& item : value.as_array()) CollectReferences(item, references);
  } else if (value.is_object()) {
    for (const auto& [key, item] : value.as_object()) {
      if (key == "$ref") references.insert(std::string(item.as_string()));
      CollectReferences(item, references);
    }
  }
}

TEST_F(Service, TheDescriptionNamesEveryRouteAndNoOther) {
  const auto document = ParseJsonObject(OpenapiDocument()).value();
  EXPECT_EQ(document.at("openapi").as_string(), "3.1.0");
  std::set<std::string> described;
  for (const auto& [path, item] : document.at("paths").as_object()) {
    for (const auto& [method, operation] : item.as_object()) {
      std::string name(method);
      std::ranges::transform(name, name.begin(), [](unsigned char c) { return char(std::toupper(c)); });
      described.insert(name + " " + std::string(path));
    }
  }
  std::set<std::string> served;
  for (const auto& route : web_->router().routes()) served.insert(route.method + " " + OpenapiPath(route.pattern));
  EXPECT_EQ(described, served);
}

TEST_F(Service, TheDescriptionRefersOnlyToWhatItHas) {
  const auto document = json::value(ParseJsonObject(OpenapiDocument()).value());
  std::set<std::string> references;
  CollectReferences(document, references);
  EXPECT_GT(references.size(), 10u);
  for (const std::string& reference : references) {
    boost::system::error_code error;
    ASSERT_TRUE(reference.starts_with("#/")) << reference;
    EXPECT_NE(document.find_pointer(reference.substr(1), error), nullptr) << reference;
  }
}

TEST_F(Service, TheDescriptionNamesEveryProblem) {
  const auto document = json::value(ParseJsonObject(OpenapiDocument()).value());
  std::set<std::string> described;
  for (const auto& code : document.at_pointer("/components/schemas/Problem/properties/code/enum").as_array()) {
    described.insert(std::string(code.as_string()));
  }
  for (const ProblemKind& kind : ProblemKinds()) {
    EXPECT_TRUE(described.erase(std::string(kind.code))) << kind.code;
    EXPECT_EQ(Get("/problems/" + std::string(kind.code)).status, 200);
  }
  EXPECT_TRUE(described.empty());
}

TEST_F(Service, AModelInQuarantineIsShownWithItsReason) {
  for (int crash = 0; crash < 3; ++crash) {
    quarantine_.Crashed({"furniture", "1.0", ""}, Id::Make(clock_.Now()), "exited with status 1", clock_.Now());
  }
  const std::string reason = "3 workers crashed while they ran 3 jobs of it, the last exited with status 1";
  const auto models = Json(Get("/v1/models")).at("models").as_array();
  EXPECT_FALSE(models[0].as_object().contains("quarantine"));
  EXPECT_EQ(models[1].at("version").as_string(), "1.0");
  EXPECT_EQ(models[1].at("quarantine").at("reason").as_string(), reason);
  EXPECT_EQ(models[1].at("quarantine").at("since").as_string(), FormatTime(clock_.Now()));
  const auto status = Json(Get("/v1/status"));
  ASSERT_EQ(status.at("quarantine").as_array().size(), 1u);
  EXPECT_EQ(status.at("quarantine").at(0).at("model").as_string(), "furniture");
  EXPECT_EQ(status.at("quarantine").at(0).at("version").as_string(), "1.0");
  EXPECT_EQ(status.at("quarantine").at(0).at("reason").as_string(), reason);
  EXPECT_THAT(Get("/metrics").body, HasSubstr("darkroom_model_quarantined{model=\"furniture\",version=\"1.0\"} 1\n"));
  EXPECT_THAT(Get("/metrics").body, HasSubstr("darkroom_model_quarantined{model=\"furniture\",version=\"1.1\"} 0\n"));
  quarantine_.Lift({"furniture", "1.0", ""});
  EXPECT_FALSE(Json(Get("/v1/models")).at("models").at(1).as_object().contains("quarantine"));
  models_->Replace({.packages = {model::NoopPackage()}, .errors = {}});
  EXPECT_THAT(Get("/metrics").body, testing::Not(HasSubstr("model=\"furniture\",version")));
}

TEST_F(Service, ModelsAreListedWithTheDefaultAndTheBroken) {
  const auto body = Json(Get("/v1/models"));
  const auto& models = body.at("models").as_array();
  ASSERT_EQ(models.size(), 3u);
  EXPECT_EQ(models[0].at("name").as_string(), "furniture");
  EXPECT_EQ(models[0].at("version").as_string(), "1.1");
  EXPECT_TRUE(models[0].at("default").as_bool());
  EXPECT_EQ(models[0].at("labels").as_array().size(), 2u);
  EXPECT_FALSE(models[1].at("default").as_bool());
  EXPECT_EQ(body.at("errors").at(0).at("package").as_string(), "models/broken/model.toml:3");
  EXPECT_EQ(body.at("errors").at(0).at("message").as_string(), "[input] width must be a number");
}

TEST_F(Service, StatusCountsJobsAndMessages) {
  Open({.version = "9.9"});
  EXPECT_EQ(Json(Get("/v1/status")).at("jobs").at("queued").as_int64(), 0);
  PostForm({{"f", "a.png", Png()}, {"f", "bad", "x"}});
  const auto at_once = Json(Get("/v1/status"));
  EXPECT_EQ(at_once.at("jobs").at("queued").as_int64(), 1) << "what was read a moment ago is not told again";
  EXPECT_EQ(at_once.at("queue").at("visible").as_int64(), 1);
  clock_.Advance(5s);
  const auto status = Json(Get("/v1/status"));
  EXPECT_EQ(status.at("version").as_string(), "9.9");
  EXPECT_EQ(status.at("jobs").at("queued").as_int64(), 1);
  EXPECT_EQ(status.at("jobs").at("failed").as_int64(), 1);
  EXPECT_EQ(status.at("queue").at("visible").as_int64(), 1);
  EXPECT_GE(status.at("queue").at("oldest_age_s").to_number<double>(), 5);
}

TEST_F(Service, ANodeThatKnowsNoWorkersIsReady) {
  EXPECT_EQ(Get("/healthz").status, 200);
  EXPECT_EQ(Get("/readyz").status, 200);
}

TEST_F(Service, IsReadyOnceAWorkerIs) {
  FakeFleet fleet;
  fleet_ = &fleet;
  Open({});
  EXPECT_EQ(Get("/readyz").status, 503) << "no worker";
  fleet.members = {{.id = "w1", .state = MemberState::kStarting, .started = {}},
                   {.id = "w2", .state = MemberState::kDraining, .started = {}}};
  const auto starting = Get("/readyz");
  EXPECT_EQ(starting.status, 503);
  EXPECT_THAT(starting.body, HasSubstr("no worker is ready"));
  EXPECT_EQ(Get("/healthz").status, 200);
  fleet.members->front().state = MemberState::kReady;
  EXPECT_EQ(Get("/readyz").status, 200);
  EXPECT_EQ(Json(Get("/v1/status")).at("workers").at(0).at("state").as_string(), "ready");
  EXPECT_THAT(Get("/metrics").body, HasSubstr("darkroom_workers{state=\"draining\"} 1"));
  fleet.members = Fail(Code::kUnavailable, "the fleet is away");
  EXPECT_THAT(Get("/readyz").body, HasSubstr("the fleet is away"));
}

TEST_F(Service, MetricsCountSubmissionsEndsAndRequests) {
  Settle(JobIdOf(Post("/v1/jobs", "image/png", Png())));
  Post("/v1/jobs", "image/png", "not a picture");
  reports_ = {.repeated = 3, .gave_up = 1};
  Get("/metrics");
  reports_.repeated = 4;
  const std::string text = Get("/metrics").body;
  EXPECT_THAT(text, HasSubstr("darkroom_reports_repeated_total 4"));
  EXPECT_THAT(text, HasSubstr("darkroom_jobs_gave_up_total 1"));
  EXPECT_THAT(text, HasSubstr("darkroom_jobs_submitted_total{model=\"furniture\",priority=\"normal\"} 1"));
  EXPECT_THAT(text, HasSubstr("darkroom_jobs_settled_total{model=\"furniture\",state=\"succeeded\"} 1"));
  EXPECT_THAT(text, HasSubstr("darkroom_jobs{state=\"succeeded\"} 1"));
  EXPECT_THAT(text, HasSubstr("darkroom_http_requests_total{method=\"POST\",route=\"/v1/jobs\",status=\"415\"} 1"));
  EXPECT_THAT(text, HasSubstr("darkroom_queue_messages{priority=\"normal\",state=\"visible\"} 1"));
}

TEST_F(Service, ThePageAllowsNothingFromElsewhere) {
  const auto page = Get("/");
  EXPECT_EQ(page.status, 200);
  EXPECT_EQ(page.headers.Get("Content-Type"), "text/html; charset=utf-8");
  EXPECT_THAT(std::string(page.headers.Get("Content-Security-Policy")), HasSubstr("default-src 'self'"));
  EXPECT_THAT(std::string(page.static_body), HasSubstr("Darkroom"));
  const std::string etag(page.headers.Get("ETag"));
  EXPECT_EQ(Ask({.target = "/", .headers = {{"If-None-Match", etag}}}).status, 304);
  EXPECT_EQ(Get("/assets/none.js").status, 404);
}

Task<http::Response> GetFile(Assets& assets, http::Request& request) {
  auto answer = co_await assets.GetAsset(request);
  co_return answer ? std::move(*answer) : http::Response();
}

TEST(Assets, AreSentCompressedToWhoeverTakesIt) {
  const EmbeddedFile files[] = {{"assets/app-3JLTOJ5Q.js", "plain", "packed", "0123456789abcdef0123456789abcdef01"}};
  Assets assets(files);
  IoContext io;
  http::Request request;
  request.params["path"] = "app-3JLTOJ5Q.js";
  const auto plain = io.RunUntilDone(GetFile(assets, request));
  EXPECT_EQ(plain.static_body, "plain");
  EXPECT_THAT(std::string(plain.headers.Get("Cache-Control")), HasSubstr("immutable"));
  request.headers.Set("Accept-Encoding", "br;q=1.0, gzip;q=0.8");
  const auto packed = io.RunUntilDone(GetFile(assets, request));
  EXPECT_EQ(packed.static_body, "packed");
  EXPECT_EQ(packed.headers.Get("Content-Encoding"), "gzip");
  EXPECT_NE(packed.headers.Get("ETag"), plain.headers.Get("ETag"));
}

TEST(AcceptsGzip, ReadsWeights) {
  EXPECT_TRUE(AcceptsGzip("gzip"));
  EXPECT_TRUE(AcceptsGzip("deflate, gzip;q=0.5"));
  EXPECT_FALSE(AcceptsGzip("gzip;q=0, br"));
  EXPECT_FALSE(AcceptsGzip(""));
}

}  // namespace
}  // namespace darkroom::web
