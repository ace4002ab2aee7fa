#include "base/id.h"

#include <gtest/gtest.h>

namespace darkroom {
namespace {

TEST(Id, IsAVersion7UuidOfItsTime) {
  const Time now = FromMicros(1'700'000'000'123'456);
  const std::string text = Id::Make(now).ToString();
  ASSERT_EQ(text.size(), 36u);
  EXPECT_EQ(text[14], '7');
  EXPECT_NE(std::string("89ab").find(text[19]), std::string::npos);
  EXPECT_EQ(Id::Parse(text)->time(), FromMicros(1'700'000'000'123'000));
}

TEST(Id, GrowsEvenWhenTheClockDoesNot) {
  const Time now = FromMicros(1'800'000'000'000'000);
  Id last = Id::Make(now);
  for (int i = 0; i < 10'000; ++i) {
    const Id next = Id::Make(now - std::chrono::microseconds(i));
    ASSERT_LT(last, next);
    ASSERT_LT(last.ToString(), next.ToString());
    last = next;
  }
}

TEST(Id, ParsesItsOwnTextAndNothingElse) {
  const Id id = Id::Make(FromMicros(1'700'000'000'000'000));
  EXPECT_EQ(Id::Parse(id.ToString()), id);
  std::string upper = id.ToString();
  for (char& c : upper) c = char(std::toupper(c));
  for (const std::string& bad :
       {std::string(), std::string("x"), id.ToString() + "0", upper == id.ToString() ? std::string() : upper,
        std::string(36, '-'), std::string(36, '0')}) {
    EXPECT_EQ(Id::Parse(bad), std::nullopt) << bad;
  }
}

}  // namespace
}  // namespace darkroom
