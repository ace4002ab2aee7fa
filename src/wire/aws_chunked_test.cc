#include "wire/aws_chunked.h"

#include <gtest/gtest.h>

#include "wire/sigv4.h"

namespace darkroom::wire {
namespace {

struct Decoded {
  Status status;
  std::string body;
  std::vector<std::pair<std::string, std::string>> trailers;
};

// Feeds the bytes in pieces of `piece`.
Decoded Decode(AwsChunkedOptions options, std::string_view wire, std::size_t piece) {
  AwsChunkedDecoder decoder(std::move(options));
  Decoded out;
  for (std::size_t at = 0; at < wire.size() && out.status; at += piece) {
    out.status = decoder.Feed(wire.substr(at, piece), out.body);
  }
  if (out.status) out.status = decoder.Finish();
  out.trailers = decoder.trailers();
  return out;
}

TEST(AwsChunked, ReadsAnUnsignedBodyWithItsTrailerInPiecesOfAnySize) {
  constexpr std::string_view kWire = "5\r\nhello\r\n6\r\n world\r\n0\r\nX-Amz-Checksum-Crc32: DUoRhQ==\r\n\r\n";
  for (std::size_t piece = 1; piece <= kWire.size(); ++piece) {
    const Decoded out = Decode({.decoded_length = 11, .signing = {}, .trailer = true}, kWire, piece);
    ASSERT_TRUE(out.status.has_value()) << out.status.error().message();
    EXPECT_EQ(out.body, "hello world");
    ASSERT_EQ(out.trailers.size(), 1u);
    EXPECT_EQ(out.trailers[0], std::pair(std::string("x-amz-checksum-crc32"), std::string("DUoRhQ==")));
  }
}

TEST(AwsChunked, RefusesBrokenFraming) {
  const auto code = [](std::string_view wire, std::uint64_t length) {
    return Decode({.decoded_length = length, .signing = {}, .trailer = true}, wire, 3).status;
  };
  EXPECT_FALSE(code("5\r\nhello\r\n", 5));                     // breaks off
  EXPECT_FALSE(code("5\r\nhello\r\n0\r\na:b\r\n", 5));         // breaks off in the trailer
  EXPECT_FALSE(code("4\r\nhello\r\n0\r\n\r\n", 5));            // chunk longer than it says
  EXPECT_FALSE(code("5\r\nhello\r\n0\r\n\r\n", 6));            // shorter than announced
  EXPECT_FALSE(code("5\r\nhello\r\n0\r\n\r\n", 4));            // longer than announced
  EXPECT_FALSE(code("ffffffffffffffff\r\nx", 5));              // a size that would overflow
  EXPECT_FALSE(code("10000000000000000\r\nx", 5));             // a size that does
  EXPECT_FALSE(code("-1\r\nx", 5));                            // no size
  EXPECT_FALSE(code("\r\n", 0));                               // no size
  EXPECT_FALSE(code("5\nhello\r\n0\r\n\r\n", 5));              // no CR
  EXPECT_FALSE(code("0\r\n\r\nmore", 0));                      // bytes after the end
  EXPECT_FALSE(code("0\r\nno colon\r\n\r\n", 0));              // a trailer that is none
  EXPECT_FALSE(code(std::string(5000, '0') + "\r\n\r\n", 0));  // an endless line
  EXPECT_TRUE(code("0\r\n\r\n", 0));
}

TEST(AwsChunked, RefusesATrailerThatWasNotAnnounced) {
  EXPECT_FALSE(Decode({.decoded_length = 0, .signing = {}}, "0\r\na:b\r\n\r\n", 100).status);
}

// The example of S3's documentation, "Signature Calculations: Transferring Payload in Multiple Chunks".
ChunkSigning DocumentedSigning() {
  const Credentials credentials{.access_key = "AKIAIOSFODNN7EXAMPLE",
                                .secret_key = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
                                .session_token = ""};
  return {.key = SigningKeys().Get(credentials, "20130524", "us-east-1", "s3"),
          .amz_date = "20130524T000000Z",
          .scope = "20130524/us-east-1/s3/aws4_request",
          .seed = "4f232c4386841ef735655705268965c44a0e4690baa4adea153f7db9fa80a0a9"};
}

std::string DocumentedWire() {
  return "10000;chunk-signature=ad80c730a21e5b8d04586a2213dd63b9a0e99e0e2307b0ade35a65485a288648\r\n" +
         std::string(65536, 'a') +
         "\r\n400;chunk-signature=0055627c9e194cb4542bae2aa5492e3c1575bbb81b612b7d234b86a503ef5497\r\n" +
         std::string(1024, 'a') +
         "\r\n0;chunk-signature=b6c6ea8a5354eaf15b3cb7646744f4275b71ea724fed81ceb9323e279d449df9\r\n\r\n";
}

TEST(AwsChunked, FollowsTheSignaturesOfS3sDocumentation) {
  for (const std::size_t piece : {std::size_t(1), std::size_t(1000), std::size_t(1) << 20}) {
    const Decoded out = Decode({.decoded_length = 66560, .signing = DocumentedSigning()}, DocumentedWire(), piece);
    ASSERT_TRUE(out.status.has_value()) << out.status.error().message();
    EXPECT_EQ(out.body, std::string(66560, 'a'));
  }
}

TEST(AwsChunked, GivesOutNoByteOfAChunkWithAWrongSignature) {
  std::string wire = DocumentedWire();
  wire[wire.find("\r\n400;") - 1] = 'b';
  const Decoded out = Decode({.decoded_length = 66560, .signing = DocumentedSigning()}, wire, 1000);
  ASSERT_FALSE(out.status.has_value());
  EXPECT_EQ(out.status.error().code(), Code::kDenied);
  EXPECT_EQ(out.body, "");
}

std::string SignedWithTrailer(std::string_view data, bool sign_trailer) {
  ChunkSigning signing = DocumentedSigning();
  std::string wire;
  for (const std::string_view chunk : {data, std::string_view()}) {
    signing.seed = SignChunk(signing, chunk);
    char size[20];
    std::snprintf(size, sizeof size, "%zx", chunk.size());
    wire += std::string(size) + ";chunk-signature=" + signing.seed + "\r\n";
    if (!chunk.empty()) wire += std::string(chunk) + "\r\n";
  }
  wire += "x-amz-checksum-crc32c:sOO8/Q==\r\n";
  if (sign_trailer) {
    wire += "x-amz-trailer-signature:" + SignTrailer(signing, "x-amz-checksum-crc32c:sOO8/Q==\n") + "\r\n";
  }
  return wire + "\r\n";
}

TEST(AwsChunked, ChecksTheSignatureOfTheTrailer) {
  const AwsChunkedOptions options{.decoded_length = 5, .signing = DocumentedSigning(), .trailer = true};
  std::string wire = SignedWithTrailer("hello", true);
  EXPECT_TRUE(Decode(options, wire, 7).status);
  wire[wire.find("sOO8")] = 'S';
  EXPECT_FALSE(Decode(options, wire, 7).status);
}

TEST(AwsChunked, RefusesATrailerStrippedOfItsSignatureOrMissing) {
  const AwsChunkedOptions options{.decoded_length = 5, .signing = DocumentedSigning(), .trailer = true};
  EXPECT_FALSE(Decode(options, SignedWithTrailer("hello", false), 7).status);
  const std::string wire = SignedWithTrailer("hello", true);
  EXPECT_FALSE(Decode(options, wire.substr(0, wire.find("x-amz-checksum")) + "\r\n", 7).status);
}

TEST(AwsChunked, RefusesWhatFollowsTheSignatureOfTheTrailer) {
  const AwsChunkedOptions options{.decoded_length = 5, .signing = DocumentedSigning(), .trailer = true};
  std::string wire = SignedWithTrailer("hello", true);
  wire.insert(wire.size() - 2, "x-amz-checksum-sha1:abc\r\n");
  EXPECT_FALSE(Decode(options, wire, 7).status);
}

}  // namespace
}  // namespace darkroom::wire
