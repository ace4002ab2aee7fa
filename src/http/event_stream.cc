#include "http/event_stream.h"

#include <utility>

namespace darkroom::http {
namespace {

constexpr std::size_t kMaxEvent = std::size_t(1) << 20;

void AppendField(std::string& out, std::string_view name, std::string_view value) {
  out.append(name).append(": ").append(value).append("\n");
}

}  // namespace

std::string Format(const Event& event) {
  std::string out;
  out.reserve(event.data.size() + event.id.size() + event.type.size() + 32);
  if (!event.id.empty()) AppendField(out, "id", event.id);
  if (!event.type.empty()) AppendField(out, "event", event.type);
  std::string_view rest = event.data;
  while (true) {
    const auto end = rest.find_first_of("\r\n");
    AppendField(out, "data", rest.substr(0, end));
    if (end == rest.npos) break;
    rest.remove_prefix(end + (rest.substr(end).starts_with("\r\n") ? 2 : 1));
  }
  out += '\n';
  return out;
}

void EventParser::Feed(std::string_view bytes) {
  while (!bytes.empty()) {
    if (std::exchange(after_cr_, false) && bytes.front() == '\n') {
      bytes.remove_prefix(1);
      continue;
    }
    const auto end = bytes.find_first_of("\r\n");
    const auto piece = bytes.substr(0, end);
    if (partial_.size() + event_.data.size() + piece.size() > kMaxEvent) dropped_ = true;
    if (!dropped_) {
      partial_ += piece;
    } else if (!piece.empty()) {
      partial_ = ":";  // all that matters of a dropped event's lines is that they are not the empty one
    }
    if (end == bytes.npos) return;
    after_cr_ = bytes[end] == '\r';
    bytes.remove_prefix(end + 1);
    const auto line = std::exchange(partial_, {});
    Line(line);
  }
}

void EventParser::Line(std::string_view line) {
  if (line.empty()) {
    if (has_data_ && !dropped_) on_event_(event_);
    event_.type.clear();  // the id stays for the events that follow
    event_.data.clear();
    has_data_ = dropped_ = false;
    return;
  }
  const auto colon = line.find(':');
  const auto name = line.substr(0, colon);
  auto value = colon == line.npos ? std::string_view() : line.substr(colon + 1);
  if (value.starts_with(' ')) value.remove_prefix(1);
  if (name == "data") {
    if (std::exchange(has_data_, true)) event_.data += '\n';
    event_.data += value;
  } else if (name == "event") {
    event_.type = value;
  } else if (name == "id" && !value.contains('\0')) {
    event_.id = value;
  }
}

}  // namespace darkroom::http
