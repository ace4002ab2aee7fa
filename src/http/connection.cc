#include "http/connection.h"

#include <exception>
#include <utility>

#include "base/log.h"
#include "http/ascii.h"
#include "http/request_body.h"

namespace darkroom::http {
namespace {

// Reading the rest of an unwanted body is cheaper than a new connection up to about here.
constexpr std::uint64_t kMaxDrain = 256 * 1024;
// How long a client may go on sending after an answer that closes. Many send all before they read.
constexpr Duration kLinger = 30s;

}  // namespace

Connection::Connection(std::shared_ptr<Socket> socket, Service& service)
    : socket_(std::move(socket)), service_(service) {}

Task<void> Connection::Run() {
  while (true) {
    const bool go_on = co_await ServeOne();
    under_way_ = false;
    if (!go_on || (service_.stopping && socket_->input().empty())) break;
  }
  if (linger_ && !service_.stopping) co_await socket_->Linger(service_.clock.Now() + kLinger);
  socket_->Close();
}

void Connection::Stop() {
  if (!under_way_) Close();
  if (stream_ != nullptr) stream_->Stop();
}

Task<bool> Connection::ServeOne() {
  Request request;
  const bool complete = co_await ReadHead(request);
  if (!complete) co_return false;
  const RequestBody::Framing framing{
      .length = request.content_length.value_or(0),
      .chunked = parser_.chunked(),
      .expects_continue = !parser_.http_1_0() && EqualsIgnoringCase(request.headers.Get("Expect"), "100-continue")};
  RequestBody body(*socket_, service_.clock, service_.options, framing);
  request.body = &body;

  auto response = co_await AskHandler(request);

  const AnswerContext context{.head = request.method == "HEAD",
                              .http_1_0 = parser_.http_1_0(),
                              .keep_alive = parser_.keep_alive() && !service_.stopping && body.MayDrain(kMaxDrain)};
  head_.clear();
  const auto plan = AppendHead(response, context, service_.date.At(service_.clock.Now()), head_);
  const bool sent = co_await Send(response, plan);
  if (!sent) co_return false;
  bool clean = body.at_end();
  if (!clean && plan.keep_alive) clean = co_await body.Drain(kMaxDrain);
  linger_ = !clean || (!plan.keep_alive && !socket_->input().empty());
  co_return clean&& plan.keep_alive;
}

Task<bool> Connection::ReadHead(Request& request) {
  parser_.Reset(request);
  auto deadline = service_.clock.Now() + service_.options.idle_timeout;
  while (true) {
    if (!socket_->input().empty()) {
      if (!std::exchange(under_way_, true)) deadline = service_.clock.Now() + service_.options.header_timeout;
      std::size_t used = 0;
      const auto outcome = parser_.ParseHead(socket_->input(), used);
      socket_->Consume(used);
      if (outcome == RequestParser::Outcome::kDone) co_return true;
      if (outcome == RequestParser::Outcome::kBad) {
        co_return co_await Refuse(parser_.bad_status(), parser_.bad_reason());
      }
    }
    const bool more = co_await socket_->Fill(deadline);
    if (more) continue;
    if (!socket_->TakeExpired() || !under_way_) co_return false;
    co_return co_await Refuse(408, "the request's header did not come in time");
  }
}

Task<bool> Connection::Refuse(int status, std::string_view reason) {
  auto response = Refusal(status, reason);
  head_.clear();
  const auto plan = AppendHead(response, {}, service_.date.At(service_.clock.Now()), head_);
  linger_ = co_await Send(response, plan);
  co_return false;
}

Task<Response> Connection::AskHandler(Request& request) {
  try {
    co_return co_await service_.handler(request);
  } catch (const std::exception& failure) {
    spdlog::error("{} {}: the handler failed: {}", request.method, request.path, failure.what());
  } catch (...) {
    spdlog::error("{} {}: the handler failed", request.method, request.path);
  }
  co_return Refusal(500, "something went wrong here; the log says more");
}

Response Connection::Refusal(int status, std::string_view reason) const {
  const auto& refusal = service_.options.refusal;
  return refusal ? refusal(status, reason) : Response::Text(status, std::string(reason) + "\n");
}

Task<bool> Connection::Send(Response& response, const AnswerPlan& plan) {
  using Body = AnswerPlan::Body;
  const bool whole = plan.body == Body::kWhole;
  const std::string_view bytes = response.static_body.empty() ? std::string_view(response.body) : response.static_body;
  const std::string_view body = whole ? bytes : std::string_view();
  const bool sent = co_await socket_->Write(head_, body, service_.options.write_timeout);
  if (!sent || whole || plan.body == Body::kNone) co_return sent;

  SocketStream stream(*socket_, plan, service_.options.write_timeout, service_.stopping);
  stream_ = &stream;
  bool ended = false;
  try {
    co_await response.stream(stream);
    ended = true;
  } catch (const std::exception& failure) {
    spdlog::error("a streamed answer failed: {}", failure.what());
  } catch (...) {
    spdlog::error("a streamed answer failed");
  }
  stream_ = nullptr;
  if (!ended) co_return false;
  co_return co_await stream.Finish();
}

}  // namespace darkroom::http
