#include "web/browser_guard.h"

#include <gtest/gtest.h>

namespace darkroom::web {
namespace {

std::string CodeFor(const WebOptions& options, std::string method, http::Headers headers) {
  http::Request request;
  request.method = std::move(method);
  request.headers = std::move(headers);
  const auto problem = BrowserGuard(options).Check(request);
  return problem ? std::string(problem->kind->code) : "";
}

TEST(BrowserGuard, ProgramsAndTheOwnPagePass) {
  EXPECT_EQ(CodeFor({}, "POST", {{"Host", "darkroom:8080"}}), "");
  EXPECT_EQ(CodeFor({}, "POST", {{"Host", "darkroom:8080"}, {"Origin", "http://darkroom:8080"}}), "");
  EXPECT_EQ(CodeFor({}, "POST", {{"Host", "darkroom:8080"}, {"Sec-Fetch-Site", "same-origin"}}), "");
}

TEST(BrowserGuard, PagesOfOtherSitesMayNotChangeAnything) {
  EXPECT_EQ(CodeFor({}, "POST", {{"Host", "localhost:8080"}, {"Origin", "https://evil.example"}}), "forbidden_origin");
  EXPECT_EQ(CodeFor({}, "DELETE", {{"Host", "localhost:8080"}, {"Origin", "http://localhost:9999"}}),
            "forbidden_origin");
  EXPECT_EQ(CodeFor({}, "POST", {{"Host", "localhost:8080"}, {"Origin", "null"}}), "forbidden_origin");
  EXPECT_EQ(CodeFor({}, "POST", {{"Origin", "null"}}), "forbidden_origin");
  EXPECT_EQ(CodeFor({}, "POST", {{"Host", "localhost:8080"}, {"Sec-Fetch-Site", "cross-site"}}), "forbidden_origin");
  EXPECT_EQ(CodeFor({}, "GET", {{"Host", "localhost:8080"}, {"Sec-Fetch-Site", "cross-site"}}), "") << "links work";
}

TEST(BrowserGuard, AnAllowedOriginPassesAndIsToldSo) {
  const WebOptions options{.allow_origins = {"https://app.example"}};
  EXPECT_EQ(CodeFor(options, "POST", {{"Host", "h"}, {"Origin", "https://app.example"}}), "");
  http::Request request;
  request.method = "OPTIONS";
  request.headers = {{"Origin", "https://app.example"}, {"Access-Control-Request-Method", "DELETE"}};
  const BrowserGuard guard(options);
  auto answer = guard.Preflight(request);
  ASSERT_TRUE(answer.has_value());
  guard.AllowOrigin(request, *answer);
  EXPECT_EQ(answer->headers.Get("Access-Control-Allow-Origin"), "https://app.example");
  request.headers.Set("Origin", "https://evil.example");
  EXPECT_FALSE(guard.Preflight(request).has_value());
}

TEST(BrowserGuard, OnLoopbackOnlyKnownNamesAreServed) {
  const WebOptions options{.check_host = true, .allow_hosts = {"darkroom.example"}};
  for (const std::string host : {"localhost", "LOCALHOST:8080", "127.0.0.1:8080", "[::1]:8080", "darkroom.example"}) {
    EXPECT_EQ(CodeFor(options, "GET", {{"Host", host}}), "") << host;
  }
  for (const std::string host : {"rebind.example:8080", "localhost.evil.example", "[::1].evil"}) {
    EXPECT_EQ(CodeFor(options, "GET", {{"Host", host}}), "misdirected") << host;
  }
  EXPECT_EQ(CodeFor(options, "GET", {}), "invalid_request") << "HTTP/1.0 may come without: then that is what is wrong";
}

}  // namespace
}  // namespace darkroom::web
