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

TEST(Nearest, BearsAnythingForAWord) {
  EXPECT_EQ(Nearest("", kWords), "mean");  // the shortest is nearest to nothing
  EXPECT_FALSE(Nearest(std::string(1'000'000, 'x'), kWords).empty());
  EXPECT_EQ(Nearest("width", {}), "");
}

TEST(EditDistance, CountsLetters) {
  EXPECT_EQ(EditDistance("kitten", "sitting"), 3u);
  EXPECT_EQ(EditDistance("", "abc"), 3u);
  EXPECT_EQ(EditDistance("abc", "abc"), 0u);
}

}  // namespace
}  // namespace darkroom
