// Server-sent events (https://html.spec.whatwg.org/multipage/server-sent-events.html): writing them, and reading them
// in clients.
#pragma once

#include <functional>
#include <string>
#include <string_view>

namespace darkroom::http {

struct Event {
  std::string id;    // becomes the client's Last-Event-ID; no line breaks
  std::string type;  // "job"; no line breaks
  std::string data;  // may have line breaks
};

std::string Format(const Event& event);
inline std::string_view KeepAliveComment() { return ": keep-alive\n\n"; }

// Puts events together from pieces of a stream. Bounded: an event over 1 MiB is dropped.
class EventParser {
 public:
  explicit EventParser(std::function<void(Event)> on_event) : on_event_(std::move(on_event)) {}
  void Feed(std::string_view bytes);

 private:
  void Line(std::string_view line);
  std::function<void(Event)> on_event_;
  std::string partial_;  // of the present line
  Event event_;
  bool has_data_ = false;
  bool dropped_ = false;   // the event under way is too large
  bool after_cr_ = false;  // a line feed now belongs to the line before
};

}  // namespace darkroom::http
