// Requests and responses as handlers see them. No socket, no Beast: a handler is tested by calling it.
#pragma once

#include <cstdint>
#include <functional>
#include <initializer_list>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/async.h"
#include "base/result.h"

namespace darkroom::http {

// Fields in the order they came; names compare without case.
class Headers {
 public:
  Headers() = default;
  Headers(std::initializer_list<std::pair<std::string, std::string>> fields) : fields_(fields) {}

  // The first value; nullopt when absent.
  std::optional<std::string_view> Find(std::string_view name) const;
  std::string_view Get(std::string_view name) const { return Find(name).value_or(""); }
  void Set(std::string name, std::string value);  // replaces all of that name
  void Add(std::string name, std::string value);
  void Remove(std::string_view name);

  auto begin() const { return fields_.begin(); }
  auto end() const { return fields_.end(); }
  bool empty() const { return fields_.empty(); }

 private:
  std::vector<std::pair<std::string, std::string>> fields_;
};

// The body of a request as it arrives. Nothing is read before it is asked for, so that a handler may refuse a large
// upload by its headers, and a slow disk slows the client instead of filling memory.
class BodyReader {
 public:
  virtual ~BodyReader() = default;
  // The next bytes, of any length; empty at the end. kUnavailable when the client broke off or stalled, kTooLarge past
  // the server's bound for a body, kInvalid where its chunks are malformed.
  virtual Task<Result<std::string>> Read() = 0;
  // All that is left; kTooLarge when that is more than `limit` bytes (not read to its end then).
  Task<Result<std::string>> ReadAll(std::size_t limit);
};

// A body that is there already; for tests and replays.
class StringBody : public BodyReader {
 public:
  explicit StringBody(std::string bytes, std::size_t chunk = SIZE_MAX) : bytes_(std::move(bytes)), chunk_(chunk) {}
  Task<Result<std::string>> Read() override;

 private:
  std::string bytes_;
  std::size_t chunk_;
  std::size_t at_ = 0;
};

struct Request {
  std::string method;  // "GET"
  std::string target;  // as sent: "/v1/jobs?limit=2"
  std::string path;    // target without the query, still percent-encoded
  std::string raw_query;
  std::vector<std::pair<std::string, std::string>> query;  // decoded, in order
  Headers headers;
  std::map<std::string, std::string, std::less<>> params;  // from the route's {names}, decoded
  std::optional<std::uint64_t> content_length;
  BodyReader* body = nullptr;  // never null in a handler

  std::optional<std::string> Query(std::string_view name) const;  // the first
};

// Where a streamed body goes.
class ResponseStream {
 public:
  virtual ~ResponseStream() = default;
  // Returns when the bytes were handed to the system; kUnavailable when the client has gone. One at a time.
  virtual Task<Status> Write(std::string bytes) = 0;
  // Whether the client has gone or the server stops. A stream without end returns then.
  virtual bool closed() const = 0;
  // Calls `fn` on the loop, once, when closed() becomes true, or at once where it is; never after the stream's function
  // has returned. For a stream that waits for something else meanwhile: `stream.OnClosed([&] { news.NotifyAll(); })`.
  virtual void OnClosed(std::function<void()> fn) { (void)fn; }
};

struct Response {
  int status = 200;
  Headers headers;
  std::string body;
  // A body that lives elsewhere for good (an embedded asset); used instead of `body` when not empty.
  std::string_view static_body;
  // Or a body that comes bit by bit: chunked unless headers have a Content-Length. Called once, after the head was
  // sent; not for HEAD. The request and its body reader are still there. Writing less than the Content-Length, or an
  // exception, cuts the connection off, so that the client sees a broken answer and not a short one.
  std::function<Task<void>(ResponseStream&)> stream;

  static Response Text(int status, std::string body, std::string content_type = "text/plain; charset=utf-8");
  static Response Json(int status, std::string body, std::string content_type = "application/json");
};

using Handler = std::function<Task<Response>(Request&)>;

std::string_view ReasonPhrase(int status);

// Percent-decoding of a path segment or (plus_is_space) of a query part; nullopt for a broken escape.
std::optional<std::string> PercentDecode(std::string_view text, bool plus_is_space = false);
std::string PercentEncode(std::string_view text, std::string_view keep = "");  // keeps A-Za-z0-9-._~ and `keep`
// "a=1&b" in order, decoded; a broken escape is kept as it is.
std::vector<std::pair<std::string, std::string>> ParseQuery(std::string_view raw);

}  // namespace darkroom::http
