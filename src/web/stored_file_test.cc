#include "web/stored_file.h"

#include <gtest/gtest.h>

namespace darkroom::web {
namespace {

using Kind = RangeAnswer::Kind;

void ExpectRange(std::string_view header, std::int64_t size, Kind kind, std::int64_t first = 0, std::int64_t last = 0) {
  const RangeAnswer answer = ParseRange(header, size);
  EXPECT_EQ(answer.kind, kind) << header;
  if (kind != Kind::kPart) return;
  EXPECT_EQ(answer.first, first) << header;
  EXPECT_EQ(answer.last, last) << header;
}

TEST(ParseRange, ReadsTheThreeForms) {
  ExpectRange("bytes=0-0", 10, Kind::kPart, 0, 0);
  ExpectRange("bytes=3-", 10, Kind::kPart, 3, 9);
  ExpectRange("bytes=-3", 10, Kind::kPart, 7, 9);
  ExpectRange("bytes=-30", 10, Kind::kPart, 0, 9);
  ExpectRange("bytes=5-900", 10, Kind::kPart, 5, 9);
}

TEST(ParseRange, WhatItCannotServeIsUnsatisfiable) {
  ExpectRange("bytes=10-", 10, Kind::kUnsatisfiable);
  ExpectRange("bytes=-0", 10, Kind::kUnsatisfiable);
  ExpectRange("bytes=0-", 0, Kind::kUnsatisfiable);
}

TEST(ParseRange, WhatItDoesNotUnderstandIsIgnored) {
  for (const auto header : {"", "lines=1-2", "bytes=", "bytes=-", "bytes=4-2", "bytes=a-b", "bytes=1-2,4-5",
                            "bytes=--3", "bytes=99999999999999999999-"}) {
    ExpectRange(header, 10, Kind::kWhole);
  }
}

TEST(ETagMatches, ComparesWeakly) {
  EXPECT_TRUE(ETagMatches("\"a\", W/\"b\"", "\"b\""));
  EXPECT_TRUE(ETagMatches("*", "\"b\""));
  EXPECT_FALSE(ETagMatches("\"a\"", "\"b\""));
  EXPECT_FALSE(ETagMatches("", "\"b\""));
}

}  // namespace
}  // namespace darkroom::web
