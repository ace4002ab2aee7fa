#include "http/event_stream.h"

#include <gtest/gtest.h>

#include <algorithm>

namespace darkroom::http {
namespace {

// Each event as "id|type|data", fed in pieces of `piece` bytes.
std::string Parse(std::string_view wire, std::size_t piece) {
  std::string events;
  EventParser parser([&](const Event& event) { events += "[" + event.id + "|" + event.type + "|" + event.data + "]"; });
  for (std::size_t at = 0; at < wire.size(); at += piece) parser.Feed(wire.substr(at, piece));
  return events;
}

TEST(EventStream, ReadsWhatItWrote) {
  const auto wire = Format({"7", "job", "line 1\nline 2\r\nline 3\r"}) + std::string(KeepAliveComment()) +
                    Format({"", "", "{}"}) + Format({"8", "job", ""});
  for (std::size_t piece = 1; piece <= wire.size(); ++piece) {
    EXPECT_EQ(Parse(wire, piece), "[7|job|line 1\nline 2\nline 3\n][7||{}][8|job|]") << piece;
  }
}

TEST(EventStream, WritesOneEventAsTheStandardSays) {
  EXPECT_EQ(Format({"1", "job", "a\nb"}), "id: 1\nevent: job\ndata: a\ndata: b\n\n");
}

TEST(EventStream, ReadsEveryLineEndAndOptionalSpaces) {
  for (std::size_t piece = 1; piece < 9; ++piece) {
    EXPECT_EQ(Parse("data:a\rdata: b\r\r\ndata\n\nevent:x\r\n\r\nretry: 5\ndata:  c\r\n\r\n", piece),
              "[||a\nb][||][|| c]")
        << piece;
  }
}

TEST(EventStream, DropsAnEventOverItsBoundAndGoesOn) {
  const auto wire =
      "data: " + std::string(700'000, 'x') + "\ndata: " + std::string(700'000, 'y') + "\n\ndata: next\n\n";
  EXPECT_EQ(Parse(wire, 1000), "[||next]");
  EXPECT_EQ(Parse("data: " + std::string(3'000'000, 'x') + "\n\ndata: next\n\n", 65536), "[||next]");
}

}  // namespace
}  // namespace darkroom::http
