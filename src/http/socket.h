// Socket: one client's TCP connection: buffered reads, writes of everything, and a deadline for what is under way,
// which the server's sweep enforces (no timer is armed per read). Owned by shared_ptr, for the watch outlives a
// request.
//
// Threads: the loop's. At most one read and one write at a time.
#pragma once

#include <boost/asio/ip/tcp.hpp>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "base/async.h"

namespace darkroom::http {

class Socket : public std::enable_shared_from_this<Socket> {
 public:
  static constexpr std::size_t kPlainRead = 4096;      // requests without a body fit
  static constexpr std::size_t kBodyRead = 64 * 1024;  // a body's next piece

  Socket(asio::ip::tcp::socket socket, Clock& clock) : socket_(std::move(socket)), clock_(clock) {}

  // What was read and not consumed.
  std::string_view input() const { return std::string_view(buffer_).substr(begin_, end_ - begin_); }
  void Consume(std::size_t size) { begin_ += size; }

  // Reads more input, at least a byte, at most about `room`. False: the client has ended, the connection failed, or
  // `deadline` came.
  Task<bool> Fill(Time deadline, std::size_t room = kPlainRead);
  // Reads past input(), which must be empty. 0 where Fill says false.
  Task<std::size_t> ReadSome(char* to, std::size_t size, Time deadline);
  // Writes both, in one system call where the system takes them. False: the connection failed or took no byte for
  // `patience`.
  Task<bool> Write(std::string_view first, std::string_view second, Duration patience);

  // Whether the last failure was a deadline; forgets it.
  bool TakeExpired() { return std::exchange(expired_, false); }
  // Called by the sweep.
  void Expire(Time now);

  // Calls `on_gone` when the client closes its end, until Unwatch. A client that sends more meanwhile is taken to stay.
  void Watch(std::function<void()> on_gone);
  void Unwatch() { on_gone_ = nullptr; }

  // Ends our side, then reads and drops what the client still sends until it ends too or `deadline`: closing with
  // unread bytes would reset the connection, and the client might lose the answer.
  Task<void> Linger(Time deadline);
  void Close();

 private:
  asio::ip::tcp::socket socket_;
  Clock& clock_;
  std::string buffer_;
  std::size_t begin_ = 0;
  std::size_t end_ = 0;
  Time deadline_ = Time::max();
  bool expired_ = false;
  bool watching_ = false;
  std::function<void()> on_gone_;
};

}  // namespace darkroom::http
