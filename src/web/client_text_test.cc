#include "web/client_text.h"

#include <gtest/gtest.h>

namespace darkroom::web {
namespace {

TEST(CleanText, ReplacesWhatIsNoTextAndCutsBetweenCharacters) {
  EXPECT_EQ(CleanText("caf\xC3\xA9 \xE2\x82\xAC"), "café €");
  EXPECT_EQ(CleanText("a\xFF\r\nb"), "a\uFFFD\uFFFD\uFFFDb");
  EXPECT_EQ(CleanText("\xC0\xAF"), "\uFFFD\uFFFD") << "an overlong slash";
  EXPECT_EQ(CleanText("\xED\xA0\x80"), "\uFFFD\uFFFD\uFFFD") << "a surrogate";
  EXPECT_EQ(CleanText("\xF0\x9F\x98"), "\uFFFD\uFFFD\uFFFD") << "breaks off";
  EXPECT_EQ(CleanText("ééé", 5), "éé");
}

TEST(CleanText, ReplacesWhatTurnsTheDirectionOfText) {
  for (const std::string_view order : {"\u202A", "\u202E", "\u2066", "\u2069", "\xC2\x80", "\xC2\x9F"}) {
    EXPECT_EQ(CleanText("a" + std::string(order) + "gpj.exe"), "a\uFFFDgpj.exe");
  }
  for (const std::string_view text : {"\u2029", "\u202F", "\u2065", "\u206A", "\xC2\xA0", "שלום"}) {
    EXPECT_EQ(CleanText(text), text);
  }
}

TEST(CleanFileName, KeepsTheLastPart) {
  EXPECT_EQ(CleanFileName("C:\\fakepath\\cat.jpg"), "cat.jpg");
  EXPECT_EQ(CleanFileName("../../etc/passwd"), "passwd");
  EXPECT_EQ(CleanFileName("dir/"), "");
}

TEST(WithoutEnding, CutsTheLastEndingOnly) {
  EXPECT_EQ(WithoutEnding("test_0.JPEG"), "test_0");
  EXPECT_EQ(WithoutEnding("a.b.c"), "a.b");
  EXPECT_EQ(WithoutEnding(".hidden"), ".hidden");
}

TEST(InlineDisposition, NothingInANameEndsTheHeader) {
  EXPECT_EQ(InlineDisposition("cat.jpg"), "inline; filename=\"cat.jpg\"");
  EXPECT_EQ(InlineDisposition("a\"b\\c.png"), "inline; filename=\"a_b_c.png\"; filename*=UTF-8''a%22b%5Cc.png");
  EXPECT_EQ(InlineDisposition("é\r\nX: y"), "inline; filename=\"____X: y\"; filename*=UTF-8''%C3%A9%0D%0AX%3A%20y");
  EXPECT_EQ(InlineDisposition(""), "inline");
}

TEST(FileNameOf, ReadsBothForms) {
  EXPECT_EQ(FileNameOf("attachment; filename=\"a;\\\"b.png\""), "a;\"b.png");
  EXPECT_EQ(FileNameOf("attachment; filename=cat.png; x=y"), "cat.png");
  EXPECT_EQ(FileNameOf("attachment; filename=\"e.png\"; filename*=UTF-8''%C3%A9.png"), "é.png");
  EXPECT_EQ(FileNameOf("attachment"), "");
  EXPECT_EQ(FileNameOf("attachment; filename=\"open"), "open");
}

}  // namespace
}  // namespace darkroom::web
