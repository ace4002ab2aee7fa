// What a client sees of a server whose clients behave.
#include "http/server.h"

#include <gmock/gmock.h>

#include "base/json.h"
#include "http/server_fixture.h"

namespace darkroom::http {
namespace {

using testing::HasSubstr;
using testing::StartsWith;

TEST_F(ServerTest, AnswersRequestsOnOneConnectionOneAfterAnother) {
  Serve(Echo);
  auto test = [&]() -> Task<void> {
    auto client = Connect();
    for (int i = 0; i < 3; ++i) {
      co_await client.Send(Get("/a?b=" + std::to_string(i)));
      const auto reply = co_await client.Receive();
      EXPECT_EQ(reply.status, 200);
      EXPECT_EQ(reply.body, "GET /a?b=" + std::to_string(i) + " ");
      EXPECT_TRUE(reply.Has("Server: darkroom") && reply.Has("Date: Tue, 14 Nov 2023 22:13:20 GMT")) << reply.head;
    }
    EXPECT_EQ(server_->connections(), 1);
  };
  Run(test());
}

TEST_F(ServerTest, TakesRequestsApart) {
  auto handler = [](Request& request) -> Task<Response> {
    std::string text = request.method + "|" + request.path + "|" + request.raw_query;
    for (const auto& [key, value] : request.query) text += "|" + key + "=" + value;
    text.append("|").append(request.headers.Get("x-field")).append("|").append(request.headers.Get("Host"));
    co_return Response::Text(200, text);
  };
  Serve(handler);
  auto test = [&]() -> Task<void> {
    auto client = Connect();
    co_await client.Send(Get("/a%20b?x=1&y=%41", "X-Field:  v \r\n"));
    auto reply = co_await client.Receive();
    EXPECT_EQ(reply.body, "GET|/a%20b|x=1&y=%41|x=1|y=A|v|test");
    co_await client.Send(Get("http://elsewhere:80/p?q"));
    reply = co_await client.Receive();
    EXPECT_EQ(reply.body, "GET|/p|q|q=||elsewhere:80") << "an absolute target's host counts, not the Host field";
    co_await client.Send(Get("HTTP://elsewhere?q"));
    reply = co_await client.Receive();
    EXPECT_EQ(reply.body, "GET|/|q|q=||elsewhere");
  };
  Run(test());
}

TEST_F(ServerTest, AnswersPipelinedRequestsInOrder) {
  Serve(Echo);
  auto test = [&]() -> Task<void> {
    auto client = Connect();
    std::string all;
    for (int i = 0; i < 500; ++i) all += Get("/" + std::to_string(i));
    co_await client.Send(all + Post("Content-Length: 3\r\n", "abc") + Get("/last"));
    for (int i = 0; i < 500; ++i) {
      const auto reply = co_await client.Receive();
      EXPECT_EQ(reply.body, "GET /" + std::to_string(i) + " ");
    }
    auto reply = co_await client.Receive();
    EXPECT_EQ(reply.body, "POST / abc");
    reply = co_await client.Receive();
    EXPECT_EQ(reply.body, "GET /last ");
  };
  Run(test());
}

TEST_F(ServerTest, ReadsBodiesByLengthAndByChunks) {
  Serve(Echo);
  auto test = [&]() -> Task<void> {
    auto client = Connect();
    const std::string large(300'000, 'x');
    co_await client.Send(Post("Content-Length: 300000\r\n", large));
    auto reply = co_await client.Receive();
    EXPECT_EQ(reply.body, "POST / " + large);
    co_await client.Send(Post("Transfer-Encoding: chunked\r\n", "3\r\nabc\r\n2;x=y\r\nde\r\n0\r\nTrailer: t\r\n\r\n"));
    reply = co_await client.Receive();
    EXPECT_EQ(reply.body, "POST / abcde");
    co_await client.Send(Post("Content-Length: 0\r\n"));
    reply = co_await client.Receive();
    EXPECT_EQ(reply.body, "POST / ");
  };
  Run(test());
}

TEST_F(ServerTest, ReadsARequestThatComesByteByByte) {
  Serve(Echo);
  auto test = [&]() -> Task<void> {
    auto client = Connect();
    for (const char c : Post("Transfer-Encoding: chunked\r\n", "3\r\nabc\r\n0\r\n\r\n")) {
      co_await client.Send(std::string(1, c));
      for (int i = 0; i < 3; ++i) co_await Turn();
    }
    const auto reply = co_await client.Receive();
    EXPECT_EQ(reply.body, "POST / abc");
  };
  Run(test());
}

TEST_F(ServerTest, AsksForABodyOnlyWhenTheHandlerReadsIt) {
  auto handler = [](Request& request) -> Task<Response> {
    if (request.path == "/no") co_return Response::Text(413, "no");
    co_return co_await Echo(request);
  };
  Serve(handler);
  auto test = [&]() -> Task<void> {
    auto client = Connect();
    co_await client.Send(Post("Expect: 100-continue\r\nContent-Length: 3\r\n"));
    auto reply = co_await client.Receive();
    EXPECT_EQ(reply.status, 100);
    co_await client.Send("abc");
    reply = co_await client.Receive();
    EXPECT_EQ(reply.body, "POST / abc");
    co_await client.Send("POST /no HTTP/1.1\r\nHost: t\r\nExpect: 100-continue\r\nContent-Length: 3\r\n\r\n");
    reply = co_await client.Receive();
    EXPECT_EQ(reply.status, 413) << "a refused client must not be asked for its body";
    EXPECT_TRUE(reply.Has("Connection: close")) << "whether the body follows cannot be known";
  };
  Run(test());
}

TEST_F(ServerTest, SkipsABodyThatTheHandlerLeft) {
  auto handler = [](Request& request) -> Task<Response> { co_return Response::Text(200, request.path); };
  Serve(handler);
  auto test = [&]() -> Task<void> {
    auto client = Connect();
    co_await client.Send(Post("Content-Length: 100000\r\n", std::string(100'000, 'x')) + Get("/next"));
    auto reply = co_await client.Receive();
    EXPECT_EQ(reply.body, "/");
    reply = co_await client.Receive();
    EXPECT_EQ(reply.body, "/next");
    co_await client.Send(Post("Transfer-Encoding: chunked\r\n", "1\r\nx\r\n0\r\n\r\n") + Get("/last"));
    reply = co_await client.Receive();
    reply = co_await client.Receive();
    EXPECT_EQ(reply.body, "/last");
  };
  Run(test());
}

TEST_F(ServerTest, SendsNoBodyForHeadButItsLength) {
  auto handler = [](Request&) -> Task<Response> { co_return Response::Text(200, "hello"); };
  Serve(handler);
  auto test = [&]() -> Task<void> {
    auto client = Connect();
    co_await client.Send("HEAD / HTTP/1.1\r\nHost: t\r\n\r\n" + Get("/"));
    const auto head = co_await client.Receive(true);
    EXPECT_TRUE(head.Has("Content-Length: 5")) << head.head;
    const auto reply = co_await client.Receive();
    EXPECT_THAT(reply.head, StartsWith("HTTP/1.1 200 OK"));
    EXPECT_EQ(reply.body, "hello");
  };
  Run(test());
}

TEST_F(ServerTest, SendsAStaticBody) {
  static const std::string kAsset(3'000'000, 'a');
  auto handler = [](Request&) -> Task<Response> {
    Response response;
    response.static_body = kAsset;
    co_return response;
  };
  Serve(handler);
  auto test = [&]() -> Task<void> {
    auto client = Connect();
    co_await client.Send(Get("/"));
    const auto reply = co_await client.Receive();
    EXPECT_EQ(reply.body, kAsset);
  };
  Run(test());
}

TEST_F(ServerTest, HoldsToWhatOldAndClosingClientsExpect) {
  Serve(Echo);
  auto test = [&]() -> Task<void> {
    auto old = Connect();
    co_await old.Send("GET /a HTTP/1.0\r\n\r\n");
    auto all = co_await old.ReceiveToEnd();
    EXPECT_THAT(all, HasSubstr("Connection: close\r\n"));
    EXPECT_THAT(all, testing::EndsWith("GET /a "));

    auto old_but_keeping = Connect();
    co_await old_but_keeping.Send("GET /a HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");
    auto reply = co_await old_but_keeping.Receive();
    EXPECT_TRUE(reply.Has("Connection: keep-alive"));
    co_await old_but_keeping.Send("GET /b HTTP/1.0\r\n\r\n");
    reply = co_await old_but_keeping.Receive();
    EXPECT_EQ(reply.body, "GET /b ");

    auto closing = Connect();
    co_await closing.Send(Get("/a", "Connection: close\r\n"));
    all = co_await closing.ReceiveToEnd();
    EXPECT_THAT(all, testing::EndsWith("GET /a "));
  };
  Run(test());
}

TEST_F(ServerTest, Answers500WithoutDetailsWhenAHandlerThrows) {
  auto handler = [](Request& request) -> Task<Response> {
    if (request.path == "/bad") throw std::runtime_error("the password is 1234");
    co_return Response::Text(200, "fine");
  };
  Serve(handler);
  auto test = [&]() -> Task<void> {
    auto client = Connect();
    co_await client.Send(Get("/bad") + Get("/good"));
    auto reply = co_await client.Receive();
    EXPECT_EQ(reply.status, 500);
    EXPECT_FALSE(reply.body.contains("1234"));
    reply = co_await client.Receive();
    EXPECT_EQ(reply.body, "fine");
  };
  Run(test());
}

TEST_F(ServerTest, ServesOthersWhileAHandlerWaits) {
  Signal go(clock_);
  auto handler = [&](Request& request) -> Task<Response> {
    if (request.path == "/slow") co_await go.Wait();
    co_return Response::Text(200, request.path);
  };
  Serve(handler);
  auto test = [&]() -> Task<void> {
    auto slow = Connect();
    co_await slow.Send(Get("/slow"));
    auto quick = Connect();
    co_await quick.Send(Get("/quick"));
    auto reply = co_await quick.Receive();
    EXPECT_EQ(reply.body, "/quick");
    go.NotifyAll();
    reply = co_await slow.Receive();
    EXPECT_EQ(reply.body, "/slow");
  };
  Run(test());
}

TEST_F(ServerTest, SaysWhenThePortIsTaken) {
  Serve(Echo);
  ServerOptions options;
  options.port = server_->port();
  Server second(io_, clock_, options, Echo);
  const auto started = second.Start();
  ASSERT_FALSE(started.has_value());
  EXPECT_EQ(started.error().code(), Code::kUnavailable);
  EXPECT_THAT(started.error().message(), HasSubstr(std::to_string(options.port) + " is in use by another program"));
  options.address = "example";
  EXPECT_EQ(Server(io_, clock_, options, Echo).Start().error().code(), Code::kInvalid);
  auto nothing = []() -> Task<void> { co_return; };
  Run(nothing());
}

TEST_F(ServerTest, ClosesIdleConnectionsAtOnceWhenItStops) {
  Serve(Echo);
  auto test = [&]() -> Task<void> {
    auto fresh = Connect();
    auto used = Connect();
    co_await used.Send(Get("/"));
    co_await used.Receive();
    co_await Until([&] { return server_->connections() == 2; });
    const auto before = clock_.Now();
    co_await server_->Stop(30s);
    EXPECT_EQ(clock_.Now(), before);
    const auto rest_of_used = co_await used.ReceiveToEnd();
    const auto rest_of_fresh = co_await fresh.ReceiveToEnd();
    EXPECT_EQ(rest_of_used + rest_of_fresh, "");
    EXPECT_EQ(clock_.pending(), 0) << "a timer stays behind";
  };
  Run(test());
}

TEST_F(ServerTest, LetsARequestEndWithinTheGrace) {
  Signal go(clock_);
  auto handler = [&](Request&) -> Task<Response> {
    co_await go.Wait();
    co_return Response::Text(200, "done");
  };
  Serve(handler);
  auto test = [&]() -> Task<void> {
    auto client = Connect();
    co_await client.Send(Get("/"));
    co_await Until([&] { return server_->connections() == 1; });
    for (int i = 0; i < 10; ++i) co_await Turn();
    bool stopped = false;
    auto stop = [&]() -> Task<void> {
      co_await server_->Stop(30s);
      stopped = true;
    };
    io_.Spawn(stop());
    for (int i = 0; i < 10; ++i) co_await Turn();
    EXPECT_FALSE(stopped);
    go.NotifyAll();
    const auto all = co_await client.ReceiveToEnd();
    EXPECT_THAT(all, testing::EndsWith("done"));
    EXPECT_THAT(all, HasSubstr("Connection: close"));
    co_await Until([&] { return stopped; });
  };
  Run(test());
}

TEST_F(ServerTest, CutsARequestOffAfterTheGrace) {
  Signal go(clock_);
  auto handler = [&](Request&) -> Task<Response> {
    co_await go.Wait();
    co_return Response::Text(200, "too late");
  };
  Serve(handler);
  auto test = [&]() -> Task<void> {
    auto client = Connect();
    co_await client.Send(Get("/"));
    co_await Until([&] { return server_->connections() == 1; });
    for (int i = 0; i < 10; ++i) co_await Turn();
    bool stopped = false;
    auto stop = [&]() -> Task<void> {
      co_await server_->Stop(30s);
      stopped = true;
    };
    io_.Spawn(stop());
    const auto all = co_await ReceiveToEndInTime(client);
    EXPECT_EQ(all, "");
    go.NotifyAll();
    co_await Until([&] { return stopped; });
  };
  Run(test());
}

}  // namespace
}  // namespace darkroom::http
