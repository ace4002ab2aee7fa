#include "domain/job.h"

#include <gtest/gtest.h>

namespace darkroom {
namespace {

TEST(JobState, ATerminalStateNeverChanges) {
  for (const JobState from : kJobStates) {
    for (const JobState to : kJobStates) {
      if (IsTerminal(from))
        EXPECT_FALSE(CanBecome(from, to)) << Name(from) << " to " << Name(to);
      else
        EXPECT_EQ(CanBecome(from, to), to != JobState::kQueued) << Name(from) << " to " << Name(to);
    }
  }
}

TEST(JobState, NamesReadBack) {
  for (const JobState state : kJobStates) EXPECT_EQ(ParseJobState(Name(state)), state);
  for (const Priority priority : kPriorities) EXPECT_EQ(ParsePriority(Name(priority)), priority);
  EXPECT_EQ(ParseJobState("done"), std::nullopt);
}

TEST(ArtifactName, KeepsPathsAndShellsOut) {
  EXPECT_TRUE(IsArtifactName("result.json"));
  for (const char* bad : {"", "..", ".hidden", "a/b", "../x", "a b", "A", "x;y"})
    EXPECT_FALSE(IsArtifactName(bad)) << bad;
  EXPECT_FALSE(IsArtifactName(std::string(65, 'a')));
}

}  // namespace
}  // namespace darkroom
