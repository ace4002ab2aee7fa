#include "gateway/s3_payload.h"

#include <gtest/gtest.h>

#include "gateway/s3_xml.h"

namespace darkroom::gateway {
namespace {

std::string CodeOf(const AwsResult<Payload>& result) { return result ? "" : result.error().code; }

TEST(S3Payload, HoldsABodyAgainstEveryHashThatCame) {
  const auto code = [](http::Headers headers, std::string_view hash = wire::kUnsignedPayload) {
    return CodeOf(CheckPayload(headers, {}, hash, "hello"));
  };
  EXPECT_EQ(code({}), "");
  EXPECT_EQ(code({}, "2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824"), "");
  EXPECT_EQ(code({}, wire::kEmptyPayloadHash), "XAmzContentSHA256Mismatch");
  EXPECT_EQ(code({{"Content-MD5", "XUFAKrxLKna5cZ2REBfFkg=="}}), "");
  EXPECT_EQ(code({{"Content-MD5", "1B2M2Y8AsgTpgAmY7PhCfg=="}}), "BadDigest");
  EXPECT_EQ(code({{"Content-MD5", "nonsense"}}), "InvalidDigest");
  EXPECT_EQ(code({{"x-amz-checksum-crc32", "NhCmhg=="}}), "");
  EXPECT_EQ(code({{"x-amz-checksum-crc32", "AAAAAA=="}}), "BadDigest");
  EXPECT_EQ(code({{"x-amz-checksum-mode", "ENABLED"}}), "");
}

TEST(S3Payload, HoldsTheTrailerToo) {
  const std::vector<std::pair<std::string, std::string>> right{{"x-amz-checksum-crc32", "NhCmhg=="}};
  const std::vector<std::pair<std::string, std::string>> wrong{{"x-amz-checksum-crc32", "AAAAAA=="}};
  const auto taken = CheckPayload({}, right, wire::kStreamingUnsignedTrailer, "hello");
  ASSERT_TRUE(taken.has_value());
  EXPECT_EQ(taken->checksums, right);
  EXPECT_EQ(CodeOf(CheckPayload({}, wrong, wire::kStreamingUnsignedTrailer, "hello")), "BadDigest");
}

struct Upload {
  http::Headers headers;
  std::string body;
  std::string hash;
};

AwsResult<Payload> Read(const Upload& upload, std::size_t limit) {
  IoContext io;
  http::StringBody body(upload.body, 3);
  http::Request request;
  request.headers = upload.headers;
  request.body = &body;
  wire::Verified verified;
  verified.payload_hash = upload.hash;
  return io.RunUntilDone(ReadPayload(request, verified, limit));
}

TEST(S3Payload, TakesTheFramingOffChunkedBodies) {
  const Upload upload{.headers = {{"x-amz-decoded-content-length", "5"}},
                      .body = "5\r\nhello\r\n0\r\nx-amz-checksum-crc32:NhCmhg==\r\n\r\n",
                      .hash = std::string(wire::kStreamingUnsignedTrailer)};
  const auto payload = Read(upload, 100);
  ASSERT_TRUE(payload.has_value());
  EXPECT_EQ(payload->bytes, "hello");
}

TEST(S3Payload, RefusesMoreThanItsLimitBeforeReadingIt) {
  const Upload chunked{.headers = {{"x-amz-decoded-content-length", "101"}},
                       .body = "",
                       .hash = std::string(wire::kStreamingUnsignedTrailer)};
  EXPECT_EQ(CodeOf(Read(chunked, 100)), "EntityTooLarge");
  const Upload plain{.headers = {}, .body = std::string(101, 'x'), .hash = std::string(wire::kUnsignedPayload)};
  EXPECT_EQ(CodeOf(Read(plain, 100)), "EntityTooLarge");
}

TEST(S3Payload, RefusesChunkedBodiesWithoutTheirLength) {
  const Upload upload{.headers = {}, .body = "0\r\n\r\n", .hash = std::string(wire::kStreamingUnsignedTrailer)};
  EXPECT_EQ(CodeOf(Read(upload, 100)), "MissingContentLength");
}

TEST(S3Xml, ReadsABatchOfDeletes) {
  const auto request = ReadDelete(
      R"(<?xml version="1.0"?><Delete xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><Object><Key>a &amp; b</Key></Object><Object><Key> </Key></Object><Quiet>true</Quiet></Delete>)");
  ASSERT_TRUE(request.has_value());
  EXPECT_EQ(request->keys, (std::vector<std::string>{"a & b", " "}));
  EXPECT_TRUE(request->quiet);
  EXPECT_FALSE(ReadDelete("<Delete/>").has_value());
  EXPECT_FALSE(ReadDelete("<Delete>").has_value());
  EXPECT_FALSE(ReadDelete("").has_value());
}

TEST(S3Xml, WritesTimesAsHttpDoes) {
  EXPECT_EQ(HttpTime(*ParseTime("2026-11-21T09:53:07.9Z")), "Sat, 21 Nov 2026 09:53:07 GMT");
}

}  // namespace
}  // namespace darkroom::gateway
