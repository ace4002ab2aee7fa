#include "base/nearest.h"

#include <gtest/gtest.h>

#include <string>

namespace darkroom {
namespace {

constexpr std::string_view kWords[] = {"width", "height", "layout", "mean"};

TEST(Nearest, FindsTheWordThatWasMeant) {
  EXPECT_EQ(Nearest("widht", kWords), "width");
  EXPECT_EQ(Nearest("heigth", kWords), "height");
  EXPECT_EQ(Nearest("means", kWords), "mean");
}

TEST(Nearest, GuessesNothingWhenNothingIsNear) {
  EXPECT_EQ(Nearest("bogus", kWords), "");
  EXPECT_EQ(Nearest("", kWords), "");
  EXPECT_EQ(Nearest("wi", kWords), "");
  EXPECT_EQ(Nearest("width", {}), "");
  constexpr std::string_view kShort[] = {"up", "log"};
  EXPECT_EQ(Nearest("hub", kShort), "");
  EXPECT_EQ(Nearest("upp", kShort), "up") << "one letter is always near";
}

TEST(Nearest, BearsAnythingForAWord) { EXPECT_EQ(Nearest(std::string(1'000'000, 'x'), kWords), ""); }

TEST(EditDistance, CountsLetters) {
  EXPECT_EQ(EditDistance("kitten", "sitting"), 3u);
  EXPECT_EQ(EditDistance("", "abc"), 3u);
  EXPECT_EQ(EditDistance("abc", ""), 3u);
  EXPECT_EQ(EditDistance("widht", "width"), 1u) << "two neighbours swapped are one error";
  EXPECT_EQ(EditDistance("abcd", "badc"), 2u);
  EXPECT_EQ(EditDistance("abc", "abc"), 0u);
}

}  // namespace
}  // namespace darkroom
