// Style as a failing test: each rule is a function from a file to its offences, shown to work on a line that breaks
// it, and then held against every file of the project.
#include <gtest/gtest.h>

#include <algorithm>
#include <cctype>
#include <regex>
#include <string>
#include <string_view>
#include <vector>

#include "tidy/source_tree.h"

namespace darkroom::tidy {
namespace {

using std::string_view;

// "line 12: what is wrong", or without a line for the file as a whole.
using Offences = std::vector<std::string>;

std::string At(size_t index, string_view what) {
  return "line " + std::to_string(index + 1) + ": " + std::string(what);
}

bool IsCpp(const SourceFile& file) { return file.Ends(".cc") || file.Ends(".h"); }

bool IsWordCharacter(char c) { return std::isalnum(static_cast<unsigned char>(c)) || c == '_'; }

// Whether `text` has `word` in it and not as the end of a longer one.
bool HasWord(string_view text, string_view word) {
  for (size_t at = text.find(word); at != string_view::npos; at = text.find(word, at + 1)) {
    if (at == 0 || !IsWordCharacter(text[at - 1])) return true;
  }
  return false;
}

// The lines with one of the words, apart from those of this test, which has to spell what it looks for.
Offences LinesWith(const SourceFile& file, const std::vector<string_view>& words, string_view what) {
  Offences found;
  if (file.path == "tests/tidy/style_test.cc") return found;
  for (size_t i = 0; i < file.lines.size(); ++i) {
    if (std::ranges::any_of(words, [&](string_view word) { return HasWord(file.lines[i], word); })) {
      found.push_back(At(i, what));
    }
  }
  return found;
}

Offences TooLong(const SourceFile& file) {
  constexpr size_t kMostLines = 500;
  if (!IsCpp(file) || !file.IsIn("src/") || file.lines.size() <= kMostLines) return {};
  return {"has " + std::to_string(file.lines.size()) + " lines, more than " + std::to_string(kMostLines)};
}

Offences Sleeps(const SourceFile& file) {
  if (!IsCpp(file) || file.IsIn("bench/")) return {};
  return LinesWith(file, {"sleep_for", "sleep_until", "sleep(", "usleep(", "nanosleep("},
                   "sleeps: wait on the thing or on a Clock");
}

// Tests may: they give up after a while.
Offences ReadsTheClock(const SourceFile& file) {
  if (!IsCpp(file) || !file.IsIn("src/") || file.path == "src/base/clock.cc" || IsTest(file.path)) return {};
  return LinesWith(file, {"steady_clock::now", "system_clock::now", "clock_gettime(", "gettimeofday("},
                   "reads the time: a Clock& comes in");
}

Offences Tabs(const SourceFile& file) {
  Offences found;
  for (size_t i = 0; i < file.lines.size() && IsCpp(file); ++i) {
    if (file.lines[i].find('\t') != std::string::npos) found.push_back(At(i, "has a tab"));
  }
  return found;
}

Offences LeftForLater(const SourceFile& file) {
  return LinesWith(file, {"TODO", "FIXME"}, "leaves something for later");
}

// A header says what it is before anything else.
Offences HeaderWithoutOpening(const SourceFile& file) {
  if (!file.Ends(".h")) return {};
  size_t i = 0;
  while (i < file.lines.size() && file.lines[i].starts_with("//")) ++i;
  if (i == 0) return {At(0, "a header opens with a comment that says what it is")};
  if (i == file.lines.size() || file.lines[i] != "#pragma once") return {At(i, "#pragma once follows that comment")};
  return {};
}

Offences EmptyNames(const SourceFile& file) {
  static const std::regex pattern(R"(\b(class|struct)\s+(\[\[\w+\]\]\s+)?[\w:]*(Impl|Manager|Helper|Util|Utils)\b)");
  Offences found;
  for (size_t i = 0; i < file.lines.size() && IsCpp(file) && file.IsIn("src/"); ++i) {
    const std::string& line = file.lines[i];
    if (!HasWord(line, "class ") && !HasWord(line, "struct ")) continue;  // regular expressions are slow
    if (std::regex_search(line, pattern)) found.push_back(At(i, "a name that says nothing"));
  }
  return found;
}

// Whether a path from the top of a file system begins in `line` with `folder`: "cd /root/x", not "a/root/x".
bool HasPath(string_view line, string_view folder) {
  for (size_t at = line.find(folder); at != string_view::npos; at = line.find(folder, at + 1)) {
    if (at == 0 || (!IsWordCharacter(line[at - 1]) && line[at - 1] != '.')) return true;
  }
  return false;
}

// Tests may invent a home.
Offences PathsOfOneMachine(const SourceFile& file) {
  std::vector<string_view> folders = {"/root/", "/work/", "/Users/"};
  if (!IsTest(file.path)) folders.push_back("/home/");
  Offences found;
  for (size_t i = 0; i < file.lines.size() && file.path != "tests/tidy/style_test.cc"; ++i) {
    if (std::ranges::any_of(folders, [&](string_view folder) { return HasPath(file.lines[i], folder); })) {
      found.push_back(At(i, "a path of somebody's machine"));
    }
  }
  return found;
}

Offences DownloadAddresses(const SourceFile& file) {
  if (!file.Ends("package-lock.json")) return {};
  return LinesWith(file, {"\"resolved\": \"http"}, "a lock file records no addresses");
}

// GCC 12.2 lays the coroutine's frame out wrongly there (PR 106188), and the program crashes: base/async.h.
Offences AwaitsInCondition(const SourceFile& file) {
  static const std::regex opening(R"(\b(if|while|switch|for)\s*\()");
  if (!IsCpp(file) || !file.IsIn("src/")) return {};
  Offences found;
  for (size_t i = 0; i < file.lines.size(); ++i) {
    std::smatch match;
    if (!std::regex_search(file.lines[i], match, opening)) continue;
    std::string condition;  // from behind the parenthesis to the one that closes it, over as many lines as it takes
    int depth = 1;
    size_t at = static_cast<size_t>(match.position(0) + match.length(0));
    for (size_t line = i; line < file.lines.size() && depth > 0; ++line, at = 0) {
      for (; at < file.lines[line].size() && depth > 0; ++at) {
        const char c = file.lines[line][at];
        depth += c == '(' ? 1 : c == ')' ? -1 : 0;
        condition += c;
      }
    }
    if (condition.find("co_await") != std::string::npos)
      found.push_back(At(i, "co_await in a condition: name it first"));
  }
  return found;
}

SourceFile File(std::string path, std::vector<std::string> lines) { return {std::move(path), std::move(lines)}; }

class Style : public testing::Test {
 protected:
  static void HoldAgainstProject(Offences (*rule)(const SourceFile&)) {
    static const std::vector<SourceFile> project = ReadProject(DARKROOM_SOURCE_DIR);
    EXPECT_GT(project.size(), 50u) << "the project was not found";
    for (const SourceFile& file : project) {
      for (const std::string& offence : rule(file)) ADD_FAILURE() << file.path << ": " << offence;
    }
  }
};

TEST_F(Style, FilesStayShort) {
  EXPECT_FALSE(TooLong(File("src/web/everything.cc", std::vector<std::string>(501))).empty());
  HoldAgainstProject(TooLong);
}

TEST_F(Style, NothingSleeps) {
  EXPECT_FALSE(Sleeps(File("src/a.cc", {"  std::this_thread::sleep_for(1s);"})).empty());
  EXPECT_FALSE(Sleeps(File("src/a.cc", {"  usleep(10);"})).empty());
  HoldAgainstProject(Sleeps);
}

TEST_F(Style, OnlyTheClockReadsTheTime) {
  EXPECT_FALSE(ReadsTheClock(File("src/a.cc", {"auto t = std::chrono::steady_clock::now();"})).empty());
  EXPECT_TRUE(ReadsTheClock(File("src/base/clock.cc", {"auto t = std::chrono::steady_clock::now();"})).empty());
  HoldAgainstProject(ReadsTheClock);
}

TEST_F(Style, NoTabs) {
  EXPECT_FALSE(Tabs(File("src/a.cc", {"\tint i;"})).empty());
  HoldAgainstProject(Tabs);
}

TEST_F(Style, NothingIsLeftForLater) {
  EXPECT_FALSE(LeftForLater(File("ui/page.ts", {"// TODO: later"})).empty());
  HoldAgainstProject(LeftForLater);
}

TEST_F(Style, HeadersOpenWithWhatTheyAre) {
  EXPECT_FALSE(HeaderWithoutOpening(File("src/a.h", {"#pragma once"})).empty());
  EXPECT_FALSE(HeaderWithoutOpening(File("src/a.h", {"// A thing.", "", "#pragma once"})).empty());
  EXPECT_TRUE(HeaderWithoutOpening(File("src/a.h", {"// A thing.", "#pragma once"})).empty());
  HoldAgainstProject(HeaderWithoutOpening);
}

TEST_F(Style, NamesSaySomething) {
  EXPECT_FALSE(EmptyNames(File("src/a.h", {"class QueueManager {"})).empty());
  EXPECT_FALSE(EmptyNames(File("src/a.h", {"struct Server::Impl {"})).empty());
  EXPECT_TRUE(EmptyNames(File("src/a.h", {"class Implement {"})).empty());
  HoldAgainstProject(EmptyNames);
}

TEST_F(Style, NoConditionAwaits) {
  EXPECT_FALSE(AwaitsInCondition(File("src/a.cc", {"if (const bool more = co_await Read()) {"})).empty());
  EXPECT_FALSE(AwaitsInCondition(File("src/a.cc", {"while (Open() &&", "       co_await Read()) {"})).empty());
  EXPECT_TRUE(AwaitsInCondition(File("src/a.cc", {"while (Open()) co_await Read();"})).empty());
  HoldAgainstProject(AwaitsInCondition);
}

TEST_F(Style, NoPathsOfSomebodysMachine) {
  EXPECT_FALSE(PathsOfOneMachine(File("a.md", {"cd /home/ann/darkroom"})).empty());
  EXPECT_TRUE(PathsOfOneMachine(File("a.md", {"docs/work/x and ../home/y"})).empty());
  HoldAgainstProject(PathsOfOneMachine);
}

TEST_F(Style, LockFilesRecordNoAddresses) {
  EXPECT_FALSE(
      DownloadAddresses(File("ui/package-lock.json", {R"("resolved": "https://example.org/a.tgz",)"})).empty());
  HoldAgainstProject(DownloadAddresses);
}

}  // namespace
}  // namespace darkroom::tidy
