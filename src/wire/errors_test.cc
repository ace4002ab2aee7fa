#include "wire/errors.h"

#include <gtest/gtest.h>

#include "base/json.h"

namespace darkroom::wire {
namespace {

TEST(SqsErrors, CarryTheTypeAndTheOlderCode) {
  const auto response = SqsErrorResponse({.status = 400, .code = "QueueDoesNotExist", .message = "no queue 'a'"});
  EXPECT_EQ(response.status, 400);
  EXPECT_EQ(response.headers.Get("x-amzn-query-error"), "AWS.SimpleQueueService.NonExistentQueue;Sender");
  EXPECT_EQ(response.headers.Get("content-type"), "application/x-amz-json-1.0");
  EXPECT_EQ(response.body, R"({"__type":"com.amazonaws.sqs#QueueDoesNotExist","message":"no queue 'a'"})");
  const AwsError read = ReadJsonError(400, response.body);
  EXPECT_EQ(read.code, "QueueDoesNotExist");
  EXPECT_EQ(read.message, "no queue 'a'");
}

TEST(S3Errors, AreXmlAndEscaped) {
  const auto response = S3ErrorResponse({.status = 404, .code = "NoSuchKey", .message = "no <key>"}, "/b/a&b");
  EXPECT_EQ(response.body,
            "<?xml version=\"1.0\"?><Error><Code>NoSuchKey</Code><Message>no &lt;key&gt;</Message>"
            "<Resource>/b/a&amp;b</Resource></Error>");
  const AwsError read = ReadXmlError(404, response.body);
  EXPECT_EQ(read.code, "NoSuchKey");
  EXPECT_EQ(read.message, "no <key>");
}

TEST(S3Errors, HaveNoBodyForHead) {
  EXPECT_EQ(S3ErrorResponse({.status = 404, .code = "NoSuchKey", .message = ""}, "/b/k", false).body, "");
}

TEST(AwsErrors, BecomeOurCodes) {
  const auto code = [](int status, std::string name) {
    return ToError({.status = status, .code = std::move(name), .message = ""}).code();
  };
  EXPECT_EQ(code(400, "QueueDoesNotExist"), Code::kNotFound);
  EXPECT_EQ(code(412, "PreconditionFailed"), Code::kConflict);
  EXPECT_EQ(code(503, "SlowDown"), Code::kBusy);
  EXPECT_EQ(code(403, "SignatureDoesNotMatch"), Code::kDenied);
  EXPECT_EQ(code(400, "SomethingNew"), Code::kInvalid);
  EXPECT_EQ(code(404, ""), Code::kNotFound);  // HEAD has no body
  EXPECT_EQ(code(500, "InternalError"), Code::kUnavailable);
}

TEST(AwsErrors, AreTransientWhenTheServiceIsAtFault) {
  EXPECT_TRUE(IsTransient({.status = 500, .code = "InternalError", .message = ""}));
  EXPECT_TRUE(IsTransient({.status = 400, .code = "ThrottlingException", .message = ""}));
  EXPECT_TRUE(IsTransient({.status = 429, .code = "", .message = ""}));
  EXPECT_FALSE(IsTransient({.status = 403, .code = "AccessDenied", .message = ""}));
}

TEST(AwsErrors, SurviveAnswersThatAreNone) {
  EXPECT_EQ(ReadJsonError(502, "<html>").code, "");
  EXPECT_EQ(ReadXmlError(502, "not xml").message, "status 502");
}

}  // namespace
}  // namespace darkroom::wire
