#include "http/socket.h"

#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <boost/asio/buffer.hpp>
#include <boost/asio/redirect_error.hpp>

namespace darkroom::http {

using ErrorCode = boost::system::error_code;
using asio::ip::tcp;

Task<bool> Socket::Fill(Time deadline, std::size_t room) {
  if (begin_ == end_) {
    begin_ = end_ = 0;
    if (buffer_.size() > room) buffer_ = std::string();  // a large body has passed; idle connections stay small
  } else if (begin_ > 0) {
    buffer_.erase(0, begin_);
    end_ -= std::exchange(begin_, 0);
  }
  if (buffer_.size() < end_ + room) buffer_.resize(end_ + room);
  const auto got = co_await ReadSome(buffer_.data() + end_, buffer_.size() - end_, deadline);
  end_ += got;
  co_return got > 0;
}

Task<std::size_t> Socket::ReadSome(char* to, std::size_t size, Time deadline) {
  ErrorCode error;
  auto token = asio::redirect_error(asio::use_awaitable, error);
  deadline_ = deadline;
  const auto got = co_await socket_.async_read_some(asio::mutable_buffer(to, size), token);
  deadline_ = Time::max();
  if (!error) expired_ = false;  // the sweep came too late
  co_return error ? 0 : got;
}

Task<bool> Socket::Write(std::string_view first, std::string_view second, Duration patience) {
  while (true) {
    ErrorCode error;
    const std::array<asio::const_buffer, 2> buffers{asio::const_buffer(first.data(), first.size()),
                                                    asio::const_buffer(second.data(), second.size())};
    const auto sent = socket_.write_some(buffers, error);
    if (error && error != asio::error::would_block) co_return false;
    const auto of_first = std::min(sent, first.size());
    first.remove_prefix(of_first);
    second.remove_prefix(sent - of_first);
    if (first.empty() && second.empty()) co_return true;
    auto token = asio::redirect_error(asio::use_awaitable, error);
    deadline_ = clock_.Now() + patience;
    co_await socket_.async_wait(tcp::socket::wait_write, token);
    deadline_ = Time::max();
    if (error) co_return false;
    expired_ = false;
  }
}

void Socket::Expire(Time now) {
  if (now < deadline_) return;
  expired_ = true;
  ErrorCode ignored;
  socket_.cancel(ignored);
}

void Socket::Watch(std::function<void()> on_gone) {
  on_gone_ = std::move(on_gone);
  if (watching_) return;  // the wait of an earlier answer serves this one
  watching_ = true;
  socket_.async_wait(tcp::socket::wait_read, [self = shared_from_this()](ErrorCode error) {
    self->watching_ = false;
    if (!self->on_gone_) return;
    char byte;
    const bool ended = error || ::recv(self->socket_.native_handle(), &byte, 1, MSG_PEEK | MSG_DONTWAIT) <= 0;
    if (ended) std::exchange(self->on_gone_, nullptr)();
  });
}

Task<void> Socket::Linger(Time deadline) {
  ErrorCode ignored;
  socket_.shutdown(tcp::socket::shutdown_send, ignored);
  begin_ = end_ = 0;
  buffer_.resize(kBodyRead);
  for (bool more = true; more;) {
    const std::size_t got = co_await ReadSome(buffer_.data(), buffer_.size(), deadline);
    more = got > 0;
  }
}

void Socket::Close() {
  ErrorCode ignored;
  socket_.close(ignored);
}

}  // namespace darkroom::http
