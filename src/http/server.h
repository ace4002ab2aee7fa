// Server: HTTP/1.1 over TCP, one coroutine a connection, keep-alive, Expect: 100-continue, streamed bodies both ways.
//
// Life: Start (binds and listens), Stop (no new connections, idle ones closed, requests under way may end within
// `grace`), then destroy. Threads: the loop's alone.
// Bounds: header 16 KiB, body `max_body`, idle and slow clients by the timeouts, connections by max_connections
// (further ones wait in the listen queue).
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "base/async.h"
#include "base/clock.h"
#include "base/result.h"
#include "http/message.h"

namespace darkroom::http {

struct ServerOptions {
  std::string address = "127.0.0.1";
  int port = 0;                       // 0: any free one, see Server::port
  std::uint64_t max_body = 0;         // bytes of one request; 0: only the handlers' own bounds
  Duration header_timeout = 20s;      // from the first byte of a request to the end of its header
  Duration read_timeout = 60s;        // without a byte of a body, or with too few
  std::int64_t min_body_rate = 1000;  // bytes a second that a body must come with on average, over about read_timeout
  Duration write_timeout = 60s;       // without progress of an answer
  Duration idle_timeout = 75s;        // between requests
  int max_connections = 10'000;
  // The answer where no handler is asked (a request that cannot be read) or where it threw: 400, 408, 431, 500, 501 or
  // 505, with a sentence for people. Empty: that sentence as text.
  std::function<Response(int status, std::string_view reason)> refusal = nullptr;
};

class Server {
 public:
  Server(IoContext& io, Clock& clock, ServerOptions options, Handler handler);
  ~Server();  // after Stop has ended, or when Start never succeeded

  Status Start();  // kUnavailable: "127.0.0.1:8080 is in use by another program"
  int port() const;
  Task<void> Stop(Duration grace);
  int connections() const;

 private:
  struct State;
  std::shared_ptr<State> state_;
};

}  // namespace darkroom::http
