// Real answers against the schemas that /openapi.json promises for them.
#include <gmock/gmock.h>

#include "base/crypto.h"
#include "web/schema_check.h"
#include "web/service_api.h"
#include "web/web_fixture.h"

namespace darkroom::web {
namespace {

using testing::IsEmpty;

class Contract : public WebFixture {
 protected:
  std::vector<std::string> Against(std::string_view schema, const http::Response& response) {
    return check_.Check(ParseJson(response.body).value(), schema);
  }
  const SchemaCheck check_{ParseJson(OpenapiDocument()).value()};
};

TEST_F(Contract, TheCheckFindsWhatIsWrong) {
  const auto findings = [this](std::string_view text, std::string_view schema) {
    return check_.Check(ParseJson(text).value(), schema);
  };
  EXPECT_THAT(findings(R"({"code":1})", "Problem"), testing::Contains("/code: is not \"string\": 1"));
  EXPECT_THAT(findings(R"({"code":"none"})", "Problem"), testing::Contains("/code: is none of its enum: \"none\""));
  EXPECT_THAT(findings("{}", "JobPage"), testing::ElementsAre(": has no jobs", ": has no next_cursor"));
  EXPECT_THAT(findings(R"({"received":"today"})", "Timeline"), testing::SizeIs(1));
  EXPECT_THAT(findings(R"({"rested":"2026-11-21T10:00:00Z"})", "Timeline"),
              testing::ElementsAre("/rested: is not described"));
}

TEST_F(Contract, JobsInEveryState) {
  const auto submitted = PostForm({{"f", "0.png", Png()},
                                   {"f", "1.png", Png()},
                                   {"f", "2.png", Png()},
                                   {"f", "3.png", "no picture"},
                                   {"top_k", {}, "3"},
                                   {"deadline_ms", {}, "100000"},
                                   {"email", {}, "ann@example.org"},
                                   {"webhook", {}, "https://example.org/hook"},
                                   {"metadata", {}, R"({"order":7})"}});
  ASSERT_EQ(submitted.status, 202) << submitted.body;
  EXPECT_THAT(Against("Submission", submitted), IsEmpty());
  StartJob(JobIdOf(submitted, 1));
  Settle(JobIdOf(submitted, 2));
  for (int i = 0; i < 4; ++i) {
    EXPECT_THAT(Against("Job", Get("/v1/jobs/" + JobIdOf(submitted, i).ToString())), IsEmpty()) << i;
  }
  EXPECT_THAT(Against("Job", Ask({.method = "DELETE", .target = "/v1/jobs/" + JobIdOf(submitted, 0).ToString()})),
              IsEmpty());
  EXPECT_THAT(Against("JobPage", Get("/v1/jobs?limit=2")), IsEmpty());
  EXPECT_THAT(Against("JobPage", Get("/v1/jobs")), IsEmpty());
  const std::string batch = "/v1/batches/" + BatchIdOf(submitted).ToString();
  EXPECT_THAT(Against("Batch", Get(batch)), IsEmpty());
  EXPECT_THAT(Against("Batch", Ask({.method = "DELETE", .target = batch})), IsEmpty());
}

TEST_F(Contract, WhatTheServiceSaysOfItself) {
  FakeFleet fleet;
  fleet.members = {{.id = "w1", .state = MemberState::kReady, .started = clock_.Now()}};
  fleet_ = &fleet;
  Open({});
  Post("/v1/jobs", "image/png", Png());
  for (int crash = 0; crash < 3; ++crash) {
    quarantine_.Crashed({"furniture", "1.1", ""}, Id::Make(clock_.Now()), "exited with status 1", clock_.Now());
  }
  EXPECT_THAT(Against("Problem", Post("/v1/jobs", "image/png", Png())), IsEmpty());
  EXPECT_THAT(Against("Status", Get("/v1/status")), IsEmpty());
  EXPECT_THAT(Against("ModelList", Get("/v1/models")), IsEmpty());
}

TEST_F(Contract, Problems) {
  Open({.max_file_bytes = 200, .max_files = 1, .check_host = true});
  const http::Headers host{{"Host", "localhost"}};
  const http::Headers image{{"Host", "localhost"}, {"Content-Type", "image/png"}};
  const auto post = [&](std::string body) {
    return Ask({.method = "POST", .target = "/v1/jobs", .headers = image, .body = std::move(body)});
  };
  const http::Response answers[] = {
      Get("/v1/jobs"),
      Ask({.target = "/nowhere", .headers = host}),
      Ask({.target = "/v1/jobs?limit=x", .headers = host}),
      Ask({.method = "PUT", .target = "/v1/jobs", .headers = host}),
      post("no picture"),
      post(Png() + std::string(300, 'x')),
      post(Png(9000, 9000)),
  };
  for (const auto& answer : answers) {
    EXPECT_GE(answer.status, 400) << answer.body;
    EXPECT_THAT(Against("Problem", answer), IsEmpty()) << answer.body;
  }
}

TEST_F(Contract, ProblemsOfTheServerItself) {
  for (const int status : {400, 408, 431, 500, 501, 505}) {
    const auto answer = Refusal(status, "words");
    EXPECT_EQ(answer.status, status);
    EXPECT_EQ(answer.headers.Get("Content-Type"), "application/problem+json");
    EXPECT_EQ(Json(answer).at("status").as_int64(), status);
    EXPECT_EQ(Json(answer).at("detail").as_string(), "words");
    EXPECT_THAT(Against("Problem", answer), IsEmpty()) << answer.body;
  }
}

}  // namespace
}  // namespace darkroom::web
