// SocketStream: the ResponseStream that a connection gives to a handler whose body comes bit by bit.
#pragma once

#include <cstdint>
#include <functional>
#include <string>

#include "http/message.h"
#include "http/response_head.h"
#include "http/socket.h"

namespace darkroom::http {

class SocketStream final : public ResponseStream {
 public:
  // Watches the socket from now on, so that closed() turns true without a Write. `plan` is one of a stream.
  SocketStream(Socket& socket, AnswerPlan plan, Duration write_timeout, bool stopping);
  ~SocketStream() override { socket_.Unwatch(); }

  Task<Status> Write(std::string bytes) override;
  bool closed() const override { return gone_ || stopping_; }
  void OnClosed(std::function<void()> fn) override;

  // The server stops: closed() from now on, but what is written still goes out.
  void Stop();
  // Ends the body; false when the client did not get all that the head promised.
  Task<bool> Finish();

 private:
  void Gone();
  void TellClosed();

  Socket& socket_;
  const AnswerPlan plan_;
  const Duration write_timeout_;
  std::uint64_t written_ = 0;
  bool gone_ = false;
  bool stopping_;
  std::function<void()> on_closed_;
};

}  // namespace darkroom::http
