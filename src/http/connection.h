// Connection: serves the requests of one client, one after another, until either side ends it. Bytes are Socket's, the
// grammar is RequestParser's; this is the order of things: head, handler, answer, rest of the body, next.
//
// Threads: the loop's. Owned by whoever runs Run, which holds it until it has ended.
#pragma once

#include <memory>
#include <string>

#include "http/message.h"
#include "http/request_parser.h"
#include "http/response_head.h"
#include "http/response_stream.h"
#include "http/server.h"
#include "http/socket.h"

namespace darkroom::http {

// What the connections of a server share.
struct Service {
  Clock& clock;
  ServerOptions options;
  Handler handler;
  DateField date = {};
  bool stopping = false;
};

class Connection {
 public:
  Connection(std::shared_ptr<Socket> socket, Service& service);

  Task<void> Run();

  void Sweep(Time now) { socket_->Expire(now); }
  // The server stops: closes unless a request is under way, and tells a streamed answer.
  void Stop();
  void Close() { socket_->Close(); }

 private:
  // Each returns whether the connection can go on.
  Task<bool> ServeOne();
  Task<bool> ReadHead(Request& request);
  Task<bool> Refuse(int status, std::string_view reason);
  Response Refusal(int status, std::string_view reason) const;
  Task<Response> AskHandler(Request& request);
  // Whether all of the answer went out.
  Task<bool> Send(Response& response, const AnswerPlan& plan);

  std::shared_ptr<Socket> socket_;
  Service& service_;
  RequestParser parser_;
  std::string head_;                // of the answer
  SocketStream* stream_ = nullptr;  // while an answer is streamed
  bool under_way_ = false;          // a request's first byte has come, its answer has not gone out
  bool linger_ = false;             // at the end: the client may be sending still
};

}  // namespace darkroom::http
