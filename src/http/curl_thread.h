// CurlThread: runs HTTP exchanges over one curl multi handle on a thread of its own, "curl". What libcurl needs and no
// other file of the room sees.
//
// Threads: members from any; callbacks of an Exchange come on the curl thread and must not block.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "base/result.h"
#include "http/client.h"

namespace darkroom::http {

struct Exchange {
  ClientRequest request;
  ClientResponse response;

  enum class Flow { kGoOn, kPause };  // kPause: the same bytes come again after Resume
  // Takes a 2xx answer's body as it comes; empty: it is gathered in `response`, as every other answer's is.
  std::move_only_function<Flow(std::string_view)> on_body;
  // Called once.
  std::move_only_function<void(Result<ClientResponse>)> on_done;
};

class CurlThread {
 public:
  explicit CurlThread(std::string user_agent);
  ~CurlThread();  // ends what is under way with kCancelled

  using Ticket = std::uint64_t;
  Ticket Submit(std::unique_ptr<Exchange> exchange);
  void Resume(Ticket ticket);
  // Breaks an exchange off; it is done, without error, with what has come. Nothing happens when it is done already.
  void End(Ticket ticket);
  // Ends what is under way with kCancelled.
  void CancelAll();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace darkroom::http
