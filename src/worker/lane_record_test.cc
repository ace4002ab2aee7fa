#include "worker/lane_record.h"

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <filesystem>
#include <fstream>

#include "base/crypto.h"

namespace darkroom::worker {
namespace {

class LaneRecordTest : public testing::Test {
 protected:
  ~LaneRecordTest() override { std::filesystem::remove(path_); }
  std::vector<LaneEntry> Read() {
    auto entries = ReadLaneRecord(path_);
    EXPECT_TRUE(entries) << entries.error().message();
    return entries.value_or(std::vector<LaneEntry>());
  }
  const std::string path_ = testing::TempDir() + "darkroom-lanes-" + RandomHex(4);
};

TEST_F(LaneRecordTest, TellsWhatIsBeingRun) {
  auto record = LaneRecord::Create(path_, 3);
  ASSERT_TRUE(record) << record.error().message();
  EXPECT_TRUE(Read().empty());
  record->Begin(0, {Priority::kHigh, 2, "receipt 0", "message 0"});
  record->Begin(2, {Priority::kLow, 1, "receipt 2", std::string(5000, 'm')});
  record->Begin(1, {Priority::kLow, 1, "receipt 1", "message 1"});
  record->End(1);
  const auto entries = Read();
  ASSERT_EQ(entries.size(), 2u);
  EXPECT_EQ(entries[0].queue, Priority::kHigh);
  EXPECT_EQ(entries[0].attempt, 2);
  EXPECT_EQ(entries[0].receipt, "receipt 0");
  EXPECT_EQ(entries[0].message, "message 0");
  EXPECT_EQ(entries[1].receipt, "receipt 2");
  EXPECT_EQ(entries[1].message, std::string(5000, 'm'));
}

TEST_F(LaneRecordTest, OutlivesAProcessThatCrashes) {
  const pid_t child = ::fork();
  ASSERT_GE(child, 0);
  if (child == 0) {
    auto record = LaneRecord::Create(path_, 1);
    record->Begin(0, {Priority::kNormal, 1, "receipt", "message"});
    std::signal(SIGSEGV, SIG_DFL);  // whatever a sanitizer does with it
    ::raise(SIGSEGV);
    ::_exit(0);
  }
  int status = 0;
  ASSERT_EQ(::waitpid(child, &status, 0), child);
  ASSERT_TRUE(WIFSIGNALED(status));
  const auto entries = Read();
  ASSERT_EQ(entries.size(), 1u);
  EXPECT_EQ(entries[0].message, "message");
}

TEST_F(LaneRecordTest, AMessageThatIsTooLargeIsNotNoted) {
  auto record = LaneRecord::Create(path_, 1);
  ASSERT_TRUE(record);
  record->Begin(0, {Priority::kNormal, 1, "receipt", std::string(kLaneBytes, 'm')});
  EXPECT_TRUE(Read().empty());
}

TEST_F(LaneRecordTest, NoFileTellsOfNothingAndNonsenseIsSaid) {
  EXPECT_TRUE(Read().empty());
  std::ofstream(path_) << std::string(kLaneBytes, 'x');
  const auto entries = ReadLaneRecord(path_);
  ASSERT_FALSE(entries);
  EXPECT_EQ(entries.error().code(), Code::kInvalid);
}

}  // namespace
}  // namespace darkroom::worker
