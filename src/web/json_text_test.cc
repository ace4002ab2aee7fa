#include "web/json_text.h"

#include <gtest/gtest.h>

namespace darkroom::web {
namespace {

TEST(ShapeOf, CountsBracketsAndValuesOutsideOfStrings) {
  EXPECT_EQ(ShapeOf("7").depth, 0);
  EXPECT_EQ(ShapeOf(R"({"a":[1,{"b":"[[[{{{"}]})").depth, 3);
  EXPECT_EQ(ShapeOf(R"(["\\",["\"]["]])").depth, 2) << "an escaped quote ends no string";
  EXPECT_EQ(ShapeOf("[1,2,3]").values, 4u);
  EXPECT_EQ(ShapeOf(R"(["a,b,c"])").values, 2u);
  EXPECT_EQ(ShapeOf("]]]\"open").depth, 0) << "any text will do";
}

TEST(MemberText, IsTheTextAsItStands) {
  const std::string_view object = R"( {"x": {"n": 0}, "n" : 123456789012345678901234567890 , "s":"a\",n" , "e":{ }})";
  EXPECT_EQ(MemberText(object, "n"), "123456789012345678901234567890");
  EXPECT_EQ(MemberText(object, "x"), R"({"n": 0})");
  EXPECT_EQ(MemberText(object, "s"), R"("a\",n")");
  EXPECT_EQ(MemberText(object, "e"), "{ }");
  EXPECT_EQ(MemberText(object, "0"), std::nullopt);
  EXPECT_EQ(MemberText("{}", "n"), std::nullopt);
}

TEST(MemberText, OfTwoIsTheLastHoweverItsNameIsWritten) {
  EXPECT_EQ(MemberText(R"({"n":1,"\u006e":[2],"m":3})", "n"), "[2]");
}

TEST(HasFiniteNumbers, FindsAnInfinityAtAnyDepth) {
  EXPECT_TRUE(HasFiniteNumbers(ParseJson(R"({"a":[1e308,-2,"1e400",null]})").value()));
  EXPECT_FALSE(HasFiniteNumbers(ParseJson(R"({"a":[{"b":1e400}]})").value()));
  EXPECT_FALSE(HasFiniteNumbers(ParseJson("-1e400").value()));
}

}  // namespace
}  // namespace darkroom::web
