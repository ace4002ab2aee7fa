#include "gateway/s3_request.h"

#include <gtest/gtest.h>

namespace darkroom::gateway {
namespace {

http::Request Request(std::string method, std::string target, std::string host = "localhost:9000") {
  http::Request request;
  request.method = std::move(method);
  request.target = target;
  request.path = target.substr(0, target.find('?'));
  if (request.path.size() < target.size()) request.raw_query = target.substr(request.path.size() + 1);
  request.query = http::ParseQuery(request.raw_query);
  request.headers.Set("Host", std::move(host));
  return request;
}

S3Request Read(const http::Request& request) {
  const auto read = ReadS3Request(request);
  EXPECT_TRUE(read.has_value()) << (read ? "" : read.error().message);
  return read.value();
}

std::string CodeOf(const http::Request& request) {
  const auto read = ReadS3Request(request);
  return read ? "" : read.error().code;
}

TEST(S3Request, FindsBucketAndKeyInThePath) {
  const S3Request read = Read(Request("GET", "/photos/a%20b//c%2Fd"));
  EXPECT_EQ(read.operation, S3Operation::kGetObject);
  EXPECT_EQ(read.bucket, "photos");
  EXPECT_EQ(read.key, "a b//c/d");
}

TEST(S3Request, FindsTheBucketInTheHost) {
  for (const char* host : {"photos.localhost:9000", "photos.s3.us-east-1.amazonaws.com", "photos.s3.amazonaws.com"}) {
    const S3Request read = Read(Request("PUT", "/key", host));
    EXPECT_EQ(read.bucket, "photos") << host;
    EXPECT_EQ(read.key, "key");
  }
  EXPECT_EQ(Read(Request("GET", "/photos/key", "127.0.0.1:9000")).bucket, "photos");
  EXPECT_EQ(Read(Request("GET", "/photos/key", "[::1]:9000")).bucket, "photos");
  EXPECT_EQ(Read(Request("GET", "/photos/key", "s3.us-east-1.amazonaws.com")).bucket, "photos");
}

TEST(S3Request, TellsOperationsApart) {
  const auto operation = [](std::string method, std::string target) {
    return Read(Request(std::move(method), std::move(target))).operation;
  };
  EXPECT_EQ(operation("GET", "/"), S3Operation::kListBuckets);
  EXPECT_EQ(operation("PUT", "/photos"), S3Operation::kCreateBucket);
  EXPECT_EQ(operation("HEAD", "/photos/"), S3Operation::kHeadBucket);
  EXPECT_EQ(operation("GET", "/photos?location"), S3Operation::kGetBucketLocation);
  EXPECT_EQ(operation("GET", "/photos?prefix=a"), S3Operation::kListObjects);
  EXPECT_EQ(operation("GET", "/photos?list-type=2"), S3Operation::kListObjectsV2);
  EXPECT_EQ(operation("POST", "/photos?delete"), S3Operation::kDeleteObjects);
  EXPECT_EQ(operation("DELETE", "/photos/key"), S3Operation::kDeleteObject);
  EXPECT_EQ(operation("PUT", "/photos/key?x-id=PutObject"), S3Operation::kPutObject);
}

// A client that asks for what is not there must not get something else: "?acl" is not the object.
TEST(S3Request, RefusesWhatIsNotServed) {
  EXPECT_EQ(CodeOf(Request("PUT", "/photos/key?acl")), "NotImplemented");
  EXPECT_EQ(CodeOf(Request("POST", "/photos/key?uploads")), "NotImplemented");
  EXPECT_EQ(CodeOf(Request("GET", "/photos/key?versionId=1")), "NotImplemented");
  EXPECT_EQ(CodeOf(Request("PATCH", "/photos/key")), "MethodNotAllowed");
  EXPECT_EQ(CodeOf(Request("PUT", "/Photos/key")), "InvalidBucketName");
  EXPECT_EQ(CodeOf(Request("GET", "//key")), "InvalidBucketName");  // not a list of the buckets
  EXPECT_EQ(CodeOf(Request("PUT", "/photos/" + std::string(1025, 'k'))), "KeyTooLongError");
  EXPECT_EQ(CodeOf(Request("PUT", "/photos/%FF")), "KeyTooLongError");
  EXPECT_EQ(CodeOf(Request("PUT", "/photos/%zz")), "InvalidURI");
}

TEST(S3Request, ReadsRanges) {
  EXPECT_EQ(ReadRange("bytes=2-4")->first, 2);
  EXPECT_EQ(ReadRange("bytes=2-4")->last, 4);
  EXPECT_EQ(ReadRange("bytes=2-")->last, std::nullopt);
  EXPECT_EQ(ReadRange("bytes=-3")->first, -3);
  for (const char* ignored : {"", "items=1-2", "bytes=4-2", "bytes=1-2,4-5", "bytes=-", "bytes=a-b", "bytes=--1",
                              "bytes=1-2x", "bytes=+1-2", "bytes=99999999999999999999-"}) {
    EXPECT_FALSE(ReadRange(ignored).has_value()) << ignored;
  }
  EXPECT_GT(ReadRange("bytes=-0")->first, std::int64_t(1) << 60);  // no byte: 416
}

TEST(S3Request, HoldsConditionsAgainstTheEtag) {
  const auto check = [](std::string name, std::string value) {
    return CheckReadConditions({{std::move(name), std::move(value)}}, "\"abc\"");
  };
  EXPECT_EQ(check("If-Match", "\"abc\""), std::nullopt);
  EXPECT_EQ(check("If-Match", "*"), std::nullopt);
  EXPECT_EQ(check("If-Match", "\"x\", \"abc\""), std::nullopt);
  EXPECT_EQ(check("If-Match", "\"x\""), 412);
  EXPECT_EQ(check("If-None-Match", "\"abc\""), 304);
  EXPECT_EQ(check("If-None-Match", "abc"), 304);
  EXPECT_EQ(check("If-None-Match", "\"x\""), std::nullopt);
}

TEST(S3Request, ReadsWhatAPutKeeps) {
  const auto options = ReadPutOptions(
      {{"Content-Type", "image/png"}, {"X-Amz-Meta-Origin", "camera"}, {"If-Match", "abc"}, {"x-amz-acl", "private"}});
  ASSERT_TRUE(options.has_value());
  EXPECT_EQ(options->content_type, "image/png");
  EXPECT_EQ(options->metadata, (std::map<std::string, std::string>{{"origin", "camera"}}));
  EXPECT_EQ(options->if_match, "\"abc\"");
  EXPECT_FALSE(ReadPutOptions({{"x-amz-meta-a", std::string(3000, 'x')}}).has_value());
}

TEST(S3Request, ReadsCopySources) {
  EXPECT_EQ(ReadCopySource("/photos/a%20b")->second, "a b");
  EXPECT_EQ(ReadCopySource("photos/a/b")->first, "photos");
  EXPECT_FALSE(ReadCopySource("photos").has_value());
}

}  // namespace
}  // namespace darkroom::gateway
