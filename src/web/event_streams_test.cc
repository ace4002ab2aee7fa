#include "web/event_streams.h"

#include <gmock/gmock.h>

#include "http/event_stream.h"
#include "web/web_fixture.h"

namespace darkroom::web {
namespace {

class Events : public WebFixture {
 protected:
  static std::vector<http::Event> Parse(const std::string& text) {
    std::vector<http::Event> events;
    http::EventParser parser([&](http::Event event) { events.push_back(std::move(event)); });
    parser.Feed(text);
    return events;
  }
  static std::string StateIn(const http::Event& event) {
    return std::string(ParseJsonObject(event.data).value().at("state").as_string());
  }
  std::size_t CountEvents(const Streamed& streamed) { return Parse(streamed.stream.text).size(); }
  // The mark of the sending is a change of its own: after it the streams are quiet.
  void RunUntilMarked(Id job) {
    RunUntil([&] { return Run(engine_->jobs().Get(job)).value()->timeline.queued.has_value(); });
  }
};

TEST_F(Events, AJobIsFollowedToItsEnd) {
  const Id id = JobIdOf(Post("/v1/jobs", "image/png", Png()));
  RunUntilMarked(id);
  const auto streamed = Follow({.target = "/v1/jobs/" + id.ToString() + "/events"});
  EXPECT_EQ(streamed->response.headers.Get("Content-Type"), "text/event-stream");
  RunUntil([&] { return CountEvents(*streamed) == 1; });
  StartJob(id);
  RunUntil([&] { return CountEvents(*streamed) == 2; });
  Settle(id);
  RunUntil([&] { return streamed->ended; });
  const auto events = Parse(streamed->stream.text);
  ASSERT_EQ(events.size(), 4u);
  EXPECT_EQ(StateIn(events[0]), "queued");
  EXPECT_EQ(StateIn(events[1]), "running");
  EXPECT_EQ(StateIn(events[2]), "succeeded");
  EXPECT_EQ(events[2].type, "job");
  EXPECT_EQ(events[3].type, "done");
  EXPECT_LT(std::stoll(events[1].id), std::stoll(events[2].id));
}

TEST_F(Events, ABatchStartsWithAllItsJobsAndResumesAfterTheLastSeen) {
  const auto submitted = PostForm({{"f", "0.png", Png()}, {"f", "1.png", Png()}});
  const Id first = JobIdOf(submitted, 0);
  const Id second = JobIdOf(submitted, 1);
  RunUntilMarked(second);
  const std::string path = "/v1/batches/" + BatchIdOf(submitted).ToString() + "/events";
  const auto streamed = Follow({.target = path});
  RunUntil([&] { return CountEvents(*streamed) == 2; });
  Settle(first);
  RunUntil([&] { return CountEvents(*streamed) == 3; });
  streamed->stream.gone = true;
  const std::string last = Parse(streamed->stream.text)[2].id;
  Settle(second);
  RunUntil([&] { return streamed->ended; });

  const auto resumed = Follow({.target = path, .headers = {{"Last-Event-ID", last}}});
  RunUntil([&] { return resumed->ended; });
  const auto events = Parse(resumed->stream.text);
  ASSERT_EQ(events.size(), 2u);
  EXPECT_EQ(ParseJsonObject(events[0].data).value().at("id").as_string(), second.ToString());
  EXPECT_EQ(events[1].type, "done");
  EXPECT_TRUE(ParseJsonObject(events[1].data).value().at("done").as_bool());
}

TEST_F(Events, WhoeverSawTheEndIsToldSoAtOnce) {
  const Id id = JobIdOf(Post("/v1/jobs", "image/png", Png()));
  RunUntilMarked(id);
  Settle(id);
  const std::string path = "/v1/jobs/" + id.ToString() + "/events";
  const auto all = Follow({.target = path});
  RunUntil([&] { return all->ended; });
  const std::string last = Parse(all->stream.text)[0].id;
  const auto again = Follow({.target = path, .headers = {{"Last-Event-ID", last}}});
  RunUntil([&] { return again->ended; });
  ASSERT_EQ(CountEvents(*again), 1u);
  EXPECT_EQ(Parse(again->stream.text)[0].type, "done");
}

TEST_F(Events, AQuietStreamIsKeptAliveAndEndsWithTheService) {
  const Id id = JobIdOf(Post("/v1/jobs", "image/png", Png()));
  RunUntilMarked(id);
  const auto streamed = Follow({.target = "/v1/jobs/" + id.ToString() + "/events"});
  RunUntil([&] { return CountEvents(*streamed) == 1 && clock_.pending() > 0; });
  clock_.Advance(15s);
  RunUntil([&] { return streamed->stream.text.ends_with(http::KeepAliveComment()); });
  RunUntil([&] { return clock_.pending() > 0; });
  Run(web_->Stop());
  RunUntil([&] { return streamed->ended; });
}

}  // namespace
}  // namespace darkroom::web
