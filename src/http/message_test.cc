#include "http/message.h"

#include <gtest/gtest.h>

namespace darkroom::http {
namespace {

TEST(Headers, AreFoundWithoutCaseAndKeepTheirOrder) {
  Headers headers{{"Content-Type", "a"}, {"X-One", "1"}};
  headers.Add("x-one", "2");
  EXPECT_EQ(headers.Get("content-type"), "a");
  EXPECT_EQ(headers.Get("X-ONE"), "1");
  EXPECT_EQ(headers.Find("X-Two"), std::nullopt);
  headers.Set("X-ONE", "3");
  std::string names;
  for (const auto& [name, value] : headers) names += name + "=" + value + " ";
  EXPECT_EQ(names, "Content-Type=a X-ONE=3 ");
  headers.Remove("content-TYPE");
  EXPECT_EQ(headers.Find("Content-Type"), std::nullopt);
}

TEST(PercentDecode, DecodesEscapesAndRefusesBrokenOnes) {
  EXPECT_EQ(PercentDecode("a%20b%2Fc+d"), "a b/c+d");
  EXPECT_EQ(PercentDecode("a%20b+d", true), "a b d");
  EXPECT_EQ(PercentDecode("%c3%A4"), "\xc3\xa4");
  EXPECT_EQ(PercentDecode("%4"), std::nullopt);
  EXPECT_EQ(PercentDecode("%"), std::nullopt);
  EXPECT_EQ(PercentDecode("%zz"), std::nullopt);
}

TEST(PercentEncode, IsUndoneByDecoding) {
  std::string all;
  for (int c = 0; c < 256; ++c) all += char(c);
  EXPECT_EQ(PercentDecode(PercentEncode(all)), all);
  EXPECT_EQ(PercentEncode("a b/ä~", "/"), "a%20b/%C3%A4~");
}

TEST(ParseQuery, KeepsOrderEmptyValuesAndBrokenEscapes) {
  using Pairs = std::vector<std::pair<std::string, std::string>>;
  EXPECT_EQ(ParseQuery("b=1&a=x%3Dy+z&&flag&=v&p=100%"),
            (Pairs{{"b", "1"}, {"a", "x=y z"}, {"flag", ""}, {"", "v"}, {"p", "100%"}}));
  EXPECT_EQ(ParseQuery(""), Pairs());
}

TEST(BodyReader, ReadsAllUpToALimit) {
  IoContext io;
  StringBody body("0123456789", 3);
  EXPECT_EQ(io.RunUntilDone(body.ReadAll(10)).value(), "0123456789");
  StringBody longer("0123456789", 3);
  EXPECT_EQ(io.RunUntilDone(longer.ReadAll(9)).error().code(), Code::kTooLarge);
  StringBody empty("");
  EXPECT_EQ(io.RunUntilDone(empty.ReadAll(0)).value(), "");
}

}  // namespace
}  // namespace darkroom::http
