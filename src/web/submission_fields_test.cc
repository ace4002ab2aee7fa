#include "web/submission_fields.h"

#include <gtest/gtest.h>

namespace darkroom::web {
namespace {

TEST(ParseFields, TakesWhatIsRight) {
  const auto fields = ParseFields({{"email", "ann@example.org"},
                                   {"webhook", "https://example.org/hook?x=1"},
                                   {"top_k", "5"},
                                   {"priority", "low"},
                                   {"deadline_ms", "250"},
                                   {"metadata", " {\"a\": [1, 2]} "},
                                   {"model", ""}});
  ASSERT_TRUE(fields.has_value());
  EXPECT_EQ(fields->email, "ann@example.org");
  EXPECT_EQ(fields->priority, Priority::kLow);
  EXPECT_EQ(fields->deadline, Duration(250ms));
  EXPECT_EQ(fields->metadata, R"({"a":[1,2]})");
  EXPECT_EQ(fields->model, "");
}

TEST(ParseFields, NamesTheFieldThatIsWrong) {
  for (const auto& [name, value] : RawFields{{"email", "ann"},
                                             {"email", "a b@example.org"},
                                             {"email", "a@b\r\nBcc: c@d"},
                                             {"webhook", "ftp://example.org/"},
                                             {"webhook", "/relative"},
                                             {"top_k", "5.5"},
                                             {"priority", "urgent"},
                                             {"deadline_ms", "-1"},
                                             {"metadata", "[1]"},
                                             {"hue", "red"}}) {
    const auto fields = ParseFields({{name, value}});
    ASSERT_FALSE(fields.has_value()) << name << "=" << value;
    EXPECT_EQ(fields.error().members.at("field").as_string(), name);
    EXPECT_EQ(fields.error().kind->status, 400);
  }
  EXPECT_EQ(ParseFields({{"metadata", std::string(5000, ' ')}}).error().kind->status, 413);
}

TEST(FieldsOf, AJsonNumberIsNotAText) {
  EXPECT_FALSE(FieldsOf({{"top_k", "5"}}).has_value());
  EXPECT_FALSE(FieldsOf({{"metadata", "{}"}}).has_value());
  const auto fields = FieldsOf({{"top_k", 5}, {"model", nullptr}, {"images", json::array()}});
  ASSERT_TRUE(fields.has_value());
  EXPECT_EQ(*fields, (RawFields{{"top_k", "5"}}));
}

TEST(ParsePreferWait, FindsWaitAmongOthersWithinTheBound) {
  EXPECT_EQ(ParsePreferWait({{"Prefer", "respond-async, wait=10"}}, 300s), Duration(10s));
  EXPECT_EQ(ParsePreferWait({{"Prefer", "Wait = 9999"}}, 300s), Duration(300s));
  EXPECT_EQ(ParsePreferWait({{"Prefer", "wait=soon"}}, 300s), std::nullopt);
  EXPECT_EQ(ParsePreferWait({}, 300s), std::nullopt);
}

}  // namespace
}  // namespace darkroom::web
