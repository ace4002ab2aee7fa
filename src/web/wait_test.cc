#include "web/wait.h"

#include <gmock/gmock.h>

#include "web/web_fixture.h"

namespace darkroom::web {
namespace {

using testing::HasSubstr;

class Waiting : public WebFixture {
 protected:
  std::shared_ptr<Asked> BeginSubmit(const std::string& prefer, int files = 1) {
    std::vector<Part> parts;
    for (int i = 0; i < files; ++i) parts.push_back({"f", std::to_string(i) + ".png", Png()});
    return Begin({.method = "POST",
                  .target = "/v1/jobs",
                  .headers = {{"Content-Type", std::string(kMultipart)}, {"Prefer", prefer}},
                  .body = Form(parts)});
  }
  std::shared_ptr<Asked> BeginLegacy(const std::string& field) {
    return Begin({.method = "POST",
                  .target = "/",
                  .headers = {{"Content-Type", std::string(kMultipart)}},
                  .body = Form({{field, "test_12.png", Png()}})});
  }
  // The jobs of the request that is on its way, once they are stored.
  std::vector<Id> Stored(int count) {
    std::vector<Id> ids;
    RunUntil([&] {
      ids.clear();
      const auto page = Json(Get("/v1/jobs?state=queued"));
      for (const auto& job : page.at("jobs").as_array())
        ids.push_back(*Id::Parse(std::string(job.at("id").as_string())));
      return int(ids.size()) == count;
    });
    // Its wait begins when its messages are sent; then its timers are the only ones.
    RunUntil([&] { return clock_.pending() > 0; });
    return ids;
  }
};

TEST_F(Waiting, AnswersWithResultsWhenAllEndInTime) {
  const auto asked = BeginSubmit("respond-async, wait=10", 2);
  const auto ids = Stored(2);
  Settle(ids[0]);
  EXPECT_FALSE(asked->answer);
  SettleFailed(ids[1], {"model_error", "no"});
  RunUntil([&] { return asked->answer.has_value(); });
  EXPECT_EQ(asked->answer->status, 200);
  EXPECT_EQ(asked->answer->headers.Get("Preference-Applied"), "wait=10");
  const auto body = Json(*asked->answer);
  EXPECT_TRUE(body.at("batch").at("done").as_bool());
  EXPECT_EQ(body.at("batch").at("counts").at("failed").as_int64(), 1);
  EXPECT_TRUE(body.at("jobs").at(0).at("timeline").as_object().contains("queued"));
}

TEST_F(Waiting, AnswersWithWhatIsKnownWhenTimeIsUp) {
  const auto asked = BeginSubmit("wait=3");
  StartJob(Stored(1)[0]);
  clock_.Advance(3s);
  RunUntil([&] { return asked->answer.has_value(); });
  EXPECT_EQ(asked->answer->status, 202);
  EXPECT_EQ(Json(*asked->answer).at("jobs").at(0).at("state").as_string(), "running");
}

TEST_F(Waiting, LooksForItselfWhenAnotherNodeSettledTheJob) {
  const auto asked = BeginSubmit("wait=60");
  Outcome outcome;
  outcome.job = Stored(1)[0];
  outcome.state = JobState::kSucceeded;
  outcome.result = "{}";
  std::vector<Outcome> outcomes{outcome};
  ASSERT_TRUE(Run(engine_->jobs().Settle(std::move(outcomes), clock_.Now())).has_value());
  clock_.Advance(10s);
  RunUntil([&] { return asked->answer.has_value(); });
  EXPECT_EQ(asked->answer->status, 200);
}

TEST_F(Waiting, ACancelEndsTheWait) {
  const auto asked = BeginSubmit("wait=60");
  const Id id = Stored(1)[0];
  Ask({.method = "DELETE", .target = "/v1/jobs/" + id.ToString()});
  RunUntil([&] { return asked->answer.has_value(); });
  EXPECT_EQ(asked->answer->status, 200);
  EXPECT_EQ(Json(*asked->answer).at("jobs").at(0).at("state").as_string(), "cancelled");
}

TEST_F(Waiting, AReplayedRequestWaitsForTheEarlierBatch) {
  const http::Headers headers{{"Idempotency-Key", "k"}, {"Prefer", "wait=5"}, {"Content-Type", "image/png"}};
  const auto first = Begin({.method = "POST", .target = "/v1/jobs", .headers = headers, .body = Png()});
  const Id id = Stored(1)[0];
  Settle(id);
  RunUntil([&] { return first->answer.has_value(); });
  const auto again = Ask({.method = "POST", .target = "/v1/jobs", .headers = headers, .body = Png()});
  EXPECT_EQ(again.status, 200) << "all had ended: nothing to wait for";
  EXPECT_EQ(JobIdOf(again), id);
}

TEST_F(Waiting, AStoppingServiceLetsItsClientsGo) {
  const auto asked = BeginSubmit("wait=300");
  Stored(1);
  Run(web_->Stop());
  RunUntil([&] { return asked->answer.has_value(); });
  EXPECT_EQ(asked->answer->status, 202);
}

TEST_F(Waiting, LegacyClientsGetTheLabelAlone) {
  const auto asked = BeginLegacy("myfile");
  Settle(Stored(1)[0], "Egyptian cat");
  RunUntil([&] { return asked->answer.has_value(); });
  EXPECT_EQ(asked->answer->status, 200);
  EXPECT_EQ(asked->answer->body, "Egyptian cat");
  EXPECT_EQ(asked->answer->headers.Get("Content-Type"), "text/plain; charset=utf-8");
}

TEST_F(Waiting, TheFieldInputFileIsAnsweredWithTheFilesName) {
  const auto asked = BeginLegacy("inputFile");
  Settle(Stored(1)[0], "chair");
  RunUntil([&] { return asked->answer.has_value(); });
  EXPECT_EQ(asked->answer->body, "test_12:chair");
}

TEST_F(Waiting, LegacyErrorsAreOneLineOfText) {
  const auto bad = Post("/", kMultipart, Form({{"myfile", "a.png", "text"}}));
  EXPECT_EQ(bad.status, 415);
  EXPECT_EQ(bad.headers.Get("Content-Type"), "text/plain; charset=utf-8");
  EXPECT_EQ(std::ranges::count(bad.body, '\n'), 1);
  EXPECT_EQ(Post("/", kMultipart, Form({{"a", "a.png", Png()}, {"b", "b.png", Png()}})).status, 413);

  const auto failed = BeginLegacy("myfile");
  SettleFailed(Stored(1)[0], {"model_error", "broken"});
  RunUntil([&] { return failed->answer.has_value(); });
  EXPECT_EQ(failed->answer->status, 422);
  EXPECT_EQ(failed->answer->body, "model_error: broken\n");

  const auto late = BeginLegacy("myfile");
  Stored(1);
  clock_.Advance(300s);
  RunUntil([&] { return late->answer.has_value(); });
  EXPECT_EQ(late->answer->status, 504);
  EXPECT_THAT(late->answer->body, HasSubstr("/v1/jobs/"));
}

TEST(Apply, OlderNewsChangesNothing) {
  std::vector<Job> jobs(1);
  jobs[0].id = Id::Make(FromMicros(1));
  jobs[0].timeline.queued = FromMicros(5);
  Job running = jobs[0];
  running.state = JobState::kRunning;
  running.change = 4;
  running.timeline.queued.reset();
  Apply(jobs, running);
  EXPECT_EQ(jobs[0].state, JobState::kRunning);
  EXPECT_EQ(jobs[0].timeline.queued, FromMicros(5)) << "what this node knows of the sending stays";
  Job old = jobs[0];
  old.state = JobState::kQueued;
  old.change = 3;
  Apply(jobs, old);
  EXPECT_EQ(jobs[0].state, JobState::kRunning);
}

}  // namespace
}  // namespace darkroom::web
