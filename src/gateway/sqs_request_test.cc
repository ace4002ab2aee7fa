#include "gateway/sqs_request.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/json.h"

namespace darkroom::gateway {
namespace {

constexpr std::string_view kUrl = R"("QueueUrl":"http://127.0.0.1:9000/000000000000/requests")";

std::string Body(std::string_view members) { return "{" + std::string(kUrl) + "," + std::string(members) + "}"; }

template <class Request>
Request Read(std::string_view operation, std::string_view body) {
  auto request = ReadSqsRequest(operation, body);
  EXPECT_TRUE(request.has_value()) << (request ? "" : request.error().message);
  return std::get<Request>(std::move(request).value());
}

std::string CodeOf(std::string_view operation, std::string_view body) {
  const auto request = ReadSqsRequest(operation, body);
  return request ? "" : request.error().code;
}

TEST(SqsRequest, ReadsAMessage) {
  const auto send =
      Read<SendMessages>("SendMessage", Body(R"("MessageBody":"hello","DelaySeconds":5,"MessageGroupId":"furniture",
                             "MessageAttributes":{"b":{"DataType":"Number","StringValue":"42"}})"));
  EXPECT_EQ(send.queue, "requests");
  EXPECT_FALSE(send.batch);
  ASSERT_EQ(send.entries.size(), 1u);
  EXPECT_EQ(send.entries[0].request.body, "hello");
  EXPECT_EQ(send.entries[0].request.delay, 5s);
  EXPECT_EQ(send.entries[0].request.group, "furniture");
  EXPECT_EQ(send.entries[0].request.attributes, R"({"b":{"DataType":"Number","StringValue":"42"}})");
  EXPECT_EQ(send.entries[0].md5_of_body, "5d41402abc4b2a76b9719d911017c592");
}

TEST(SqsRequest, KeepsWhatIsWrongWithOneEntryToThatEntry) {
  const auto send = Read<SendMessages>(
      "SendMessageBatch", Body(R"("Entries":[{"Id":"a","MessageBody":"x"},{"Id":"b","MessageBody":""},{"Id":"c"},
                         {"Id":"d","MessageBody":"x","DelaySeconds":901},
                         {"Id":"e","MessageBody":"x","MessageGroupId":"a b"}])"));
  ASSERT_EQ(send.entries.size(), 5u);
  EXPECT_FALSE(send.entries[0].wrong.has_value());
  EXPECT_EQ(send.entries[1].wrong->code, "MissingParameter");
  EXPECT_EQ(send.entries[2].wrong->code, "MissingParameter");
  EXPECT_EQ(send.entries[3].wrong->code, "InvalidParameterValue");
  EXPECT_EQ(send.entries[4].wrong->code, "InvalidParameterValue");
  EXPECT_EQ(send.entries[3].id, "d");
}

TEST(SqsRequest, CountsAttributesTowardsTheSizeOfAMessage) {
  const std::string body(kMaxMessageBytes - 10, 'x');
  const auto with = [&](std::string_view value) {
    return Body(R"("MessageBody":")" + body + R"(","MessageAttributes":{"n":{"DataType":"String","StringValue":")" +
                std::string(value) + R"("}})");
  };
  EXPECT_EQ(CodeOf("SendMessage", with("123")), "");  // n + String + 123 make 10
  EXPECT_EQ(CodeOf("SendMessage", with("1234")), "InvalidParameterValue");
}

TEST(SqsRequest, ReadsAReceive) {
  const auto receive = Read<ReceiveMessage>("ReceiveMessage",
                                            Body(R"("MaxNumberOfMessages":10,"WaitTimeSeconds":20,"VisibilityTimeout":0,
                                "AttributeNames":["All"],"MessageSystemAttributeNames":["SentTimestamp"])"));
  EXPECT_EQ(receive.options.max, 10);
  EXPECT_EQ(receive.options.wait, 20s);
  EXPECT_EQ(receive.options.visibility, Duration(0));
  EXPECT_THAT(receive.system_attributes, testing::UnorderedElementsAre("All", "SentTimestamp"));
  EXPECT_FALSE(Read<ReceiveMessage>("ReceiveMessage", Body(R"("MaxNumberOfMessages":1)")).names_wait);
}

TEST(SqsRequest, RefusesWhatSqsRefuses) {
  EXPECT_EQ(CodeOf("SendMessage", "{"), "SerializationException");
  EXPECT_EQ(CodeOf("SendMessage", R"({"MessageBody":"x"})"), "MissingParameter");
  EXPECT_EQ(CodeOf("SendMessage", Body(R"("MessageBody":7)")), "InvalidParameterValue");
  EXPECT_EQ(CodeOf("SendMessage", Body(R"("MessageBody":"\u0000")")), "InvalidMessageContents");
  EXPECT_EQ(CodeOf("DeleteQueue", R"({"QueueUrl":"http://h/0/a b"})"), "InvalidAddress");
  EXPECT_EQ(CodeOf("ReceiveMessage", Body(R"("MaxNumberOfMessages":0)")), "InvalidParameterValue");
  EXPECT_EQ(CodeOf("ReceiveMessage", Body(R"("WaitTimeSeconds":21)")), "InvalidParameterValue");
  EXPECT_EQ(CodeOf("ChangeMessageVisibility", Body(R"("ReceiptHandle":"r")")), "MissingParameter");
  EXPECT_EQ(CodeOf("CreateQueue", R"({"QueueName":"a.fifo"})"), "InvalidParameterValue");
  EXPECT_EQ(CodeOf("AddPermission", "{}"), "UnsupportedOperation");
}

TEST(SqsRequest, KnowsWhichAttributesAreWanted) {
  EXPECT_TRUE(WantsAttribute({"All"}, "a"));
  EXPECT_TRUE(WantsAttribute({".*"}, "a"));
  EXPECT_TRUE(WantsAttribute({"a.*"}, "a.b"));
  EXPECT_FALSE(WantsAttribute({"a.*"}, "b"));
  EXPECT_FALSE(WantsAttribute({}, "a"));
}

}  // namespace
}  // namespace darkroom::gateway
