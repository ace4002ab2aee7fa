// RawClient: the other end of a connection in tests: sends any bytes, well-formed or not, and reads what comes back.
// Lives on the server's own loop.
#pragma once

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/write.hpp>
#include <cstdlib>
#include <string>

#include "base/async.h"
#include "http/ascii.h"

namespace darkroom::http {

class RawClient {
 public:
  // The system completes the handshake, so this needs no turn of the loop.
  RawClient(IoContext& io, int port) : socket_(io.context()) {
    socket_.connect({asio::ip::address_v4::loopback(), static_cast<unsigned short>(port)});
  }

  // False when the server has closed.
  Task<bool> Send(std::string bytes) {
    boost::system::error_code error;
    auto token = asio::redirect_error(asio::use_awaitable, error);
    auto buffer = asio::buffer(bytes);
    co_await asio::async_write(socket_, buffer, token);
    co_return !error;
  }

  struct Reply {
    int status = 0;    // 0: the connection ended first
    std::string head;  // lines with their ends, the empty one too
    std::string body;
    bool Has(std::string_view line) const { return head.contains("\r\n" + std::string(line) + "\r\n"); }
  };

  // The next answer: a body by its Content-Length, chunks as they stand on the wire up to the last. None after
  // `head_only`.
  Task<Reply> Receive(bool head_only = false) {
    Reply reply;
    reply.head = co_await Until("\r\n\r\n");
    if (reply.head.empty()) co_return reply;
    reply.status = std::atoi(reply.head.c_str() + 9);
    if (head_only || reply.status < 200 || reply.status == 204 || reply.status == 304) co_return reply;
    if (reply.head.contains("Transfer-Encoding: chunked")) {
      reply.body = co_await Until("0\r\n\r\n");
    } else if (const auto at = reply.head.find("Content-Length: "); at != std::string::npos) {
      const auto length = std::size_t(std::atoll(reply.head.c_str() + at + 16));
      bool more = true;
      while (more && received_.size() < length) more = co_await Read();
      reply.body = received_.substr(0, length);
      received_.erase(0, length);
    }
    co_return reply;
  }

  // All up to the end of the connection.
  Task<std::string> ReceiveToEnd() {
    bool more = true;
    while (more) more = co_await Read();
    co_return std::exchange(received_, {});
  }

  // Up to and with `mark`; empty when the connection ends before.
  Task<std::string> Until(std::string mark) {
    while (!received_.contains(mark)) {
      const bool more = co_await Read();
      if (!more) co_return std::string();
    }
    auto text = received_.substr(0, received_.find(mark) + mark.size());
    received_.erase(0, text.size());
    co_return text;
  }

  void EndSending() { socket_.shutdown(asio::ip::tcp::socket::shutdown_send); }
  void Close() { socket_.close(); }

 private:
  Task<bool> Read() {
    boost::system::error_code error;
    auto token = asio::redirect_error(asio::use_awaitable, error);
    char bytes[4096];
    auto buffer = asio::buffer(bytes);
    const auto got = co_await socket_.async_read_some(buffer, token);
    received_.append(bytes, error ? 0 : got);
    co_return !error;
  }

  asio::ip::tcp::socket socket_;
  std::string received_;
};

}  // namespace darkroom::http
