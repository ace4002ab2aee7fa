#include "http/chunked_decoder.h"

#include <gtest/gtest.h>

namespace darkroom::http {
namespace {

using Outcome = ChunkedDecoder::Outcome;

struct Decoded {
  Outcome outcome = Outcome::kNeedMore;
  std::string body;
  std::size_t used = 0;
};

Decoded Decode(std::string_view wire, std::size_t piece) {
  ChunkedDecoder decoder;
  Decoded decoded;
  while (decoded.outcome == Outcome::kNeedMore && decoded.used < wire.size()) {
    std::size_t used = 0;
    decoded.outcome = decoder.Decode(wire.substr(decoded.used, piece), used, decoded.body);
    decoded.used += used;
  }
  return decoded;
}

TEST(ChunkedDecoder, DecodesWhereverTheInputIsCut) {
  const std::string wire = "5\r\nhello\r\nA;name=\"v\"\r\n0123456789\r\n00\r\nX-Sum: 1\r\nX: 2\r\n\r\n";
  for (std::size_t piece = 1; piece <= wire.size(); ++piece) {
    const auto decoded = Decode(wire + "GET /next", piece);
    EXPECT_EQ(decoded.outcome, Outcome::kDone) << piece;
    EXPECT_EQ(decoded.body, "hello0123456789") << piece;
    EXPECT_EQ(decoded.used, wire.size()) << piece;
  }
}

TEST(ChunkedDecoder, RefusesWhatIsMalformed) {
  for (const std::string wire : {"\r\n", "x\r\n", "-1\r\n", "5\nhello", "5\r\nhelloX", "5\r\nhello\rX", "1;a\nb\r\n",
                                 "0\r\nX: 1\n\r\n", "0\r\n\n", "1000000000000000\r\n", ";ext\r\n", "0x5\r\n"}) {
    EXPECT_EQ(Decode(wire, 1).outcome, Outcome::kBad) << wire;
    EXPECT_EQ(Decode(wire, 99).outcome, Outcome::kBad) << wire;
  }
}

TEST(ChunkedDecoder, BoundsExtensionsAndTrailers) {
  EXPECT_EQ(Decode("1;" + std::string(5000, 'x'), 1000).outcome, Outcome::kBad);
  std::string trailers = "0\r\n";
  for (int i = 0; i < 2000; ++i) trailers += "X-A: 12345\r\n";
  EXPECT_EQ(Decode(trailers, 1000).outcome, Outcome::kBad);
  std::string many;
  for (int i = 0; i < 10000; ++i) many += "1\r\nx\r\n";
  EXPECT_EQ(Decode(many + "0\r\n\r\n", 1000).outcome, Outcome::kDone);
}

}  // namespace
}  // namespace darkroom::http
