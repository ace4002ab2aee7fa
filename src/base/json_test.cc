#include "base/json.h"

#include <gtest/gtest.h>

namespace darkroom {
namespace {

TEST(ParseJson, NamesTheByteWhereItWentWrong) {
  const auto value = ParseJson(R"({"a": 1,})");
  ASSERT_FALSE(value);
  EXPECT_EQ(value.error().code(), Code::kInvalid);
  EXPECT_NE(value.error().message().find("byte"), std::string::npos) << value.error().message();
}

TEST(ParseJson, RefusesTooDeepAndTrailingText) {
  EXPECT_FALSE(ParseJson(std::string(100, '[') + std::string(100, ']')));
  EXPECT_FALSE(ParseJson("{} {}"));
  EXPECT_FALSE(ParseJson(""));
  EXPECT_TRUE(ParseJson(" {} "));
}

TEST(Getters, SayWhichKeyIsWrongAndHow) {
  const auto object = ParseJsonObject(R"({"n": "five", "big": 70, "none": null})");
  ASSERT_TRUE(object);
  EXPECT_EQ(GetInt(*object, "n", 0, 10).error().message(), "'n' must be a whole number, not a string");
  EXPECT_EQ(GetInt(*object, "big", 0, 10).error().message(), "'big' must be a whole number from 0 to 10");
  EXPECT_EQ(*GetInt(*object, "none", 0, 10), std::nullopt);
  EXPECT_EQ(*GetString(*object, "absent"), std::nullopt);
  EXPECT_EQ(**GetString(*object, "n"), "five");
}

}  // namespace
}  // namespace darkroom
