// RequestBody: the body of the request that a connection is serving, read from its socket on demand, and given up when
// it comes too slowly.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "http/chunked_decoder.h"
#include "http/message.h"
#include "http/server.h"
#include "http/socket.h"

namespace darkroom::http {

class RequestBody final : public BodyReader {
 public:
  struct Framing {
    std::uint64_t length = 0;  // of a body that is not chunked
    bool chunked = false;
    bool expects_continue = false;  // the client waits for our word before it sends
  };
  RequestBody(Socket& socket, Clock& clock, const ServerOptions& options, Framing framing);

  Task<Result<std::string>> Read() override;

  // Whether all of it was read.
  bool at_end() const { return at_end_; }
  // Whether the next request can be found behind what is left, at the price of reading up to `limit` bytes of it.
  bool MayDrain(std::uint64_t limit) const;
  // Reads what is left and drops it; false when that cannot be done within `limit` bytes.
  Task<bool> Drain(std::uint64_t limit);

 private:
  Task<Result<std::string>> ReadFixed();
  Task<Result<std::string>> ReadChunked();
  void Waited(Time since) { patience_ -= clock_.Now() - since; }
  void Received(std::size_t bytes);
  Error Broken();

  Socket& socket_;
  Clock& clock_;
  const ServerOptions& options_;
  const bool chunked_;
  bool expects_continue_;
  bool at_end_;
  std::uint64_t left_;  // when not chunked
  std::uint64_t max_body_;
  std::uint64_t seen_ = 0;  // when chunked
  // How long the client may yet make us wait: waiting uses it up, what comes fills it up again. So a body may stall for
  // a while, but not trickle. Time in which the handler does not read counts against nobody.
  Duration patience_;
  ChunkedDecoder decoder_;
  std::optional<Error> failure_;  // what every further Read answers
};

}  // namespace darkroom::http
