#include "base/json_writer.h"

#include <gtest/gtest.h>

#include <limits>

namespace darkroom {
namespace {

std::string Rewritten(std::string_view text) { return WriteJson(ParseJson(text).value()); }

TEST(WriteJson, WritesNumbersAsPeopleDo) {
  EXPECT_EQ(Rewritten("[9.7E-1, 0.25, 1e22, -0.5, 3, 18446744073709551615, -9223372036854775808]"),
            "[0.97,0.25,1e+22,-0.5,3,18446744073709551615,-9223372036854775808]");
  EXPECT_EQ(WriteJson(json::value(std::numeric_limits<double>::quiet_NaN())), "null");
  EXPECT_EQ(WriteJson(json::value(-std::numeric_limits<double>::infinity())), "null");
}

TEST(WriteJson, WritesEverythingElseAsItWas) {
  for (const std::string text :
       {R"({"a":[true,false,null,{}],"b":[],"":{"c":"d"}})", R"("\"\\\n\u0001\u001f/é")", "[]", "{}", R"("")"}) {
    EXPECT_EQ(Rewritten(text), text);
  }
  EXPECT_EQ(Rewritten(R"("\t\u00e9")"), "\"\\u0009é\"");
}

TEST(WriteJson, WhatItWritesReadsBack) {
  std::string all;
  for (int c = 0; c < 0x80; ++c) all += char(c);
  const json::object object{{all, {{"x", all}, {"y", 0.1 + 0.2}}}};
  EXPECT_EQ(ParseJsonObject(WriteJson(object)).value(), object);
}

}  // namespace
}  // namespace darkroom
