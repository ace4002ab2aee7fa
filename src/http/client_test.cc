#include "http/client.h"

#include <gmock/gmock.h>

#include "http/server_fixture.h"

namespace darkroom::http {
namespace {

using testing::EndsWith;
using testing::HasSubstr;
using testing::Not;

// The server of ServerTest, and a client of it on the same loop.
class ClientTest : public ServerTest {
 protected:
  ClientRequest To(std::string path, std::string method = "GET") {
    ClientRequest request;
    request.method = std::move(method);
    request.url = "http://127.0.0.1:" + std::to_string(server_->port()) + path;
    return request;
  }
  // A port where nobody listens.
  int DeadPort() {
    Server server(io_, clock_, {}, Echo);
    EXPECT_TRUE(server.Start().has_value());
    io_.RunUntilDone(server.Stop(0s));
    return server.port();
  }

  Client client_{"darkroom-test"};
};

TEST_F(ClientTest, SendsWhatItIsGivenAndReturnsWhatComes) {
  auto handler = [](Request& request) -> Task<Response> {
    auto response = co_await Echo(request);
    response.status = 404;
    for (const auto& [name, value] : request.headers) response.body += "\n" + name + ": " + value;
    response.headers.Add("X-Answer", "1");
    response.headers.Add("X-Answer", "2");
    co_return response;
  };
  Serve(handler);
  auto test = [&]() -> Task<void> {
    auto request = To("/a/../b%2F?x=%20", "PATCH");
    request.body = {"the body"};
    request.headers.Add("X-Field", "v");
    request.headers.Add("X-Empty", "");
    const auto response = co_await client_.Send(std::move(request));
    EXPECT_TRUE(response.has_value());
    EXPECT_EQ(response->status, 404);
    EXPECT_EQ(response->headers.Get("x-answer"), "1");
    EXPECT_THAT(response->body, testing::StartsWith("PATCH /a/../b%2F?x=%20 the body\n"));
    EXPECT_THAT(response->body, HasSubstr("\nX-Field: v"));
    EXPECT_THAT(response->body, HasSubstr("\nX-Empty: "));
    EXPECT_THAT(response->body, HasSubstr("\nUser-Agent: darkroom-test"));
    EXPECT_THAT(response->body, Not(HasSubstr("Content-Type"))) << "curl's own guess at a type";
  };
  Run(test());
}

TEST_F(ClientTest, SendsEveryMethodWithAndWithoutABody) {
  Serve(Echo);
  auto test = [&]() -> Task<void> {
    for (const std::string method : {"GET", "POST", "PUT", "DELETE", "PATCH", "OPTIONS"}) {
      for (const std::string body : {"", "some"}) {
        auto request = To("/", method);
        request.body = {body};
        const auto response = co_await client_.Send(std::move(request));
        EXPECT_EQ(response->body, method + " / " + body);
      }
    }
    const auto head = co_await client_.Send(To("/", "HEAD"));
    EXPECT_EQ(head->status, 200);
    EXPECT_EQ(head->headers.Get("Content-Length"), "7");
    EXPECT_EQ(head->body, "");
  };
  Run(test());
}

TEST_F(ClientTest, MovesLargeBodiesBothWaysAndTellsTheProgress) {
  Serve(Echo);
  auto test = [&]() -> Task<void> {
    const std::string large(5'000'000, 'x');
    std::atomic<std::uint64_t> sent = 0;
    auto request = To("/", "PUT");
    request.body = {large};
    request.on_sent = [&](std::uint64_t now, std::uint64_t total) {
      EXPECT_LE(now, total);
      sent = std::max<std::uint64_t>(sent, now);
    };
    const auto response = co_await client_.Send(std::move(request));
    EXPECT_EQ(response->body, "PUT / " + large);
    EXPECT_EQ(sent, large.size());
  };
  Run(test());
}

TEST_F(ClientTest, SendsABodyInPiecesAsOne) {
  Serve(Echo);
  auto test = [&]() -> Task<void> {
    const std::string large(700'000, 'x');
    auto request = To("/", "PUT");
    request.body = {"a", large, "", "b", large, "c"};
    const auto response = co_await client_.Send(std::move(request));
    EXPECT_TRUE(response->body == "PUT / a" + large + "b" + large + "c");
  };
  Run(test());
}

TEST_F(ClientTest, KeepsItsConnection) {
  Serve(Echo);
  auto test = [&]() -> Task<void> {
    for (int i = 0; i < 10; ++i) {
      const auto response = co_await client_.Send(To("/"));
      EXPECT_EQ(response->status, 200);
      EXPECT_EQ(server_->connections(), 1);
    }
  };
  Run(test());
}

TEST_F(ClientTest, RunsManyRequestsAtATime) {
  Serve(Echo);
  TaskGroup group(io_, clock_);
  int right = 0;
  auto one = [&](int i) -> Task<void> {
    auto request = To("/" + std::to_string(i), "POST");
    request.body = {std::to_string(i)};
    const auto response = co_await client_.Send(std::move(request));
    if (response && response->body == "POST /" + std::to_string(i) + " " + std::to_string(i)) ++right;
  };
  auto test = [&]() -> Task<void> {
    for (int i = 0; i < 300; ++i) group.Spawn(one(i));
    co_await group.Join();
  };
  Run(test());
  EXPECT_EQ(right, 300);
}

TEST_F(ClientTest, SendsAgainWhereTheServerHadClosedItsConnection) {
  Serve(Echo);
  auto test = [&]() -> Task<void> {
    co_await client_.Send(To("/", "POST"));
    ServerOptions options;
    options.port = server_->port();
    co_await server_->Stop(1s);
    Serve(Echo, options);
    auto request = To("/again", "POST");
    request.body = {"b"};
    const auto response = co_await client_.Send(std::move(request));
    EXPECT_TRUE(response.has_value()) << response.error().message();
    EXPECT_EQ(response->body, "POST /again b");
  };
  Run(test());
}

TEST_F(ClientTest, SaysUnavailableForARefusedConnectionAndKeepsTheQueryOut) {
  ClientRequest request;
  request.url = "http://127.0.0.1:" + std::to_string(DeadPort()) + "/path?secret=1";
  const auto response = io_.RunUntilDone(client_.Send(std::move(request)));
  EXPECT_EQ(response.error().code(), Code::kUnavailable);
  EXPECT_THAT(response.error().message(), HasSubstr("/path: "));
  EXPECT_THAT(response.error().message(), Not(HasSubstr("secret")));
}

TEST_F(ClientTest, SaysInvalidForWhatCannotBeSent) {
  for (const std::string url : {"", "nonsense://x/", "http://", "http://a b/", "http://a/\r\nX: y"}) {
    ClientRequest request;
    request.url = url;
    EXPECT_EQ(io_.RunUntilDone(client_.Send(std::move(request))).error().code(), Code::kInvalid) << url;
  }
  ClientRequest split;
  split.url = "http://127.0.0.1/";
  split.headers.Add("X", "a\r\nY: b");
  EXPECT_EQ(io_.RunUntilDone(client_.Send(std::move(split))).error().code(), Code::kInvalid);
}

TEST_F(ClientTest, GivesUpAfterItsTimeout) {
  Signal go(clock_);
  auto handler = [&](Request&) -> Task<Response> {
    co_await go.Wait();
    co_return Response::Text(200, "late");
  };
  Serve(handler);
  auto test = [&]() -> Task<void> {
    auto request = To("/");
    request.timeout = 50ms;
    const auto response = co_await client_.Send(std::move(request));
    EXPECT_EQ(response.error().code(), Code::kUnavailable);
    go.NotifyAll();
  };
  Run(test());
}

TEST_F(ClientTest, RefusesAnAnswerOverItsBound) {
  auto handler = [](Request&) -> Task<Response> { co_return Response::Text(200, std::string(1001, 'x')); };
  Serve(handler);
  auto test = [&]() -> Task<void> {
    for (const std::size_t limit : {1000u, 1001u}) {
      auto request = To("/");
      request.max_response = limit;
      const auto response = co_await client_.Send(std::move(request));
      EXPECT_EQ(response.has_value(), limit == 1001);
      EXPECT_TRUE(response || response.error().code() == Code::kTooLarge) << limit;
    }
  };
  Run(test());
}

TEST_F(ClientTest, CancelsWhatIsUnderWayWhenToldAndWhenItGoes) {
  Signal go(clock_);
  bool gone = false;  // a request may reach its handler only after the last notification
  auto handler = [&](Request& request) -> Task<Response> {
    if (request.path == "/slow" && !gone) co_await go.Wait();
    co_return Response::Text(200, "here");
  };
  Serve(handler);
  auto client = std::make_unique<Client>();
  std::optional<Code> failure;
  auto send = [&]() -> Task<void> {
    const auto response = co_await client->Send(To("/slow"));
    failure = response.error().code();
  };
  auto test = [&]() -> Task<void> {
    io_.Spawn(send());
    co_await Until([&] { return server_->connections() == 1; });
    client->CancelAll();
    co_await Until([&] { return failure.has_value(); });
    EXPECT_EQ(failure, Code::kCancelled);
    const auto response = co_await client->Send(To("/quick"));
    EXPECT_EQ(response->body, "here");

    failure.reset();
    io_.Spawn(send());
    for (int i = 0; i < 10; ++i) co_await Turn();
    client.reset();
    co_await Until([&] { return failure.has_value(); });
    EXPECT_EQ(failure, Code::kCancelled);
    gone = true;
    go.NotifyAll();
  };
  Run(test());
}

TEST_F(ClientTest, StreamsInOrderToASlowReader) {
  // More than the pipe, the sockets and curl hold together, so that the sender has to wait for the reader.
  constexpr int kPieces = 300;
  constexpr std::size_t kPiece = 100'000;
  auto stream = [](ResponseStream& out) -> Task<void> {
    for (int i = 0; i < kPieces; ++i) {
      auto piece = std::string(kPiece, char('a' + i % 26));
      (void)co_await out.Write(std::move(piece));
    }
  };
  auto handler = [&](Request&) -> Task<Response> {
    Response response;
    response.stream = stream;
    co_return response;
  };
  Serve(handler);
  auto test = [&]() -> Task<void> {
    std::size_t at = 0;
    bool right = true;
    std::size_t largest = 0;
    auto on_data = [&](std::string_view bytes) {
      for (const char c : bytes) right = right && c == char('a' + at++ / kPiece % 26);
      largest = std::max(largest, bytes.size());
      return true;
    };
    const auto response = co_await client_.Stream(To("/"), on_data);
    EXPECT_TRUE(response.has_value());
    EXPECT_EQ(response->status, 200);
    EXPECT_EQ(at, kPieces * kPiece);
    EXPECT_TRUE(right);
    EXPECT_LT(largest, 1'000'000u) << "a slow reader must not fill memory";
  };
  Run(test());
}

TEST_F(ClientTest, EndsAStreamWhenItsReaderHasEnough) {
  Signal news(clock_);
  bool ended = false;
  auto stream = [&](ResponseStream& out) -> Task<void> {
    out.OnClosed([&] { news.NotifyAll(); });
    (void)co_await out.Write("data: 1\n\n");
    while (!out.closed()) co_await news.Wait();
    ended = true;
  };
  auto handler = [&](Request&) -> Task<Response> {
    Response response;
    response.stream = stream;
    co_return response;
  };
  Serve(handler);
  auto test = [&]() -> Task<void> {
    std::string all;
    auto on_data = [&](std::string_view bytes) {
      all += bytes;
      return !all.ends_with("\n\n");
    };
    const auto response = co_await client_.Stream(To("/"), on_data);
    EXPECT_TRUE(response.has_value());
    EXPECT_EQ(response->status, 200);
    EXPECT_EQ(all, "data: 1\n\n");
    co_await Until([&] { return ended; });
  };
  Run(test());
}

TEST_F(ClientTest, ReturnsTheBodyOfARefusedStream) {
  auto handler = [](Request&) -> Task<Response> { co_return Response::Text(404, "no such batch"); };
  Serve(handler);
  auto test = [&]() -> Task<void> {
    auto on_data = [](std::string_view) { return ADD_FAILURE(), true; };
    const auto response = co_await client_.Stream(To("/"), on_data);
    EXPECT_EQ(response->status, 404);
    EXPECT_EQ(response->body, "no such batch");
  };
  Run(test());
}

}  // namespace
}  // namespace darkroom::http
