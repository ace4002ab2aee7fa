// Client: outbound HTTP/1.1 over libcurl's multi interface on a thread of its own ("curl"), connections kept alive and
// shared by all requests. TLS is verified. Redirects are not followed. The environment's proxies are used, but for
// loopback.
//
// Threads: Send from the loop's; many at a time. The destructor cancels what is under way (kCancelled).
// Errors of Send: kUnavailable (refused, reset, timed out, name unknown), kTooLarge, kCancelled, kInvalid (the URL). A
// status such as 404 or 503 is no error here. A request that meets a connection which the server closed meanwhile is
// sent again on a fresh one.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/async.h"
#include "base/result.h"
#include "http/message.h"

namespace darkroom::http {

// Bytes that do not change; copies share them.
class SharedBytes {
 public:
  SharedBytes() = default;
  SharedBytes(std::string bytes)  // NOLINT(google-explicit-constructor): a string becomes one by itself
      : bytes_(std::make_shared<const std::string>(std::move(bytes))) {}
  SharedBytes(const char* text) : SharedBytes(std::string(text)) {}  // NOLINT(google-explicit-constructor)
  std::size_t size() const { return view().size(); }
  std::string_view view() const { return bytes_ ? std::string_view(*bytes_) : ""; }

 private:
  std::shared_ptr<const std::string> bytes_;
};

struct ClientRequest {
  std::string method = "GET";
  std::string url;  // absolute; path and query are sent as they stand; kept out of error messages but for the path
  Headers headers;
  std::vector<SharedBytes> body;  // one piece after the other; a copy of the request, to be sent again, shares them
  Duration timeout = 60s;         // of the whole exchange; 0: none
  Duration connect_timeout = 5s;
  std::size_t max_response = std::size_t(1) << 30;  // bytes
  // Called on the curl thread as the body goes out; for progress bars.
  std::function<void(std::uint64_t sent, std::uint64_t total)> on_sent;
};

struct ClientResponse {
  int status = 0;
  Headers headers;
  std::string body;
};

class Client {
 public:
  explicit Client(std::string user_agent = "darkroom");
  ~Client();
  Task<Result<ClientResponse>> Send(ClientRequest request);
  // Hands the body over as it comes (on the caller's loop, in order), for event streams; `body` of the answer stays
  // empty and max_response does not count. A reader that is slow slows the sender. An answer other than 2xx is not
  // handed over but returned with its body, as Send does. Returning false from `on_data` ends the exchange, without
  // error. `on_data` must not destroy the Client.
  Task<Result<ClientResponse>> Stream(ClientRequest request, std::function<bool(std::string_view)> on_data);

  // Ends all that is under way with kCancelled; for a process that stops.
  void CancelAll();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace darkroom::http
