// Answers whose bodies come bit by bit.
#include <gmock/gmock.h>

#include "http/server_fixture.h"

namespace darkroom::http {
namespace {

using testing::EndsWith;
using testing::HasSubstr;

Response Streamed(std::function<Task<void>(ResponseStream&)> stream) {
  Response response;
  response.stream = std::move(stream);
  return response;
}

TEST_F(ServerTest, StreamsInChunks) {
  auto stream = [](ResponseStream& out) -> Task<void> {
    for (int i = 0; i < 3; ++i) (void)co_await out.Write("part " + std::to_string(i) + "\n");
    (void)co_await out.Write("");
  };
  auto handler = [&](Request&) -> Task<Response> { co_return Streamed(stream); };
  Serve(handler);
  auto test = [&]() -> Task<void> {
    auto client = Connect();
    co_await client.Send(Get("/") + Get("/"));
    for (int i = 0; i < 2; ++i) {
      const auto reply = co_await client.Receive();
      EXPECT_EQ(reply.body, "7\r\npart 0\n\r\n7\r\npart 1\n\r\n7\r\npart 2\n\r\n0\r\n\r\n");
    }
  };
  Run(test());
}

TEST_F(ServerTest, StreamsByLengthAndClosesWhenTheBodyFallsShort) {
  auto full = [](ResponseStream& out) -> Task<void> {
    (void)co_await out.Write("12345");
    (void)co_await out.Write("67890 and more");
  };
  auto brief = [](ResponseStream& out) -> Task<void> { (void)co_await out.Write("12345"); };
  auto handler = [&](Request& request) -> Task<Response> {
    auto response = request.path == "/full" ? Streamed(full) : Streamed(brief);
    response.headers.Set("Content-Length", "10");
    co_return response;
  };
  Serve(handler);
  auto test = [&]() -> Task<void> {
    auto client = Connect();
    co_await client.Send(Get("/full"));
    const auto reply = co_await client.Receive();
    EXPECT_EQ(reply.body, "1234567890");
    co_await client.Send(Get("/brief"));
    const auto rest = co_await client.ReceiveToEnd();
    EXPECT_THAT(rest, EndsWith("\r\n\r\n12345"));
  };
  Run(test());
}

TEST_F(ServerTest, EndsAStreamForAnOldClientByClosing) {
  auto stream = [](ResponseStream& out) -> Task<void> { (void)co_await out.Write("all of it"); };
  auto handler = [&](Request&) -> Task<Response> { co_return Streamed(stream); };
  Serve(handler);
  auto test = [&]() -> Task<void> {
    auto client = Connect();
    co_await client.Send("GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");
    const auto all = co_await client.ReceiveToEnd();
    EXPECT_THAT(all, EndsWith("\r\n\r\nall of it"));
  };
  Run(test());
}

TEST_F(ServerTest, BreaksAChunkedAnswerOffWhenItsStreamThrows) {
  auto stream = [](ResponseStream& out) -> Task<void> {
    (void)co_await out.Write("half");
    throw std::runtime_error("disk");
  };
  auto handler = [&](Request&) -> Task<Response> { co_return Streamed(stream); };
  Serve(handler);
  auto test = [&]() -> Task<void> {
    auto client = Connect();
    co_await client.Send(Get("/"));
    const auto all = co_await client.ReceiveToEnd();
    EXPECT_THAT(all, EndsWith("4\r\nhalf\r\n")) << "the last chunk must not follow";
  };
  Run(test());
}

// A stream of events that has nothing to say until it is told.
struct Events {
  explicit Events(Clock& clock) : news(clock) {}
  Task<void> operator()(ResponseStream& out) {
    out.OnClosed([this] { news.NotifyAll(); });
    (void)co_await out.Write("first\n");
    open = true;
    while (!out.closed()) co_await news.Wait();
    const auto last = co_await out.Write("bye\n");
    could_say_bye = last.has_value();
    open = false;
  }
  Signal news;
  bool open = false;
  bool could_say_bye = false;
};

TEST_F(ServerTest, TellsAWaitingStreamThatItsClientHasGone) {
  Events events(clock_);
  auto stream = [&](ResponseStream& out) -> Task<void> { co_await events(out); };
  auto handler = [&](Request&) -> Task<Response> { co_return Streamed(stream); };
  Serve(handler);
  auto test = [&]() -> Task<void> {
    auto client = Connect();
    co_await client.Send(Get("/"));
    co_await client.Until("first\n");
    co_await Until([&] { return events.open; });
    client.Close();
    co_await Until([&] { return !events.open && server_->connections() == 0; });
    EXPECT_FALSE(events.could_say_bye);
  };
  Run(test());
}

TEST_F(ServerTest, TellsAWaitingStreamThatItStopsAndLetsItEnd) {
  Events events(clock_);
  auto stream = [&](ResponseStream& out) -> Task<void> { co_await events(out); };
  auto handler = [&](Request&) -> Task<Response> { co_return Streamed(stream); };
  Serve(handler);
  auto test = [&]() -> Task<void> {
    auto client = Connect();
    co_await client.Send(Get("/"));
    co_await client.Until("first\n");
    co_await Until([&] { return events.open; });
    const auto before = clock_.Now();
    co_await server_->Stop(30s);
    EXPECT_EQ(clock_.Now(), before) << "the grace was waited for";
    const auto all = co_await client.ReceiveToEnd();
    EXPECT_THAT(all, HasSubstr("bye\n"));
    EXPECT_THAT(all, EndsWith("0\r\n\r\n"));
  };
  Run(test());
}

TEST_F(ServerTest, KeepsAStreamWhoseClientSendsItsNextRequestEarly) {
  Events events(clock_);
  auto stream = [&](ResponseStream& out) -> Task<void> { co_await events(out); };
  auto handler = [&](Request& request) -> Task<Response> {
    if (request.path == "/next") co_return Response::Text(200, "next");
    co_return Streamed(stream);
  };
  Serve(handler);
  auto test = [&]() -> Task<void> {
    auto client = Connect();
    co_await client.Send(Get("/"));
    co_await client.Until("first\n");
    co_await client.Send(Get("/next"));
    for (int i = 0; i < 20; ++i) co_await Turn();
    EXPECT_TRUE(events.open);
    client.Close();
  };
  Run(test());
}

}  // namespace
}  // namespace darkroom::http
