#include "http/router.h"

#include <gtest/gtest.h>

namespace darkroom::http {
namespace {

class RouterTest : public testing::Test {
 protected:
  // A route that answers with its pattern and what its braces took.
  void Add(const std::string& method, const std::string& pattern) {
    auto handler = [pattern](Request& request) -> Task<Response> {
      std::string text = pattern;
      for (const auto& [name, value] : request.params) text += " " + name + "=" + value;
      co_return Response::Text(200, text);
    };
    router_.Add(method, pattern, handler);
  }
  Response Ask(const std::string& method, const std::string& path) {
    StringBody body("");
    Request request;
    request.method = method;
    request.path = path;
    request.body = &body;
    return io_.RunUntilDone(router_.Handle(request));
  }

  IoContext io_;
  Router router_;
};

TEST_F(RouterTest, PrefersLiteralsToBracesAndBracesToTheRest) {
  Add("GET", "/v1/{rest...}");
  Add("GET", "/v1/jobs/{id}");
  Add("GET", "/v1/jobs/all");
  EXPECT_EQ(Ask("GET", "/v1/jobs/all").body, "/v1/jobs/all");
  EXPECT_EQ(Ask("GET", "/v1/jobs/7").body, "/v1/jobs/{id} id=7");
  EXPECT_EQ(Ask("GET", "/v1/jobs/7/x").body, "/v1/{rest...} rest=jobs/7/x");
  EXPECT_EQ(Ask("GET", "/v1/").body, "/v1/{rest...} rest=");
  EXPECT_EQ(Ask("GET", "/v1").status, 404);
}

TEST_F(RouterTest, DecodesWhatBracesTakeButCutsAtRealSlashesOnly) {
  Add("GET", "/{bucket}/{key...}");
  EXPECT_EQ(Ask("GET", "/b%20c/x%2Fy/%C3%A4").body, "/{bucket}/{key...} bucket=b c key=x/y/\xc3\xa4");
}

TEST_F(RouterTest, TakesNoEmptySegmentForAName) {
  Add("GET", "/v1/jobs/{id}");
  EXPECT_EQ(Ask("GET", "/v1/jobs/").status, 404);
  EXPECT_EQ(Ask("GET", "/v1/jobs").status, 404);
  EXPECT_EQ(Ask("GET", "/v1/jobs/a/").status, 404);
}

TEST_F(RouterTest, FindsNothingUnderDotSegmentsBrokenEscapesAndNul) {
  Add("GET", "/{rest...}");
  for (const std::string path : {"/a/../b", "/..", "/.", "/%2e%2E/b", "/a/%2e", "/a%00b", "/a%zz", "*", ""}) {
    EXPECT_EQ(Ask("GET", path).status, 404) << path;
  }
  EXPECT_EQ(Ask("GET", "/a/..b").status, 200);
}

TEST_F(RouterTest, SaysWhichMethodsAreAllowed) {
  Add("GET", "/jobs/{id}");
  Add("DELETE", "/jobs/{id}");
  Add("DELETE", "/jobs/{rest...}");
  const auto response = Ask("POST", "/jobs/1");
  EXPECT_EQ(response.status, 405);
  EXPECT_EQ(response.headers.Get("Allow"), "DELETE, GET, HEAD, OPTIONS");
  router_.set_method_not_allowed(
      [](const Request&, std::string allow) { return Response::Text(405, "only " + allow); });
  EXPECT_EQ(Ask("POST", "/jobs/1").body, "only DELETE, GET, HEAD, OPTIONS");
}

TEST_F(RouterTest, AnswersOptionsWithWhatIsAllowed) {
  Add("GET", "/a");
  Add("PUT", "/b");
  const auto one = Ask("OPTIONS", "/b");
  EXPECT_EQ(one.status, 204);
  EXPECT_EQ(one.headers.Get("Allow"), "OPTIONS, PUT");
  EXPECT_EQ(Ask("OPTIONS", "*").headers.Get("Allow"), "GET, HEAD, OPTIONS, PUT");
  EXPECT_EQ(Ask("OPTIONS", "/none").status, 404);
  EXPECT_EQ(Ask("GET", "*").status, 404);
}

TEST_F(RouterTest, ServesHeadByGetUnlessHeadHasARouteOfItsOwn) {
  Add("GET", "/a");
  Add("GET", "/b");
  Add("HEAD", "/{name}");
  EXPECT_EQ(Ask("HEAD", "/a").body, "/{name} name=a");
  Add("PUT", "/x/y");
  Add("GET", "/x/{z}");
  EXPECT_EQ(Ask("HEAD", "/x/y").body, "/x/{z} z=y");
}

TEST_F(RouterTest, AsksNotFound) {
  auto not_found = [](Request& request) -> Task<Response> { co_return Response::Text(404, "no " + request.path); };
  router_.set_not_found(not_found);
  EXPECT_EQ(Ask("GET", "/x").body, "no /x");
}

TEST_F(RouterTest, ListsItsRoutes) {
  Add("GET", "/a");
  Add("PUT", "/{b}");
  ASSERT_EQ(router_.routes().size(), 2u);
  EXPECT_EQ(router_.routes()[1].pattern, "/{b}");
}

TEST_F(RouterTest, RefusesTwoRoutesForTheSameRequests) {
  Add("GET", "/a/{b}");
  EXPECT_DEATH(Add("GET", "/a/{c}"), "SameShape");
  Add("PUT", "/a/{c}");
}

}  // namespace
}  // namespace darkroom::http
