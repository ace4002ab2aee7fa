#include "base/time.h"

#include <gtest/gtest.h>

namespace darkroom {
namespace {

TEST(Time, FormatsAndParsesRfc3339) {
  const Time t = FromMicros(1'700'000'000'000'001);
  EXPECT_EQ(FormatTime(t), "2023-11-14T22:13:20.000001Z");
  EXPECT_EQ(*ParseTime(FormatTime(t)), t);
  EXPECT_EQ(*ParseTime("2023-11-14T22:13:20Z"), FromMicros(1'700'000'000'000'000));
}

TEST(Time, RefusesWhatIsNoUtcTime) {
  for (const char* bad : {"", "2023-11-14", "2023-02-30T00:00:00Z", "2023-11-14T24:00:00Z", "2023-11-14T22:13:20",
                          "2023-11-14T22:13:20+01:00", "2023-11-14T22:13:20.Z", "2023-11-14T22:13:20.1234567890Z"}) {
    EXPECT_FALSE(ParseTime(bad)) << bad;
  }
}

TEST(Duration, ParsesWhatItFormats) {
  for (const Duration d : {Duration(1), Duration(1'500'000), Duration(30s), Duration(5min), Duration(2h),
                           Duration(14 * 24h), Duration(0)}) {
    EXPECT_EQ(*ParseDuration(FormatDuration(d)), d);
  }
  for (const char* bad : {"", "5", "-5s", "5 s", "s", "9999999999999d", "1.5s"})
    EXPECT_FALSE(ParseDuration(bad)) << bad;
}

}  // namespace
}  // namespace darkroom
