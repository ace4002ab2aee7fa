#include "web/jobs_api.h"
#include "web/job_json.h"

#include <gmock/gmock.h>

#include "web/web_fixture.h"

namespace darkroom::web {
namespace {

using testing::HasSubstr;

class Jobs : public WebFixture {
 protected:
  Id Submit(int width = 4) { return JobIdOf(Post("/v1/jobs?file_name=a%22b.png", "image/png", Png(width))); }
  static std::string Path(Id job) { return "/v1/jobs/" + job.ToString(); }
  http::Response Delete(Id job) { return Ask({.method = "DELETE", .target = Path(job)}); }
  static std::string CodeOf(const http::Response& response) {
    return std::string(Json(response).at("code").as_string());
  }
};

TEST_F(Jobs, AQueuedJobKnowsItsPlace) {
  Submit();
  const Id second = Submit();
  const auto job = Json(Get(Path(second)));
  EXPECT_EQ(job.at("state").as_string(), "queued");
  EXPECT_EQ(job.at("queue_position").as_int64(), 2);
  EXPECT_EQ(job.at("links").at("input").as_string(), Path(second) + "/input");
  EXPECT_FALSE(job.contains("result"));
}

TEST_F(Jobs, ASettledJobShowsItsResultArtifactsAndTimeline) {
  const Id id = Submit();
  StartJob(id);
  EXPECT_EQ(Json(Get(Path(id))).at("state").as_string(), "running");
  Settle(id, "lamp");
  const auto job = Json(Get(Path(id)));
  EXPECT_EQ(job.at("state").as_string(), "succeeded");
  EXPECT_EQ(job.at("result").at("labels").at(0).at("label").as_string(), "lamp");
  EXPECT_EQ(job.at("artifacts").at(0).at("href").as_string(), Path(id) + "/artifacts/result.json");
  EXPECT_EQ(job.at("model").at("digest").as_string(), "sha256:00");
  EXPECT_EQ(job.at("worker").as_string(), "w1");
  EXPECT_EQ(job.at("timeline").at("settled").as_string(), FormatTime(clock_.Now()));
  EXPECT_FALSE(job.contains("queue_position"));
}

TEST_F(Jobs, AFailureSaysWhy) {
  const Id id = Submit();
  SettleFailed(id, {"model_error", "out of memory"});
  const auto job = Json(Get(Path(id)));
  EXPECT_EQ(job.at("state").as_string(), "failed");
  EXPECT_EQ(job.at("error").at("code").as_string(), "model_error");
}

TEST_F(Jobs, WhatIsNotThereIs404WhateverItsName) {
  for (const std::string path : {"/v1/jobs/none", "/v1/jobs/018bcfe5-6800-7000-8000-000000000000", "/v1/batches/x",
                                 "/v1/batches/x/events", "/v1/jobs/x/events", "/v1/jobs/x/input", "/nowhere"}) {
    const auto response = Get(path);
    EXPECT_EQ(response.status, 404) << path;
    EXPECT_EQ(response.headers.Get("Content-Type"), "application/problem+json") << path;
    EXPECT_EQ(Json(response).at("instance").as_string(), path);
  }
}

TEST_F(Jobs, APathWithAnotherMethodNamesThoseItHas) {
  const auto response = Ask({.method = "PUT", .target = "/v1/jobs"});
  EXPECT_EQ(response.status, 405);
  EXPECT_EQ(response.headers.Get("Allow"), "GET, HEAD, OPTIONS, POST");
  EXPECT_EQ(CodeOf(response), "method_not_allowed");
}

TEST_F(Jobs, CancellingEndsAJobThatHasNotEnded) {
  const Id queued = Submit();
  const Id running = Submit();
  StartJob(running);
  for (const Id id : {queued, running}) {
    const auto response = Delete(id);
    EXPECT_EQ(response.status, 200) << response.body;
    EXPECT_EQ(Json(response).at("state").as_string(), "cancelled");
    clock_.Advance(1s);
    EXPECT_EQ(Delete(id).status, 200) << "cancelling twice is fine";
  }
  EXPECT_EQ(Ask({.method = "DELETE", .target = "/v1/jobs/none"}).status, 404);
}

TEST_F(Jobs, TheWorkerOfACancelledJobIsTold) {
  const auto notices = Run(OpenNotices(engine_->queues(), "w1")).value();
  const Id queued = Submit();
  const Id running = Submit();
  StartJob(running);
  Delete(queued);
  Delete(running);
  const auto messages = Run(notices->Receive({.max = 10, .wait = {}, .visibility = {}, .consumer = {}})).value();
  ASSERT_EQ(messages.size(), 1u);
  EXPECT_EQ(ParseStopNotice(messages[0].body)->job, running);
}

// The worker that still meets the message has nothing to run; else what is cancelled would hold up what comes behind.
TEST_F(Jobs, ACancelledJobHasNoPictureAnyMore) {
  const Id job = Submit();
  const Id other = Submit();
  Delete(job);
  EXPECT_FALSE(Run(inputs_->Head(InputKey(job))).value().has_value());
  EXPECT_TRUE(Run(inputs_->Head(InputKey(other))).value().has_value());
  const auto response = Get(Path(job) + "/input");
  EXPECT_EQ(response.status, 404);
  EXPECT_THAT(response.body, HasSubstr("removed when the job was cancelled"));
}

TEST_F(Jobs, CancellingABatchEndsWhatHasNotEnded) {
  std::vector<Part> parts;
  for (int i = 0; i < 100; ++i) parts.push_back({"f", std::to_string(i) + ".png", Png()});
  const auto submitted = PostForm(parts);
  Settle(JobIdOf(submitted, 0));
  StartJob(JobIdOf(submitted, 1));
  const std::string path = "/v1/batches/" + BatchIdOf(submitted).ToString();
  JobNews::Subscription news(news_, BatchIdOf(submitted));
  const auto response = Ask({.method = "DELETE", .target = path});
  ASSERT_EQ(response.status, 200) << response.body;
  const auto batch = Json(response);
  EXPECT_TRUE(batch.at("done").as_bool());
  EXPECT_EQ(batch.at("counts").at("cancelled").as_int64(), 99);
  EXPECT_EQ(batch.at("counts").at("succeeded").as_int64(), 1);
  EXPECT_EQ(news.Take().size(), 99u) << "whoever waits is told, of each job once";
  EXPECT_EQ(CountInputs(), 1u);
  clock_.Advance(1s);
  EXPECT_EQ(Ask({.method = "DELETE", .target = path}).status, 200) << "cancelling twice is fine";
  EXPECT_TRUE(news.Take().empty());
  EXPECT_EQ(Ask({.method = "DELETE", .target = "/v1/batches/none"}).status, 404);
}

TEST_F(Jobs, WhatIsRepeatedOfARequestIsShort) {
  const std::string path = "/" + std::string(8000, 'p');
  EXPECT_LT(Get(path).body.size(), 1000u);
  EXPECT_LT(Ask({.method = std::string(5000, 'M'), .target = "/v1/jobs"}).body.size(), 1000u);
}

TEST_F(Jobs, OptionsSaysWhatAPathTakes) {
  const auto response = Ask({.method = "OPTIONS", .target = "/v1/jobs"});
  EXPECT_EQ(response.status, 204);
  EXPECT_EQ(response.headers.Get("Allow"), "GET, HEAD, OPTIONS, POST");
}

TEST_F(Jobs, TheFirstOfOutcomeAndCancelWins) {
  const Id settled = Submit();
  Settle(settled);
  const auto late = Delete(settled);
  EXPECT_EQ(late.status, 409);
  EXPECT_EQ(CodeOf(late), "already_settled");
  EXPECT_EQ(Json(late).at("state").as_string(), "succeeded");

  const Id cancelled = Submit();
  Delete(cancelled);
  Settle(cancelled);
  EXPECT_EQ(Json(Get(Path(cancelled))).at("state").as_string(), "cancelled");
}

TEST_F(Jobs, ListsPageByPageNewestFirst) {
  std::vector<Id> ids;
  for (int i = 0; i < 5; ++i) ids.push_back(Submit());
  std::vector<Id> seen;
  std::string cursor;
  for (int pages = 0; pages < 10; ++pages) {
    const auto page = Json(Get("/v1/jobs?limit=2" + (cursor.empty() ? "" : "&cursor=" + http::PercentEncode(cursor))));
    for (const auto& job : page.at("jobs").as_array())
      seen.push_back(*Id::Parse(std::string(job.at("id").as_string())));
    if (page.at("next_cursor").is_null()) break;
    cursor = std::string(page.at("next_cursor").as_string());
  }
  std::ranges::reverse(ids);
  EXPECT_EQ(seen, ids);
}

TEST_F(Jobs, ListsByStateModelAndBatch) {
  const Id one = Submit();
  Settle(one);
  const auto batch = PostForm({{"f", "0.png", Png()}, {"f", "1.png", Png()}, {"model", {}, "noop"}});
  EXPECT_EQ(JobIdOf(Get("/v1/jobs?state=succeeded")), one);
  EXPECT_EQ(Json(Get("/v1/jobs?model=noop")).at("jobs").as_array().size(), 2u);
  const auto in_order = Get("/v1/jobs?batch=" + BatchIdOf(batch).ToString());
  EXPECT_EQ(JobIdOf(in_order, 0), JobIdOf(batch, 0));
  EXPECT_EQ(JobIdOf(in_order, 1), JobIdOf(batch, 1));
  const auto shown = Json(Get("/v1/batches/" + BatchIdOf(batch).ToString()));
  EXPECT_EQ(shown.at("counts").at("queued").as_int64(), 2);
}

TEST_F(Jobs, AWrongParameterOfAListIsNamed) {
  EXPECT_THAT(Get("/v1/jobs?state=done").body, HasSubstr("'state' must be queued, running"));
  EXPECT_THAT(Get("/v1/jobs?limit=1001").body, HasSubstr("'limit' must be from 1 to 1000"));
  EXPECT_THAT(Get("/v1/jobs?batch=7").body, HasSubstr("'batch'"));
  EXPECT_THAT(Get("/v1/jobs?order=up").body, HasSubstr("no parameter 'order'"));
  EXPECT_THAT(Get("/v1/jobs?limit=1&limit=2").body, HasSubstr("'limit' was given twice"));
}

TEST_F(Jobs, ACursorIsGoodForItsOwnListAlone) {
  for (int i = 0; i < 3; ++i) Submit();
  const std::string cursor(Json(Get("/v1/jobs?limit=1&state=queued")).at("next_cursor").as_string());
  EXPECT_EQ(Get("/v1/jobs?limit=2&state=queued&cursor=" + cursor).status, 200);
  EXPECT_EQ(Get("/v1/jobs?limit=2&cursor=" + cursor).status, 400);
  for (const std::string other : {"zz", "abc", "", "-", "1", "1-00000000", "ffffffffffffffffff"}) {
    const auto response = Get("/v1/jobs?cursor=" + other);
    EXPECT_EQ(response.status, 400) << other;
    EXPECT_EQ(Json(response).at("parameter").as_string(), "cursor");
  }
}

TEST_F(Jobs, ThePictureIsServedAsWhatItsBytesAre) {
  const Id id = JobIdOf(Post("/v1/jobs?file_name=evil%0D%0A%22x%22%C3%A9.html", "image/svg+xml", Png()));
  const auto response = Get(Path(id) + "/input");
  EXPECT_EQ(response.status, 200);
  EXPECT_EQ(response.body, Png());
  EXPECT_EQ(response.headers.Get("Content-Type"), "image/png");
  EXPECT_EQ(response.headers.Get("X-Content-Type-Options"), "nosniff");
  EXPECT_THAT(std::string(response.headers.Get("Content-Security-Policy")), HasSubstr("sandbox"));
  const std::string disposition(response.headers.Get("Content-Disposition"));
  EXPECT_THAT(disposition, testing::StartsWith("inline; filename=\""));
  EXPECT_THAT(disposition, testing::Not(HasSubstr("\n")));
  EXPECT_THAT(disposition, HasSubstr("%C3%A9.html"));
}

TEST_F(Jobs, FilesHaveRangesAndTags) {
  const Id id = Submit();
  const std::string path = Path(id) + "/input";
  const std::string etag(Get(path).headers.Get("ETag"));
  EXPECT_EQ(Ask({.target = path, .headers = {{"If-None-Match", "\"other\", " + etag}}}).status, 304);
  const auto part = Ask({.target = path, .headers = {{"Range", "bytes=1-3"}}});
  EXPECT_EQ(part.status, 206);
  EXPECT_EQ(part.body, "PNG");
  EXPECT_EQ(part.headers.Get("Content-Range"), "bytes 1-3/" + std::to_string(Png().size()));
  EXPECT_EQ(Ask({.target = path, .headers = {{"Range", "bytes=-4"}}}).body, Png().substr(Png().size() - 4));
  EXPECT_EQ(Ask({.target = path, .headers = {{"Range", "bytes=1-3"}, {"If-Range", "\"old\""}}}).status, 200);
  const auto beyond = Ask({.target = path, .headers = {{"Range", "bytes=5000-"}}});
  EXPECT_EQ(beyond.status, 416);
  EXPECT_EQ(beyond.headers.Get("Content-Range"), "bytes */" + std::to_string(Png().size()));
}

TEST_F(Jobs, ALargeFileIsStreamedWhole) {
  const std::string large = Png() + std::string(3'000'000, 'z');
  const Id id = JobIdOf(Post("/v1/jobs", "image/png", large));
  const auto streamed = Follow({.target = Path(id) + "/input"});
  RunUntil([&] { return streamed->ended; });
  EXPECT_EQ(streamed->response.headers.Get("Content-Length"), std::to_string(large.size()));
  EXPECT_TRUE(streamed->stream.text == large);
}

TEST_F(Jobs, ArtifactsAreServedOnceTheyExist) {
  const Id id = Submit();
  EXPECT_EQ(Get(Path(id) + "/artifacts/result.json").status, 404);
  Settle(id, "sofa");
  const auto response = Get(Path(id) + "/artifacts/result.json");
  EXPECT_EQ(response.status, 200);
  EXPECT_THAT(response.body, HasSubstr("sofa"));
  EXPECT_EQ(response.headers.Get("Content-Type"), "application/json");
  EXPECT_EQ(Get(Path(id) + "/artifacts/..%2Fresult.json").status, 404);
}

TEST_F(Jobs, ResultJsonIsTheResultAndByWhatItWasMade) {
  const Id id = Submit();
  Settle(id, "sofa");
  const auto listed = Json(Get(Path(id))).at("artifacts").at(0);
  const auto whole = Get(Path(id) + "/artifacts/result.json");
  const auto file = Json(whole);
  EXPECT_EQ(file.at("labels").at(0).at("label").as_string(), "sofa");
  EXPECT_EQ(file.at("job").as_string(), id.ToString());
  EXPECT_EQ(file.at("model").at("digest").as_string(), "sha256:00");
  EXPECT_EQ(listed.at("size").as_int64(), std::int64_t(whole.body.size()));
  EXPECT_EQ(listed.at("etag").as_string(), whole.headers.Get("ETag"));

  const auto response = Ask({.target = Path(id) + "/artifacts/result.json", .headers = {{"Range", "bytes=1-6"}}});
  EXPECT_EQ(response.status, 206);
  EXPECT_EQ(response.body, whole.body.substr(1, 6));
  const auto again = Ask({.target = Path(id) + "/artifacts/result.json",
                          .headers = {{"If-None-Match", std::string(whole.headers.Get("ETag"))}}});
  EXPECT_EQ(again.status, 304);
}

TEST_F(Jobs, HeadHasTheHeadersOfGet) {
  const Id id = Submit();
  const auto response = Ask({.method = "HEAD", .target = Path(id) + "/input"});
  EXPECT_EQ(response.status, 200);
  EXPECT_EQ(response.headers.Get("Content-Length"), std::to_string(Png().size()));
}

TEST(ResultFileOf, ARowThatAPersonHasChangedHasNone) {
  Job job;
  for (const std::string result : {"", "[1]", "x", "{"}) {
    job.result = result;
    EXPECT_FALSE(ResultFileOf(job).has_value()) << result;
  }
}

}  // namespace
}  // namespace darkroom::web
