#include "http/client.h"

#include <mutex>
#include <optional>
#include <utility>

#include "http/curl_thread.h"

namespace darkroom::http {
namespace {

constexpr std::size_t kMaxHeld = 256 * 1024;  // bytes of a stream that its reader has not taken; curl pauses above

// What lies between the curl thread and the coroutine that reads a stream.
struct Pipe {
  std::mutex mutex;
  // Guarded by mutex:
  std::string bytes;
  bool paused = false;
  std::optional<Result<ClientResponse>> result;
  std::move_only_function<void(bool)> wake;  // of the waiting reader

  Exchange::Flow Put(std::string_view more) {
    std::move_only_function<void(bool)> reader;
    {
      const std::lock_guard lock(mutex);
      if (bytes.size() > kMaxHeld) {
        paused = true;
        return Exchange::Flow::kPause;
      }
      bytes += more;
      reader = std::exchange(wake, nullptr);
    }
    if (reader) reader(true);
    return Exchange::Flow::kGoOn;
  }

  void Finish(Result<ClientResponse> settled) {
    std::move_only_function<void(bool)> reader;
    {
      const std::lock_guard lock(mutex);
      result.emplace(std::move(settled));
      reader = std::exchange(wake, nullptr);
    }
    if (reader) reader(true);
  }

  // Calls `reader` when there is something to take.
  void Wait(std::move_only_function<void(bool)> reader) {
    {
      const std::lock_guard lock(mutex);
      if (bytes.empty() && !result) {
        wake = std::move(reader);
        return;
      }
    }
    reader(true);
  }
};

}  // namespace

struct Client::State {
  explicit State(std::string user_agent) : curl(std::move(user_agent)) {}
  CurlThread curl;
};

Client::Client(std::string user_agent) : state_(std::make_unique<State>(std::move(user_agent))) {}
Client::~Client() = default;

void Client::CancelAll() { state_->curl.CancelAll(); }

Task<Result<ClientResponse>> Client::Send(ClientRequest request) {
  auto exchange = std::make_unique<Exchange>();
  exchange->request = std::move(request);
  auto start = [&curl = state_->curl,
                exchange = std::move(exchange)](std::move_only_function<void(Result<ClientResponse>)> done) mutable {
    exchange->on_done = std::move(done);
    curl.Submit(std::move(exchange));
  };
  co_return co_await Await<Result<ClientResponse>>(std::move(start));
}

// After the result is there, the Client may be gone: curl is not touched any more then.
Task<Result<ClientResponse>> Client::Stream(ClientRequest request, std::function<bool(std::string_view)> on_data) {
  auto& curl = state_->curl;
  auto pipe = std::make_shared<Pipe>();
  auto exchange = std::make_unique<Exchange>();
  exchange->request = std::move(request);
  exchange->on_body = [pipe](std::string_view bytes) { return pipe->Put(bytes); };
  exchange->on_done = [pipe](Result<ClientResponse> result) { pipe->Finish(std::move(result)); };
  const auto ticket = curl.Submit(std::move(exchange));
  bool wanted = true;
  while (true) {
    auto start = [pipe](std::move_only_function<void(bool)> reader) { pipe->Wait(std::move(reader)); };
    co_await Await<bool>(std::move(start));
    std::string bytes;
    bool resume = false;
    std::optional<Result<ClientResponse>> result;
    {
      const std::lock_guard lock(pipe->mutex);
      bytes.swap(pipe->bytes);
      resume = std::exchange(pipe->paused, false);
      result = std::move(pipe->result);
    }
    const bool more_wanted = wanted && (bytes.empty() || on_data(bytes));
    if (result) co_return std::move(*result);
    if (wanted && !more_wanted) curl.End(ticket);
    wanted = more_wanted;
    if (resume) curl.Resume(ticket);
  }
}

}  // namespace darkroom::http
