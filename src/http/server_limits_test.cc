// Clients that are slow, broken or hostile.
#include <gmock/gmock.h>
#include <sys/resource.h>
#include <unistd.h>

#include "http/server_fixture.h"

namespace darkroom::http {
namespace {

using testing::EndsWith;
using testing::HasSubstr;
using testing::StartsWith;

// Keeps what Read said in the end.
struct Upload {
  Task<Response> operator()(Request& request) {
    auto body = co_await request.body->ReadAll(std::size_t(1) << 30);
    ended = true;
    if (!body) failure = body.error().code();
    co_return Response::Text(body ? 200 : 400, body ? "all" : body.error().message());
  }
  bool ended = false;
  std::optional<Code> failure;
};

TEST_F(ServerTest, RefusesGarbageInTheWordsItWasGivenAndCloses) {
  ServerOptions options;
  options.refusal = [](int status, std::string_view reason) {
    return Response::Json(status, "\"" + std::string(reason) + "\"", "application/problem+json");
  };
  Serve(Echo, options);
  auto test = [&]() -> Task<void> {
    struct Case {
      std::string bytes, status;
    };
    const Case cases[] = {
        {"\x16\x03\x01\x02hello tls\r\n\r\n", "400"},
        {"GET /\r\n\r\n", "400"},
        {"GET / HTTP/2.0\r\n\r\n", "505"},
        {"GET / HTTP/1.1\r\n\r\n", "400"},
        {"GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n", "400"},
        {"GET nowhere HTTP/1.1\r\nHost: a\r\n\r\n", "400"},
        {"GET http:///path HTTP/1.1\r\nHost: a\r\n\r\n", "400"},
        {"GET http://localhost@evil/ HTTP/1.1\r\nHost: a\r\n\r\n", "400"},
        {"GET / HTTP/1.1\r\nHost: a\r\nBad Name: b\r\n\r\n", "400"},
        {"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: -1\r\n\r\n", "400"},
        {"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n", "400"},
        {"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n", "400"},
        {"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: gzip, chunked\r\n\r\n", "501"},
        {"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: identity\r\n\r\n", "501"},
        {"POST / HTTP/1.0\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n", "400"},
    };
    for (const auto& [bytes, status] : cases) {
      auto client = Connect();
      co_await client.Send(bytes + "and more");
      client.EndSending();
      const auto all = co_await client.ReceiveToEnd();
      EXPECT_THAT(all, StartsWith("HTTP/1.1 " + status)) << bytes;
      EXPECT_THAT(all, HasSubstr("application/problem+json")) << bytes;
      EXPECT_THAT(all, HasSubstr("Connection: close")) << bytes;
    }
  };
  Run(test());
}

TEST_F(ServerTest, RefusesHeadersOver16KiB) {
  Serve(Echo);
  auto test = [&]() -> Task<void> {
    auto good = Connect();
    co_await good.Send(Get("/", "X: " + std::string(15'000, 'x') + "\r\n"));
    auto reply = co_await good.Receive();
    EXPECT_EQ(reply.status, 200);
    auto large_field = Connect();
    co_await large_field.Send(Get("/", "X: " + std::string(17'000, 'x') + "\r\n"));
    reply = co_await large_field.Receive();
    EXPECT_EQ(reply.status, 431);
    auto both = Connect();
    co_await both.Send(Get("/" + std::string(9'000, 'x'), "X: " + std::string(9'000, 'x') + "\r\n"));
    reply = co_await both.Receive();
    EXPECT_EQ(reply.status, 431);
    auto endless_line = Connect();
    co_await endless_line.Send("GET /" + std::string(200'000, 'x'));
    reply = co_await endless_line.Receive();
    EXPECT_EQ(reply.status, 431);
  };
  Run(test());
}

TEST_F(ServerTest, ClosesIdleConnectionsWithoutAWord) {
  Serve(Echo);
  auto test = [&]() -> Task<void> {
    auto client = Connect();
    co_await client.Send(Get("/"));
    co_await client.Receive();
    const auto before = clock_.Now();
    const auto all = co_await ReceiveToEndInTime(client);
    EXPECT_EQ(all, "");
    EXPECT_GE(clock_.Now() - before, 75s);
  };
  Run(test());
}

TEST_F(ServerTest, TimesOutAHeaderThatDripsIn) {
  Serve(Echo);
  auto test = [&]() -> Task<void> {
    auto client = Connect();
    co_await client.Send("GET / HTTP/1.1\r\nHost:");
    co_await Until([&] { return server_->connections() == 1; });
    for (int i = 0; i < 10; ++i) co_await Turn();
    for (int i = 0; i < 18; ++i) {  // a byte a second does not move the deadline
      clock_.Advance(1s);
      co_await client.Send("x");
      for (int k = 0; k < 3; ++k) co_await Turn();
    }
    const auto all = co_await ReceiveToEndInTime(client);
    EXPECT_THAT(all, StartsWith("HTTP/1.1 408"));
  };
  Run(test());
}

TEST_F(ServerTest, GivesUpOnAnUploadThatStalls) {
  Upload upload;
  auto handler = [&](Request& request) -> Task<Response> { co_return co_await upload(request); };
  Serve(handler);
  auto test = [&]() -> Task<void> {
    auto client = Connect();
    co_await client.Send(Post("Content-Length: 100\r\n", "only this"));
    const auto all = co_await ReceiveToEndInTime(client);
    EXPECT_EQ(upload.failure, Code::kUnavailable);
    EXPECT_THAT(all, HasSubstr("stopped sending"));
  };
  Run(test());
}

// A byte a second never stalls, and would hold a connection and what came before for days.
TEST_F(ServerTest, GivesUpOnAnUploadThatTrickles) {
  for (const std::string fields : {"Content-Length: 1000000\r\n", "Transfer-Encoding: chunked\r\n"}) {
    Upload upload;
    auto handler = [&](Request& request) -> Task<Response> { co_return co_await upload(request); };
    Serve(handler);
    auto test = [&]() -> Task<void> {
      auto client = Connect();
      co_await client.Send(Post(fields, fields.starts_with('T') ? "fffff\r\n" : ""));
      for (int i = 0; i < 10; ++i) co_await Turn();
      const Time begun = clock_.Now();
      while (!upload.ended && clock_.Now() - begun < 200s) {
        co_await client.Send("x");
        for (int i = 0; i < 5; ++i) co_await Turn();
        clock_.Advance(1s);
      }
      EXPECT_EQ(upload.failure, Code::kUnavailable);
      EXPECT_GE(clock_.Now() - begun, 55s);
      EXPECT_LE(clock_.Now() - begun, 65s);
      client.Close();
    };
    Run(test());
  }
}

TEST_F(ServerTest, TakesAnUploadThatIsSlowButSteady) {
  Upload upload;
  auto handler = [&](Request& request) -> Task<Response> { co_return co_await upload(request); };
  Serve(handler);
  auto test = [&]() -> Task<void> {
    auto client = Connect();
    co_await client.Send(Post("Content-Length: 300000\r\n"));
    for (int seconds = 0; seconds < 300; ++seconds) {
      co_await client.Send(std::string(1000, 'x'));
      for (int i = 0; i < 5; ++i) co_await Turn();
      clock_.Advance(1s);
    }
    const auto reply = co_await client.Receive();
    EXPECT_EQ(reply.status, 200) << reply.body;
  };
  Run(test());
}

// A slow disk is no fault of the client's.
TEST_F(ServerTest, CountsOnlyTheTimeInWhichItWaitsForTheClient) {
  Signal go(clock_);
  bool ended = false;
  auto handler = [&](Request& request) -> Task<Response> {
    co_await request.body->Read();
    co_await go.Wait();
    auto rest = co_await request.body->ReadAll(100);
    ended = true;
    co_return Response::Text(rest ? 200 : 400, rest ? *rest : rest.error().message());
  };
  Serve(handler);
  auto test = [&]() -> Task<void> {
    auto client = Connect();
    co_await client.Send(Post("Content-Length: 2\r\n", "a"));
    for (int i = 0; i < 10; ++i) co_await Turn();
    for (int seconds = 0; seconds < 300; ++seconds) {
      clock_.Advance(1s);
      co_await Turn();
    }
    go.NotifyAll();
    for (int i = 0; i < 10; ++i) co_await Turn();
    EXPECT_FALSE(ended);
    co_await client.Send("b");
    const auto reply = co_await client.Receive();
    EXPECT_EQ(reply.body, "b");
  };
  Run(test());
}

TEST_F(ServerTest, TellsTheHandlerWhenAnUploadBreaksOff) {
  for (const std::string fields : {"Content-Length: 1000000\r\n", "Transfer-Encoding: chunked\r\n"}) {
    Upload upload;
    auto handler = [&](Request& request) -> Task<Response> { co_return co_await upload(request); };
    Serve(handler);
    auto test = [&]() -> Task<void> {
      auto client = Connect();
      co_await client.Send(Post(fields, "5\r\nhello\r\n"));
      for (int i = 0; i < 10; ++i) co_await Turn();
      client.Close();
      co_await Until([&] { return upload.ended; });
      EXPECT_EQ(upload.failure, Code::kUnavailable);
      co_await Until([&] { return server_->connections() == 0; });
    };
    Run(test());
  }
}

TEST_F(ServerTest, RefusesMalformedChunks) {
  Upload upload;
  auto handler = [&](Request& request) -> Task<Response> { co_return co_await upload(request); };
  Serve(handler);
  auto test = [&]() -> Task<void> {
    auto client = Connect();
    co_await client.Send(Post("Transfer-Encoding: chunked\r\n", "5\r\nhelloworld\r\n"));
    const auto reply = co_await client.Receive();
    EXPECT_EQ(reply.status, 400);
    EXPECT_TRUE(reply.Has("Connection: close"));
    EXPECT_EQ(upload.failure, Code::kInvalid);
  };
  Run(test());
}

TEST_F(ServerTest, BoundsBodiesOfEitherKind) {
  Upload upload;
  auto handler = [&](Request& request) -> Task<Response> { co_return co_await upload(request); };
  ServerOptions options;
  options.max_body = 10;
  Serve(handler, options);
  auto test = [&]() -> Task<void> {
    for (const std::string body :
         {"Content-Length: 10\r\n\r\n0123456789", "Transfer-Encoding: chunked\r\n\r\na\r\n0123456789\r\n0\r\n\r\n"}) {
      auto client = Connect();
      co_await client.Send("POST / HTTP/1.1\r\nHost: a\r\n" + body);
      const auto reply = co_await client.Receive();
      EXPECT_EQ(reply.status, 200) << reply.body;
    }
    for (const std::string body :
         {"Content-Length: 11\r\n\r\n", "Transfer-Encoding: chunked\r\n\r\nb\r\n0123456789x\r\n0\r\n\r\n"}) {
      upload.failure.reset();
      auto client = Connect();
      co_await client.Send("POST / HTTP/1.1\r\nHost: a\r\n" + body);
      co_await client.Receive();
      EXPECT_EQ(upload.failure, Code::kTooLarge);
    }
  };
  Run(test());
}

TEST_F(ServerTest, LetsAClientThatSendsEverythingFirstSeeItsRefusal) {
  auto handler = [](Request&) -> Task<Response> { co_return Response::Text(413, "too large"); };
  Serve(handler);
  auto test = [&]() -> Task<void> {
    auto client = Connect();
    const bool sent = co_await client.Send(Post("Content-Length: 20000000\r\n", std::string(20'000'000, 'x')));
    EXPECT_TRUE(sent) << "the server reset the connection under the upload";
    const auto all = co_await client.ReceiveToEnd();
    EXPECT_THAT(all, StartsWith("HTTP/1.1 413"));
    EXPECT_THAT(all, EndsWith("too large"));
  };
  Run(test());
}

TEST_F(ServerTest, GivesUpOnAClientThatDoesNotReadItsAnswer) {
  Signal gone(clock_);
  bool ended = false;
  auto stream = [&](ResponseStream& out) -> Task<void> {
    bool open = true;
    while (open) {
      auto bytes = std::string(1 << 20, 'x');
      const auto written = co_await out.Write(std::move(bytes));
      open = written.has_value();
    }
    ended = true;
  };
  auto handler = [&](Request&) -> Task<Response> {
    Response response;
    response.stream = stream;
    co_return response;
  };
  Serve(handler);
  auto test = [&]() -> Task<void> {
    auto client = Connect();
    co_await client.Send(Get("/"));
    co_await PassTimeUntil(ended);
    co_await Until([&] { return server_->connections() == 0; });
  };
  Run(test());
}

TEST_F(ServerTest, LeavesConnectionsOverItsBoundInTheListenQueue) {
  ServerOptions options;
  options.max_connections = 1;
  Serve(Echo, options);
  auto test = [&]() -> Task<void> {
    auto first = Connect();
    co_await first.Send(Get("/first"));
    co_await first.Receive();
    auto second = Connect();
    co_await second.Send(Get("/second"));
    for (int i = 0; i < 20; ++i) co_await Turn();
    EXPECT_EQ(server_->connections(), 1);
    first.Close();
    const auto reply = co_await second.Receive();
    EXPECT_EQ(reply.body, "GET /second ");
  };
  Run(test());
}

TEST_F(ServerTest, GoesOnAfterTheSystemHadNoDescriptorLeft) {
#ifdef DARKROOM_SANITIZED
  GTEST_SKIP() << "the undefined-behaviour sanitizer needs a descriptor itself to look at a vtable";
#endif
  Serve(Echo);
  auto test = [&]() -> Task<void> {
    auto client = Connect();
    rlimit before{};
    getrlimit(RLIMIT_NOFILE, &before);
    const int next_free = dup(0);
    close(next_free);
    const rlimit none{.rlim_cur = rlim_t(next_free), .rlim_max = before.rlim_max};
    setrlimit(RLIMIT_NOFILE, &none);
    const int timers = clock_.pending();
    co_await Until([&] { return clock_.pending() > timers; });  // it backs off
    EXPECT_EQ(server_->connections(), 0);
    setrlimit(RLIMIT_NOFILE, &before);
    clock_.Advance(1s);
    co_await client.Send(Get("/"));
    const auto reply = co_await client.Receive();
    EXPECT_EQ(reply.status, 200);
  };
  Run(test());
}

}  // namespace
}  // namespace darkroom::http
