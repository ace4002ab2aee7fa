#include "http/response_stream.h"

#include <fmt/format.h>

#include <utility>

#include "base/log.h"

namespace darkroom::http {

SocketStream::SocketStream(Socket& socket, AnswerPlan plan, Duration write_timeout, bool stopping)
    : socket_(socket), plan_(plan), write_timeout_(write_timeout), stopping_(stopping) {
  socket_.Watch([this] { Gone(); });
}

Task<Status> SocketStream::Write(std::string bytes) {
  if (gone_) co_return Fail(Code::kUnavailable, "the client has gone");
  if (bytes.empty()) co_return Status();
  std::string size;
  if (plan_.body == AnswerPlan::Body::kChunked) {
    size = fmt::format("{:x}\r\n", bytes.size());
    bytes += "\r\n";
  } else if (plan_.body == AnswerPlan::Body::kLength && bytes.size() > plan_.length - written_) {
    spdlog::error("a streamed body is longer than its Content-Length of {}", plan_.length);
    bytes.resize(plan_.length - written_);
  }
  written_ += bytes.size();
  const bool sent = co_await socket_.Write(size, bytes, write_timeout_);
  if (!sent) Gone();
  if (gone_) co_return Fail(Code::kUnavailable, "the client has gone");
  co_return Status();
}

void SocketStream::OnClosed(std::function<void()> fn) {
  on_closed_ = std::move(fn);
  if (closed()) TellClosed();
}

void SocketStream::Stop() {
  stopping_ = true;
  TellClosed();
}

Task<bool> SocketStream::Finish() {
  on_closed_ = nullptr;
  if (gone_) co_return false;
  if (plan_.body == AnswerPlan::Body::kLength) co_return written_ == plan_.length;
  if (plan_.body != AnswerPlan::Body::kChunked) co_return true;
  const std::string_view last = "0\r\n\r\n";
  const std::string_view nothing;
  co_return co_await socket_.Write(last, nothing, write_timeout_);
}

void SocketStream::Gone() {
  gone_ = true;
  TellClosed();
}

void SocketStream::TellClosed() {
  if (on_closed_) std::exchange(on_closed_, nullptr)();
}

}  // namespace darkroom::http
