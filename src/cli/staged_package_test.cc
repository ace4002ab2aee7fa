#include "cli/staged_package.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>

#include "cli/package_remove.h"
#include "model/test_packages.h"

namespace darkroom::cli {
namespace {

namespace fs = std::filesystem;
using testing::ElementsAre;
using testing::IsEmpty;

class StagedPackageTest : public testing::Test {
 protected:
  std::vector<std::string> Inside() const {
    std::vector<std::string> names;
    for (const auto& entry : fs::recursive_directory_iterator(models_)) {
      names.push_back(entry.path().lexically_relative(models_).string());
    }
    std::ranges::sort(names);
    return names;
  }
  // A process that stages a package and is killed over it.
  void StageAndDie() const {
    int ready[2];
    ASSERT_EQ(pipe(ready), 0);
    const pid_t child = fork();
    if (child == 0) {
      auto staged = StagedPackage::Make(models_);
      const bool written = staged && staged->Write("samples/a.txt", "half of it");
      const char byte = written ? 'y' : 'n';
      if (write(ready[1], &byte, 1) == 1) pause();
      _exit(1);
    }
    char written = 'n';
    ASSERT_EQ(read(ready[0], &written, 1), 1);
    EXPECT_EQ(written, 'y');
    EXPECT_THAT(Inside(), testing::SizeIs(3)) << "the folder and what is in it";
    kill(child, SIGKILL);
    waitpid(child, nullptr, 0);
    close(ready[0]);
    close(ready[1]);
  }

  model::TemporaryFolder folder_;
  const fs::path models_ = folder_.path() / "models";
};

TEST_F(StagedPackageTest, AppearsWholeOrNotAtAll) {
  const fs::path source = model::WritePackage(folder_.path() / "source", model::kMeansToml);
  const auto package = model::LoadPackage(source);
  {
    auto staged = StagedPackage::Make(models_);
    ASSERT_TRUE(staged && staged->Write("model.toml", "name"));
  }
  EXPECT_THAT(Inside(), IsEmpty());
  {
    auto staged = StagedPackage::Make(models_);
    ASSERT_TRUE(staged && staged->Write("model.toml", "name") && staged->Install(*package));
  }
  EXPECT_THAT(Inside(), ElementsAre("means", "means/1", "means/1/model.toml"));
}

TEST_F(StagedPackageTest, WhatAKilledProcessLeftIsSweptByTheNext) {
  StageAndDie();
  EXPECT_THAT(Inside(), testing::SizeIs(3)) << "nobody was there to remove it";
  const auto next = StagedPackage::Make(models_);
  ASSERT_TRUE(next);
  EXPECT_THAT(Inside(), ElementsAre(next->path().filename().string()));
}

TEST_F(StagedPackageTest, WhatIsStillBeingMadeIsNotSwept) {
  const auto first = StagedPackage::Make(models_);
  const auto second = StagedPackage::Make(models_);
  SweepAbandoned(models_);
  EXPECT_TRUE(fs::exists(first->path()) && fs::exists(second->path()));
}

TEST_F(StagedPackageTest, ARemovalThatBrokeOffIsFinished) {
  const fs::path package = model::WritePackage(models_ / "means" / "1", model::kMeansToml);
  model::WritePackage(models_ / ".hidden", model::kMeansToml);
  fs::rename(package, models_ / "means" / (std::string(kRemoved) + "0123abcd"));
  model::WritePackage(package, model::kMeansToml);
  SweepAbandoned(models_);
  EXPECT_THAT(Inside(), testing::SizeIs(2 + 3 + 1 + 3)) << "the package, and a hidden folder that is somebody else's";
  SweepAbandoned(folder_.path() / "none");
}

}  // namespace
}  // namespace darkroom::cli
