#include "aws/sqs_json.h"

#include <gtest/gtest.h>

#include "aws/s3_answers.h"

namespace darkroom::aws {
namespace {

json::object Object(std::string_view text) { return ParseJsonObject(text).value(); }

TEST(SqsJson, SplitsByCountAndSize) {
  std::vector<SendRequest> requests(12);
  for (SendRequest& request : requests) request.body = "x";
  requests[3].body = std::string(kMaxMessageBytes - 2, 'x');
  Places all(12);
  for (std::size_t i = 0; i < all.size(); ++i) all[i] = i;
  EXPECT_EQ(SplitByCount(all), (std::vector<Places>{{0, 1, 2, 3, 4, 5, 6, 7, 8, 9}, {10, 11}}));
  EXPECT_EQ(SplitBySize(requests, all), (std::vector<Places>{{0, 1, 2}, {3, 4, 5}, {6, 7, 8, 9, 10, 11}}));
}

TEST(SqsJson, TellsFailedEntriesByWhoseFaultItWas) {
  const auto entries = ReadBatchAnswer(Object(R"({"Successful":[{"Id":"1","MessageId":"m"}],"Failed":[
      {"Id":"0","SenderFault":false,"Code":"InternalError"},{"Id":"2","SenderFault":true,"Code":"Bad","Message":"why"}]})"));
  ASSERT_TRUE(entries.has_value());
  ASSERT_EQ(entries->size(), 3u);
  EXPECT_EQ((*entries)[0].message_id, "m");
  EXPECT_TRUE(wire::IsTransient(*(*entries)[1].error));
  EXPECT_FALSE(wire::IsTransient(*(*entries)[2].error));
}

TEST(SqsJson, NoticesABodyThatWasChangedOnTheWay) {
  const auto text = [](std::string_view body) {
    return R"({"Messages":[{"MessageId":"m","ReceiptHandle":"r","MD5OfBody":"5d41402abc4b2a76b9719d911017c592","Body":")" +
           std::string(body) + R"(","Attributes":{"ApproximateReceiveCount":"3","SentTimestamp":"1700000000123"}}]})";
  };
  const auto read = ReadMessages(Object(text("hello")));
  ASSERT_TRUE(read.has_value());
  EXPECT_EQ(read->at(0).receive_count, 3);
  EXPECT_EQ(ToMicros(read->at(0).sent), 1'700'000'000'123'000);
  EXPECT_FALSE(ReadMessages(Object(text("hullo"))).has_value());
}

TEST(SqsJson, RoundsSecondsUp) {
  const Call call = ChangeVisibilityCall("url", {"r"}, {0}, 1500ms);
  EXPECT_NE(call.body.view().find(R"("VisibilityTimeout":2)"), std::string::npos);
}

TEST(Backoff, DoublesUpToItsCeilingWithFullJitter) {
  const RetryPolicy policy{.attempts = 9, .base = 100ms, .longest = 1s};
  EXPECT_EQ(Backoff(policy, 1, 0.0), Duration(0));
  EXPECT_EQ(Backoff(policy, 1, 0.5), 50ms);
  EXPECT_EQ(Backoff(policy, 3, 0.5), 200ms);
  EXPECT_EQ(Backoff(policy, 30, 0.5), 500ms);
}

TEST(S3Answers, ReadsWhatHeadersAndListsTell) {
  EXPECT_EQ(FormatTime(*ReadHttpTime("Sat, 21 Nov 2026 09:53:07 GMT")), "2026-11-21T09:53:07.000000Z");
  EXPECT_FALSE(ReadHttpTime("Sat, 21 Nev 2026 09:53:07 GMT").has_value());
  ObjectInfo info;
  EXPECT_EQ(ReadContentRange("bytes 5-9/100", info), 5);
  EXPECT_EQ(info.size, 100);
  const auto list = ReadObjectList(
      "<ListBucketResult><IsTruncated>true</IsTruncated><Contents><Key>a%20b%2B</Key><Size>7</Size>"
      "<LastModified>2026-11-21T09:53:07.000Z</LastModified></Contents></ListBucketResult>");
  ASSERT_TRUE(list.has_value());
  EXPECT_TRUE(list->truncated);
  EXPECT_EQ(list->objects.at(0).key, "a b+");
  EXPECT_FALSE(ReadObjectList("<html>").has_value());
}

}  // namespace
}  // namespace darkroom::aws
