#include "cli/expectation.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace darkroom::cli {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

json::object Object(std::string_view text) { return *ParseJsonObject(text); }

// What differs between the only sample and `found`.
std::vector<std::string> Differences(std::string_view expectation, std::string_view found) {
  const auto parsed = ParseExpectation(expectation, "expected.json");
  if (!parsed) return {parsed.error().message()};
  return parsed->Differences(parsed->samples.at("a").get_object(), Object(found));
}

constexpr std::string_view kChair =
    R"({"tolerances": {"labels[].score": 0.01},
        "samples": {"a": {"task": "classification", "labels": [{"label": "chair", "score": 0.98}, "..."]}}})";

TEST(Expectation, NumbersMayBeOffByTheirTolerance) {
  EXPECT_THAT(Differences(kChair, R"({"task": "classification", "labels": [{"label": "chair", "score": 0.9899}]})"),
              IsEmpty());
  EXPECT_THAT(Differences(kChair, R"({"task": "classification", "labels": [{"label": "chair", "score": 0.9}]})"),
              ElementsAre("labels[0].score: expected 0.98 ± 0.01, found 0.9"));
  EXPECT_THAT(Differences(R"({"tolerances": {"depth.max": "2%"}, "samples": {"a": {"depth": {"max": 100}}}})",
                          R"({"depth": {"max": 101.9}})"),
              IsEmpty());
  EXPECT_THAT(Differences(R"({"tolerances": {"depth.max": "2%"}, "samples": {"a": {"depth": {"max": 100}}}})",
                          R"({"depth": {"max": 103}})"),
              ElementsAre("depth.max: expected 100 ± 2%, found 103"));
  EXPECT_THAT(Differences(R"({"samples": {"a": {"n": 3}}})", R"({"n": 4})"), ElementsAre("n: expected 3, found 4"))
      << "what has no tolerance is counted, not measured";
}

TEST(Expectation, MembersThatAreNotExpectedDoNotCount) {
  EXPECT_THAT(Differences(R"({"samples": {"a": {}}})", R"({"labels": []})"), IsEmpty());
  EXPECT_THAT(Differences(R"({"samples": {"a": {"labels": [1]}}})", "{}"),
              ElementsAre("labels: expected [1], found nothing"));
  EXPECT_THAT(Differences(R"({"samples": {"a": {"x": "y"}}})", R"({"x": ["y"]})"),
              ElementsAre(R"(x: expected "y", found ["y"])"));
}

TEST(Expectation, AnArrayIsAsLongUnlessItEndsOpen) {
  EXPECT_THAT(Differences(R"({"samples": {"a": {"n": [1, 2]}}})", R"({"n": [1, 3, 4]})"),
              ElementsAre("n: expected 2 elements, found 3", "n[1]: expected 2, found 3"));
  EXPECT_THAT(Differences(R"({"samples": {"a": {"n": [1, "..."]}}})", R"({"n": [1, 3, 4]})"), IsEmpty());
  EXPECT_THAT(Differences(R"({"samples": {"a": {"n": [1, 2, "..."]}}})", R"({"n": [1]})"),
              ElementsAre("n: expected at least 2 elements, found 1"));
}

TEST(Expectation, HeadsOfAnyNameShareTheirTolerance) {
  constexpr std::string_view kHeads = R"({"tolerances": {"heads.*.labels[].score": 0.1},
      "samples": {"a": {"heads": {"category": {"labels": [{"score": 0.5}]}}}}})";
  EXPECT_THAT(Differences(kHeads, R"({"heads": {"category": {"labels": [{"score": 0.55}]}}})"), IsEmpty());
  EXPECT_THAT(Differences(kHeads, R"({"heads": {"category": {"labels": [{"score": 0.7}]}}})"),
              ElementsAre("heads.category.labels[0].score: expected 0.5 ± 0.1, found 0.7"));
}

TEST(Expectation, ManyDifferencesAreCutShort) {
  std::string expected = "{\"samples\": {\"a\": {\"n\": [1";
  std::string found = "{\"n\": [2";
  for (int i = 1; i < 100; ++i) expected += ",1", found += ",2";
  const auto differences = Differences(expected + "]}}}", found + "]}");
  EXPECT_EQ(differences.size(), 21u);
  EXPECT_EQ(differences.back(), "and more");
}

TEST(Expectation, AWrongFileNamesItsPlace) {
  const auto error = [](std::string_view text) { return ParseExpectation(text, "p/expected.json").error().message(); };
  EXPECT_THAT(error("{"), HasSubstr("p/expected.json: "));
  EXPECT_EQ(error("{}"), "p/expected.json: expected \"samples\", found none");
  EXPECT_EQ(error(R"({"sample": {}})"), "p/expected.json: expected \"samples\" and \"tolerances\", found \"sample\"");
  EXPECT_EQ(error(R"({"samples": {"a": 3}})"),
            "p/expected.json: samples: a: expected an object of members of its result");
  EXPECT_THAT(error(R"({"samples": {}, "tolerances": {"x": -1}})"),
              HasSubstr("tolerances: x: expected a number from 0 up"));
  EXPECT_THAT(error(R"({"samples": {}, "tolerances": {"x": "two%"}})"), HasSubstr("found \"two%\""));
  EXPECT_THAT(error(R"({"samples": {}, "tolerances": {"x": ""}})"), HasSubstr("tolerances: x: "));
}

TEST(Expectation, WhatIsWrittenIsReadAndAgrees) {
  const json::object result = Object(
      R"({"task": "classification", "labels": [{"label": "chair", "score": 0.9}, {"label": "stool", "score": 0.04},
          {"label": "bed", "score": 0.01}], "image": {"width": 3, "height": 4}})");
  const json::object worth = WorthExpecting(result);
  EXPECT_EQ(worth.at("labels").as_array().size(), 2u) << "labels hardly meant may change places; the array stays open";
  const std::string text = WriteExpectation({{"chair \"1\".jpg", worth}});
  const auto expectation = ParseExpectation(text, "expected.json");
  ASSERT_TRUE(expectation) << expectation.error().message() << text;
  EXPECT_TRUE(expectation->tolerances.contains("labels[].score"));
  EXPECT_FALSE(expectation->tolerances.contains("depth.min")) << "only what stands in results";
  const json::object& expected = expectation->samples.at("chair \"1\".jpg").as_object();
  EXPECT_THAT(expectation->Differences(expected, result), IsEmpty());
  json::object other = result;
  other["labels"].as_array()[0].as_object()["score"] = 0.8;
  EXPECT_THAT(expectation->Differences(expected, other), ElementsAre(HasSubstr("labels[0].score")));
}

TEST(Expectation, ASureAnswerKeepsOneLabelAtLeast) {
  const json::object worth = WorthExpecting(Object(R"({"labels": [{"score": 0.01}, {"score": 0.009}]})"));
  EXPECT_EQ(worth.at("labels").as_array().size(), 2u);
  EXPECT_EQ(WorthExpecting(Object(R"({"labels": []})")).at("labels").as_array().size(), 0u);
}

}  // namespace
}  // namespace darkroom::cli
