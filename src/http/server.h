// Server: HTTP/1.1 over TCP, one coroutine a connection, keep-alive, Expect: 100-continue, streamed bodies both ways.
//
// Life: Start (binds and listens), Stop (no new connections, idle ones closed, requests under way may end within
// `grace`), then destroy. Threads: the loop's alone.
// Bounds: header 16 KiB, body `max_body`, idle and slow clients by the timeouts, connections by max_connections
// (further ones wait in the listen queue).
#pragma once

#include <memory>
#include <string>

#include "base/async.h"
#include "base/clock.h"
#include "base/result.h"
#include "http/message.h"

namespace darkroom::http {

struct ServerOptions {
  std::string address = "127.0.0.1";
  int port = 0;                   // 0: any free one, see Server::port
  std::uint64_t max_body = 0;     // bytes of one request; 0: only the handlers' own bounds
  Duration header_timeout = 20s;  // from the first byte of a request to the end of its header
  Duration read_timeout = 60s;    // without a byte of a body
  Duration write_timeout = 60s;   // without progress of an answer
  Duration idle_timeout = 75s;    // between requests
  int max_connections = 10'000;
};

class Server {
 public:
  Server(IoContext& io, Clock& clock, ServerOptions options, Handler handler);
  ~Server();  // after Stop has ended, or when Start never succeeded

  Status Start();  // kUnavailable: "127.0.0.1:8080 is in use by another program; choose another with --listen"
  int port() const;
  Task<void> Stop(Duration grace);
  int connections() const;

 private:
  struct State;
  std::shared_ptr<State> state_;
};

}  // namespace darkroom::http
