#include "scaling/local_fleet.h"

#include <gtest/gtest.h>

#include <fcntl.h>
#include <unistd.h>

#include <csignal>
#include <set>

#include "base/crypto.h"

namespace darkroom::scaling {
namespace {

// Real processes: a shell that says ready, then sleeps until SIGTERM ends it.
Command Obedient() { return {"/bin/sh", {"-c", "echo ready; exec sleep 1000"}, {}}; }

class LocalFleetTest : public testing::Test {
 protected:
  LocalFleetOptions Options(Command worker) {
    LocalFleetOptions options;
    options.worker = std::move(worker);
    options.on_ready = [this](const std::string& member) { ready_.insert(member), changed_.NotifyAll(); };
    options.on_exit = [this](const std::string& member, MemberEnd end) {
      exited_.insert(member);
      ends_.push_back(end);
      changed_.NotifyAll();
    };
    return options;
  }
  // Waits until `set` has so many members, for at most 30 s.
  Task<void> Reaches(const std::set<std::string>& set, std::size_t size) {
    const Time deadline = clock_->Now() + 30s;
    bool woken = true;
    while (woken && set.size() < size) woken = co_await changed_.Wait(deadline);
    EXPECT_EQ(set.size(), size);
  }

  IoContext io_;
  std::unique_ptr<Clock> clock_ = MakeSystemClock(io_);
  Signal changed_{*clock_};
  std::set<std::string> ready_, exited_;
  std::vector<MemberEnd> ends_;
};

TEST_F(LocalFleetTest, ReplacesAWorkerThatIsKilledAndSaysWhoDied) {
  LocalFleet fleet(io_, *clock_, Options(Obedient()));
  auto body = [&]() -> Task<void> {
    co_await fleet.SetSize(1);
    co_await Reaches(ready_, 1);
    const auto members = co_await fleet.Members();
    const std::string first = (*members)[0].id;
    kill(fleet.pid(first), SIGSEGV);
    co_await Reaches(ready_, 2);
    EXPECT_TRUE(exited_.contains(first));
    EXPECT_EQ(ends_.at(0).signal, SIGSEGV);
    EXPECT_FALSE(ends_.at(0).asked);
    EXPECT_EQ(fleet.count(MemberState::kReady), 1);
    co_await fleet.Stop(clock_->Now() + 10s);
    EXPECT_TRUE(ends_.at(1).asked);
  };
  io_.RunUntilDone(body());
}

TEST_F(LocalFleetTest, DrainsTheYoungestWhenItShrinks) {
  LocalFleet fleet(io_, *clock_, Options(Obedient()));
  auto body = [&]() -> Task<void> {
    co_await fleet.SetSize(1);
    co_await Reaches(ready_, 1);
    const std::string eldest = *ready_.begin();
    co_await fleet.SetSize(3);
    co_await Reaches(ready_, 3);
    co_await fleet.SetSize(1);
    co_await Reaches(exited_, 2);
    EXPECT_FALSE(exited_.contains(eldest));
    co_await fleet.Stop(clock_->Now() + 10s);
    EXPECT_EQ(exited_.size(), 3u);
  };
  io_.RunUntilDone(body());
}

TEST_F(LocalFleetTest, KillsAWorkerThatDoesNotLeaveInTime) {
  LocalFleet fleet(io_, *clock_, Options({"/bin/sh", {"-c", "trap '' TERM; echo ready; exec sleep 1000"}, {}}));
  auto body = [&]() -> Task<void> {
    co_await fleet.SetSize(1);
    co_await Reaches(ready_, 1);
    co_await fleet.Stop(clock_->Now() + 200ms);
    EXPECT_EQ(exited_.size(), 1u);
  };
  io_.RunUntilDone(body());
}

TEST_F(LocalFleetTest, ReplacesAWorkerThatFallsSilent) {
  // The first that starts hangs, as one does after SIGSTOP; the next one speaks on.
  const std::string mark = testing::TempDir() + "darkroom-fleet-" + RandomHex(4);
  const std::string script =
      "echo ready; if mkdir " + mark + "; then exec sleep 1000; fi; while sleep 0.05; do echo alive; done";
  LocalFleetOptions options = Options({"/bin/sh", {"-c", script}, {}});
  options.lost_after = 2s;
  LocalFleet fleet(io_, *clock_, std::move(options));
  auto body = [&]() -> Task<void> {
    co_await fleet.SetSize(1);
    co_await Reaches(ready_, 2);
    EXPECT_EQ(exited_.size(), 1u);
    EXPECT_EQ(fleet.count(MemberState::kReady), 1);
    co_await fleet.Stop(clock_->Now() + 10s);
  };
  io_.RunUntilDone(body());
  rmdir(mark.c_str());
}

TEST_F(LocalFleetTest, AProcessesLinesComeOneByOneAlsoWhenItWroteThemAtOnce) {
  auto process = ChildProcess::Start(io_, {"/bin/sh", {"-c", "printf 'one\\ntwo\\nthree\\n'"}, {}});
  ASSERT_TRUE(process.has_value());
  auto body = [&]() -> Task<void> {
    std::string lines;
    for (int i = 0; i < 4; ++i) lines += co_await process->ReadLine() + ",";
    EXPECT_EQ(lines, "one,two,three,,");
    const std::string end = co_await process->Exit();
    EXPECT_EQ(end, "exit status 0");
  };
  io_.RunUntilDone(body());
}

TEST_F(LocalFleetTest, AProcessGetsNoneOfOurDescriptors) {
  const int ours = open("/dev/null", O_RDONLY);  // without O_CLOEXEC, as Asio opens sockets
  ASSERT_GE(ours, 3);
  const std::string script = "[ -e /proc/$$/fd/" + std::to_string(ours) + " ] && echo inherited || echo closed";
  auto process = ChildProcess::Start(io_, {"/bin/sh", {"-c", script}, {}});
  ASSERT_TRUE(process.has_value());
  auto body = [&]() -> Task<void> {
    const std::string line = co_await process->ReadLine();
    EXPECT_EQ(line, "closed");
    co_await process->Exit();
  };
  io_.RunUntilDone(body());
  close(ours);
}

TEST(RestartPause, DoublesWhileWorkersDieYoung) {
  EXPECT_EQ(RestartPause(0), Duration(0));
  EXPECT_EQ(RestartPause(1), Duration(100ms));
  EXPECT_EQ(RestartPause(2), Duration(200ms));
  EXPECT_EQ(RestartPause(100), Duration(10s));
}

}  // namespace
}  // namespace darkroom::scaling
