#include "wire/sqs_message.h"

#include <gtest/gtest.h>

namespace darkroom::wire {
namespace {

MessageAttributes Read(std::string_view text) { return ReadMessageAttributes(*ParseJsonObject(text)).value(); }

TEST(SqsMessage, SumsTheBody) { EXPECT_EQ(Md5Hex("hello"), "5d41402abc4b2a76b9719d911017c592"); }

// Computed with a program of three lines from the description in Amazon's developer guide.
TEST(SqsMessage, SumsAttributesSortedByName) {
  const auto attributes = Read(R"({"b":{"DataType":"Number","StringValue":"42"},
                                  "a":{"DataType":"Binary.png","BinaryValue":"AAEC"},
                                  "c":{"DataType":"String","StringValue":"ü"}})");
  EXPECT_EQ(attributes.at("a").value, std::string("\0\1\2", 3));
  EXPECT_EQ(Md5OfAttributes(attributes), "966072b6e4978994045b850532dc881e");
  EXPECT_EQ(SizeOf(attributes), 3u + 10 + 6 + 6 + 3 + 2 + 2);
}

TEST(SqsMessage, WritesAttributesAsItReadsThem) {
  constexpr std::string_view kText =
      R"({"a":{"DataType":"Binary","BinaryValue":"AAEC"},"b":{"DataType":"Number","StringValue":"42"}})";
  EXPECT_EQ(json::serialize(WriteMessageAttributes(Read(kText))), kText);
}

TEST(SqsMessage, RefusesAttributesThatSqsRefuses) {
  for (const char* wrong :
       {R"({"":{"DataType":"String","StringValue":"x"}})", R"({"a b":{"DataType":"String","StringValue":"x"}})",
        R"({".a":{"DataType":"String","StringValue":"x"}})", R"({"a":{"DataType":"Text","StringValue":"x"}})",
        R"({"a":{"StringValue":"x"}})", R"({"a":{"DataType":"String","StringValue":""}})",
        R"({"a":{"DataType":"String"}})", R"({"a":{"DataType":"Binary","BinaryValue":"?"}})", R"({"a":"x"})",
        R"({"a":{"DataType":"String","StringValue":"\u0001"}})"}) {
    EXPECT_FALSE(ReadMessageAttributes(*ParseJsonObject(wrong)).has_value()) << wrong;
  }
  json::object eleven;
  for (int i = 0; i < 11; ++i) eleven[std::to_string(i)] = {{"DataType", "String"}, {"StringValue", "x"}};
  EXPECT_FALSE(ReadMessageAttributes(eleven).has_value());
}

TEST(SqsMessage, KnowsTheTextThatAMessageMayHold) {
  EXPECT_TRUE(IsMessageText("tab\t, line\r\n, é, 漢, \U0001F600, \uFFFD"));
  for (const std::string_view wrong :
       {std::string_view("\0", 1), std::string_view("\x0B"), std::string_view("\uFFFE"),
        std::string_view("\xED\xA0\x80"), std::string_view("\xC0\x80"), std::string_view("\xE0\x80\x80"),
        std::string_view("\xF4\x90\x80\x80"), std::string_view("\xC3"), std::string_view("\x80")}) {
    EXPECT_FALSE(IsMessageText(wrong));
  }
}

}  // namespace
}  // namespace darkroom::wire
