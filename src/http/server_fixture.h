// ServerTest: a server on a free port with a clock that the test turns, and clients on the same loop.
#pragma once

#include <gtest/gtest.h>

#include <functional>
#include <memory>
#include <string>
#include <utility>

#include "base/fake_clock.h"
#include "http/raw_client.h"
#include "http/server.h"

namespace darkroom::http {

class ServerTest : public testing::Test {
 protected:
  void Serve(Handler handler, ServerOptions options = {}) {
    server_ = std::make_unique<Server>(io_, clock_, std::move(options), std::move(handler));
    const auto started = server_->Start();
    ASSERT_TRUE(started.has_value()) << started.error().message();
  }

  // Runs the test's coroutine, then stops the server.
  void Run(Task<void> test) {
    io_.RunUntilDone(std::move(test));
    if (server_) io_.RunUntilDone(server_->Stop(0s));
  }

  RawClient Connect() { return RawClient(io_, server_->port()); }

  // Lets everything else on the loop go a step.
  Task<void> Turn() { co_await asio::post(io_.context(), asio::use_awaitable); }
  Task<void> Until(std::function<bool()> condition) {
    while (!condition()) co_await Turn();
  }
  // Lets time pass, a second a turn, until `done`.
  Task<void> PassTimeUntil(const bool& done) {
    while (!done) {
      clock_.Advance(1s);
      co_await Turn();
    }
  }
  // What the client receives up to the end of the connection while time passes.
  Task<std::string> ReceiveToEndInTime(RawClient& client) {
    auto done = std::make_shared<bool>(false);
    auto pass = [](ServerTest* self, std::shared_ptr<bool> until) -> Task<void> {
      co_await self->PassTimeUntil(*until);
    };
    io_.Spawn(pass(this, done));
    auto all = co_await client.ReceiveToEnd();
    *done = true;
    co_return all;
  }

  static std::string Get(std::string_view path, std::string_view fields = "") {
    return "GET " + std::string(path) + " HTTP/1.1\r\nHost: test\r\n" + std::string(fields) + "\r\n";
  }
  static std::string Post(std::string_view fields, std::string_view body = "") {
    return "POST / HTTP/1.1\r\nHost: test\r\n" + std::string(fields) + "\r\n" + std::string(body);
  }

  IoContext io_;
  FakeClock clock_{io_};
  std::unique_ptr<Server> server_;
};

// Answers with the request's method, target and body.
inline Task<Response> Echo(Request& request) {
  auto body = co_await request.body->ReadAll(std::size_t(1) << 30);
  if (!body) co_return Response::Text(400, body.error().message());
  co_return Response::Text(200, request.method + " " + request.target + " " + *body);
}

}  // namespace darkroom::http
