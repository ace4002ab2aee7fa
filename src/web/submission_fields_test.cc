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
  EXPECT_EQ(fields->metadata, R"({"a": [1, 2]})") << "as it was written";
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
                                             {"metadata", "{\"huge\":[1e400]}"},
                                             {"transforms", "crop:50"},
                                             {"transforms", "[{\"op\":\"melt\"}]"},
                                             {"seed", "9007199254740992"},
                                             {"hue", "red"},
                                             {"modle", ""}}) {
    const auto fields = ParseFields({{name, value}});
    ASSERT_FALSE(fields.has_value()) << name << "=" << value;
    EXPECT_EQ(fields.error().members.at("field").as_string(), name);
    EXPECT_EQ(fields.error().kind->status, 400);
  }
  EXPECT_EQ(ParseFields({{"metadata", std::string(5000, ' ')}}).error().kind->status, 413);
}

TEST(ParseFields, MetadataMayNestSixteenLevels) {
  const auto nested = [](int levels) {
    return "{\"a\":" + std::string(std::size_t(levels - 1), '[') + std::string(std::size_t(levels - 1), ']') + "}";
  };
  EXPECT_TRUE(ParseFields({{"metadata", nested(16)}}).has_value());
  const auto deeper = ParseFields({{"metadata", nested(17)}});
  ASSERT_FALSE(deeper.has_value());
  EXPECT_EQ(deeper.error().detail,
            "field 'metadata' may have 16 levels of objects and arrays in each other; it has 17");
}

OrProblem<RawFields> FieldsOfText(std::string_view text) { return FieldsOf(ParseJsonObject(text).value(), text); }

TEST(FieldsOf, AJsonNumberIsNotAText) {
  EXPECT_FALSE(FieldsOfText(R"({"top_k":"5"})").has_value());
  EXPECT_FALSE(FieldsOfText(R"({"metadata":"{}"})").has_value());
  const auto fields = FieldsOfText(R"({"top_k":5,"model":null,"images":[]})");
  ASSERT_TRUE(fields.has_value());
  EXPECT_EQ(*fields, (RawFields{{"top_k", "5"}}));
}

TEST(FieldsOf, MetadataStaysAsItWasWritten) {
  const auto fields = FieldsOfText(R"({"metadata": {"order": 123456789012345678901234567890, "x": 1.10}, "top_k": 1})");
  ASSERT_TRUE(fields.has_value());
  EXPECT_EQ(fields->front().second, R"({"order": 123456789012345678901234567890, "x": 1.10})");
}

TEST(ParsePreferWait, FindsWaitAmongOthersWithinTheBound) {
  EXPECT_EQ(ParsePreferWait({{"Prefer", "respond-async, wait=10"}}, 300s), Duration(10s));
  EXPECT_EQ(ParsePreferWait({{"Prefer", "Wait = 9999"}}, 300s), Duration(300s));
  EXPECT_EQ(ParsePreferWait({{"Prefer", "wait=soon"}}, 300s), std::nullopt);
  EXPECT_EQ(ParsePreferWait({}, 300s), std::nullopt);
}

}  // namespace
}  // namespace darkroom::web
