#include "model/labels.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace darkroom::model {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

std::string ErrorOf(std::string_view text) {
  Result<std::vector<std::string>> labels = ParseLabels(text);
  return labels ? "no error" : labels.error().message();
}

TEST(ParseLabels, TakesOneALine) {
  EXPECT_THAT(*ParseLabels("chair\nbunk bed\nlamp\n"), ElementsAre("chair", "bunk bed", "lamp"));
  EXPECT_THAT(*ParseLabels("chair\r\nlamp"), ElementsAre("chair", "lamp"));
  EXPECT_THAT(*ParseLabels("chair, folding\nlamp\n\n\n"), ElementsAre("chair, folding", "lamp"));
  EXPECT_THAT(*ParseLabels("Stehlampe\nGestühl\n"), ElementsAre("Stehlampe", "Gestühl"));
}

TEST(ParseLabels, TakesIndexAndLabelInAnyOrder) {
  EXPECT_THAT(*ParseLabels("1,lamp\n0,chair, folding\n"), ElementsAre("chair, folding", "lamp"));
}

TEST(ParseLabels, NamesTheLineThatIsWrong) {
  EXPECT_THAT(ErrorOf(""), HasSubstr("1: expected a label on each line, found nothing"));
  EXPECT_THAT(ErrorOf("chair\n\nlamp\n"), HasSubstr("2: expected a label, found an empty line"));
  EXPECT_THAT(ErrorOf("0,chair\nlamp\n"), HasSubstr("2: expected \"index,label\""));
  EXPECT_THAT(ErrorOf("0,chair\n2,lamp\n"), HasSubstr("2: expected an index from 0 to 1, found 2"));
  EXPECT_THAT(ErrorOf("0,chair\n0,lamp\n"), HasSubstr("2: the index 0 stands here a second time"));
  EXPECT_THAT(ErrorOf("0,chair\n1,\n"), HasSubstr("2: expected a label behind the comma"));
}

TEST(ParseLabels, RefusesWhatJsonCannotCarry) {
  for (const char* bad : {"\xFF", "\xC3", "\xC0\x80", "\xED\xA0\x80", "\xF4\x90\x80\x80", "a\x80"}) {
    EXPECT_THAT(ErrorOf(std::string("chair\n") + bad), HasSubstr("2: expected UTF-8")) << bad;
  }
}

}  // namespace
}  // namespace darkroom::model
