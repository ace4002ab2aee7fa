#include "http/server.h"

#include <algorithm>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/redirect_error.hpp>
#include <unordered_set>
#include <utility>
#include <vector>

#include "base/log.h"
#include "http/connection.h"

namespace darkroom::http {
namespace {

using asio::ip::tcp;
using ErrorCode = boost::system::error_code;

// How long to leave the listen queue alone when the system has no descriptor or memory for another connection.
constexpr Duration kAcceptBackoff = 100ms;
// What handlers get to notice that their connection was closed under them.
constexpr Duration kAfterGrace = 2s;

}  // namespace

struct Server::State : std::enable_shared_from_this<Server::State> {
  State(IoContext& loop, Clock& clock, ServerOptions options, Handler handler)
      : io(loop),
        service{.clock = clock, .options = std::move(options), .handler = std::move(handler)},
        acceptor(loop.context()),
        changed(clock) {}

  Status Listen();
  static Task<void> Accept(std::shared_ptr<State> self);
  static Task<void> Serve(std::shared_ptr<State> self, std::shared_ptr<Connection> connection);
  void ArmSweep();
  Task<void> WaitUntilIdle(Time deadline);
  std::vector<Connection*> Snapshot() const { return {connections.begin(), connections.end()}; }

  IoContext& io;
  Service service;
  tcp::acceptor acceptor;
  std::unordered_set<Connection*> connections;  // each held by its Serve
  Signal changed;                               // a connection ended, or accepting did, or shall
  bool accepting = false;
  Clock::TimerId sweep = 0;
  int port = 0;
};

Server::Server(IoContext& io, Clock& clock, ServerOptions options, Handler handler)
    : state_(std::make_shared<State>(io, clock, std::move(options), std::move(handler))) {}

Server::~Server() { DR_CHECK(!state_->accepting); }

int Server::port() const { return state_->port; }
int Server::connections() const { return int(state_->connections.size()); }

Status Server::Start() {
  if (auto listening = state_->Listen(); !listening) return listening;
  state_->accepting = true;
  state_->io.Spawn(State::Accept(state_));
  return {};
}

Status Server::State::Listen() {
  const auto& options = service.options;
  const auto where = options.address + ":" + std::to_string(options.port);
  ErrorCode error;
  const auto address = asio::ip::make_address(options.address == "localhost" ? "127.0.0.1" : options.address, error);
  if (error) return Fail(Code::kInvalid, options.address + " is not an IP address to listen on");
  const tcp::endpoint endpoint(address, static_cast<unsigned short>(options.port));
  acceptor.open(endpoint.protocol(), error);
  if (!error) acceptor.set_option(tcp::acceptor::reuse_address(true), error);
  if (!error) acceptor.bind(endpoint, error);
  if (!error) acceptor.listen(4096, error);
  if (!error) port = acceptor.local_endpoint(error).port();
  if (!error) return {};
  ErrorCode ignored;
  acceptor.close(ignored);
  if (error == asio::error::address_in_use) {
    return Fail(Code::kUnavailable, where + " is in use by another program");
  }
  return Fail(Code::kUnavailable, "listen on " + where + ": " + error.message());
}

Task<void> Server::State::Accept(std::shared_ptr<State> self) {
  while (!self->service.stopping) {
    if (int(self->connections.size()) >= self->service.options.max_connections) {
      co_await self->changed.Wait();
      continue;
    }
    ErrorCode error;
    auto token = asio::redirect_error(asio::use_awaitable, error);
    auto socket = co_await self->acceptor.async_accept(token);
    if (self->service.stopping) break;
    if (error == asio::error::connection_aborted) continue;
    if (error) {
      spdlog::warn("cannot accept a connection: {}", error.message());
      co_await self->changed.Wait(self->service.clock.Now() + kAcceptBackoff);
      continue;
    }
    socket.set_option(tcp::no_delay(true), error);
    socket.non_blocking(true, error);
    auto wrapped = std::make_shared<Socket>(std::move(socket), self->service.clock);
    auto connection = std::make_shared<Connection>(std::move(wrapped), self->service);
    self->connections.insert(connection.get());
    self->ArmSweep();
    self->io.Spawn(Serve(self, std::move(connection)));
  }
  self->accepting = false;
  self->changed.NotifyAll();
}

Task<void> Server::State::Serve(std::shared_ptr<State> self, std::shared_ptr<Connection> connection) {
  co_await connection->Run();
  self->connections.erase(connection.get());
  if (self->connections.empty()) self->service.clock.Cancel(std::exchange(self->sweep, 0));
  self->changed.NotifyAll();
}

// One timer for all connections: deadlines are seconds, so a look each second is near enough.
void Server::State::ArmSweep() {
  if (sweep != 0) return;
  const auto& options = service.options;
  const auto shortest =
      std::min({options.header_timeout, options.read_timeout, options.write_timeout, options.idle_timeout});
  const auto every = std::clamp<Duration>(shortest / 4, 10ms, 1s);
  sweep = service.clock.CallAt(service.clock.Now() + every, [weak = weak_from_this()] {
    const auto self = weak.lock();
    if (!self) return;
    self->sweep = 0;
    const auto now = self->service.clock.Now();
    for (auto* connection : self->Snapshot()) connection->Sweep(now);
    if (!self->connections.empty()) self->ArmSweep();
  });
}

Task<void> Server::State::WaitUntilIdle(Time deadline) {
  bool in_time = true;
  while (in_time && (accepting || !connections.empty())) in_time = co_await changed.Wait(deadline);
}

Task<void> Server::Stop(Duration grace) {
  const auto state = state_;
  auto& service = state->service;
  service.stopping = true;
  ErrorCode ignored;
  state->acceptor.close(ignored);
  state->changed.NotifyAll();
  for (auto* connection : state->Snapshot()) connection->Stop();
  co_await state->WaitUntilIdle(service.clock.Now() + grace);
  for (auto* connection : state->Snapshot()) connection->Close();
  co_await state->WaitUntilIdle(service.clock.Now() + kAfterGrace);
  if (!state->connections.empty()) {
    spdlog::warn("{} requests were still under way when the server stopped", state->connections.size());
  }
}

}  // namespace darkroom::http
