#include "http/request_body.h"

#include <algorithm>
#include <limits>
#include <utility>

namespace darkroom::http {

RequestBody::RequestBody(Socket& socket, Clock& clock, const ServerOptions& options, Framing framing)
    : socket_(socket),
      clock_(clock),
      options_(options),
      chunked_(framing.chunked),
      expects_continue_(framing.expects_continue),
      at_end_(!framing.chunked && framing.length == 0),
      left_(framing.length),
      max_body_(options.max_body > 0 ? options.max_body : std::numeric_limits<std::uint64_t>::max()),
      patience_(options.read_timeout) {}

Task<Result<std::string>> RequestBody::Read() {
  if (failure_) co_return Fail(*failure_);
  if (at_end_) co_return std::string();
  if (!chunked_ && left_ > max_body_) {
    co_return Fail(Code::kTooLarge, "the body is larger than " + std::to_string(max_body_) + " bytes");
  }
  if (std::exchange(expects_continue_, false) && socket_.input().empty()) {
    const std::string_view go_on = "HTTP/1.1 100 Continue\r\n\r\n";
    const std::string_view nothing;
    const bool sent = co_await socket_.Write(go_on, nothing, options_.write_timeout);
    if (!sent) failure_ = Broken();
    if (failure_) co_return Fail(*failure_);
  }
  Result<std::string> chunk;
  if (chunked_) {
    chunk = co_await ReadChunked();
  } else {
    chunk = co_await ReadFixed();
  }
  if (!chunk) failure_ = chunk.error();
  co_return chunk;
}

Task<Result<std::string>> RequestBody::ReadFixed() {
  std::string chunk;
  if (const auto input = socket_.input(); !input.empty()) {
    chunk = input.substr(0, left_);
    socket_.Consume(chunk.size());
  } else {
    const auto room = std::size_t(std::min<std::uint64_t>(left_, Socket::kBodyRead));
    chunk.resize_and_overwrite(room, [](char*, std::size_t size) { return size; });
    const Time since = clock_.Now();
    const auto got = co_await socket_.ReadSome(chunk.data(), room, since + patience_);
    if (got == 0) co_return Fail(Broken());
    Waited(since);
    chunk.resize(got);
  }
  Received(chunk.size());
  left_ -= chunk.size();
  max_body_ -= chunk.size();
  at_end_ = left_ == 0;
  co_return chunk;
}

Task<Result<std::string>> RequestBody::ReadChunked() {
  std::string chunk;
  while (true) {
    std::size_t used = 0;
    const auto outcome = decoder_.Decode(socket_.input(), used, chunk);
    socket_.Consume(used);
    Received(used);
    if (outcome == ChunkedDecoder::Outcome::kBad) co_return Fail(Code::kInvalid, "the chunked body is malformed");
    at_end_ = outcome == ChunkedDecoder::Outcome::kDone;
    seen_ += chunk.size();
    if (seen_ > max_body_) {
      co_return Fail(Code::kTooLarge, "the body is larger than " + std::to_string(max_body_) + " bytes");
    }
    if (!chunk.empty() || at_end_) co_return chunk;
    const Time since = clock_.Now();
    const bool more = co_await socket_.Fill(since + patience_, Socket::kBodyRead);
    if (!more) co_return Fail(Broken());
    Waited(since);
  }
}

void RequestBody::Received(std::size_t bytes) {
  const auto earned = std::chrono::microseconds(std::int64_t(bytes) * 1'000'000 / options_.min_body_rate);
  patience_ = std::min<Duration>(options_.read_timeout, patience_ + earned);
}

Error RequestBody::Broken() {
  if (socket_.TakeExpired()) {
    return Error(Code::kUnavailable, "the client stopped sending the body, or sends fewer than " +
                                         std::to_string(options_.min_body_rate) + " bytes a second");
  }
  return Error(Code::kUnavailable, "the client broke off the body");
}

bool RequestBody::MayDrain(std::uint64_t limit) const {
  if (at_end_) return true;
  return !failure_ && !expects_continue_ && (chunked_ || left_ <= std::min(limit, max_body_));
}

Task<bool> RequestBody::Drain(std::uint64_t limit) {
  std::uint64_t dropped = 0;
  while (!at_end_ && dropped <= limit && MayDrain(limit)) {
    auto chunk = co_await Read();
    if (!chunk) co_return false;
    dropped += chunk->size();
  }
  co_return at_end_;
}

}  // namespace darkroom::http
