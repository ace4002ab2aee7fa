// RequestParser: bytes of a connection into the head of a Request. The grammar is Beast's; what Beast lets pass and a
// server must not (RFC 9112: no Host, odd transfer codings) is refused here.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "http/message.h"

namespace darkroom::http {

class RequestParser {
 public:
  static constexpr std::size_t kMaxHeader = 16 * 1024;  // bytes of request line and fields

  RequestParser();
  ~RequestParser();
  RequestParser(const RequestParser&) = delete;

  // Before each request. `request` must stay until its head is done.
  void Reset(Request& request);

  enum class Outcome { kNeedMore, kDone, kBad };

  // Reads the head from `input` and says how much of it is used up; the rest must be handed in again, with more behind
  // it.
  Outcome ParseHead(std::string_view input, std::size_t& used);
  // Why it is kBad, as the answer: 400, 431, 501 or 505 and a sentence for people.
  int bad_status() const;
  std::string_view bad_reason() const;

  // Once the head is done:
  bool keep_alive() const;
  bool chunked() const;
  bool http_1_0() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace darkroom::http
