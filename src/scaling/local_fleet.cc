#include "scaling/local_fleet.h"

#include <algorithm>
#include <csignal>

#include "base/crypto.h"
#include "base/log.h"

namespace darkroom::scaling {
namespace {

constexpr Duration kYoung = 10s;

}  // namespace

Duration RestartPause(int died_young_in_a_row) {
  if (died_young_in_a_row <= 0) return Duration(0);
  return std::min<Duration>(100ms * (1 << std::min(died_young_in_a_row - 1, 10)), 10s);
}

struct LocalFleet::Member {
  FleetMember info;
  ChildProcess process;
  int lines = 0;  // heard of it
  bool ended = false;
};

LocalFleet::LocalFleet(IoContext& io, Clock& clock, LocalFleetOptions options)
    : clock_(clock), io_(io), options_(std::move(options)), changed_(clock), tasks_(io, clock) {}

int LocalFleet::count(MemberState state) const {
  return int(
      std::count_if(members_.begin(), members_.end(), [&](const MemberPtr& m) { return m->info.state == state; }));
}

int LocalFleet::pid(const std::string& name) const {
  for (const MemberPtr& member : members_) {
    if (member->info.id == name) return member->process.pid();
  }
  return 0;
}

Task<Result<std::vector<FleetMember>>> LocalFleet::Members() {
  std::vector<FleetMember> members;
  for (const MemberPtr& member : members_) members.push_back(member->info);
  co_return members;
}

Task<Status> LocalFleet::SetSize(int size) {
  wanted_ = size;
  int active = int(members_.size()) - count(MemberState::kDraining) + replacements_;
  for (; active < wanted_; ++active) StartMember();
  // The youngest go first: those that are still starting, and those whose caches are coldest.
  for (auto member = members_.rbegin(); active > wanted_ && member != members_.rend(); ++member) {
    if ((*member)->info.state == MemberState::kDraining) continue;
    DrainMember(**member);
    --active;
  }
  co_return Status();
}

Task<Status> LocalFleet::Drain(std::string name) {
  for (const MemberPtr& member : members_) {
    if (member->info.id != name || member->info.state == MemberState::kDraining) continue;
    --wanted_;
    DrainMember(*member);
  }
  co_return Status();
}

Task<void> LocalFleet::Stop(Time deadline) {
  stopping_ = true;
  wanted_ = 0;
  for (const MemberPtr& member : members_) DrainMember(*member);
  changed_.NotifyAll();
  const bool all_left = co_await tasks_.Join(deadline);
  if (all_left) co_return;
  for (const MemberPtr& member : members_) member->process.Signal(SIGKILL);
  co_await tasks_.Join();
}

void LocalFleet::DrainMember(Member& member) {
  member.info.state = MemberState::kDraining;
  member.process.Signal(SIGTERM);
}

void LocalFleet::StartMember() {
  const std::string name = "worker-" + RandomHex(4);
  Command command = options_.worker;
  command.environment.push_back("DARKROOM_WORKER_NAME=" + name);
  auto process = ChildProcess::Start(io_, command);
  if (!process) {
    spdlog::error("could not start a worker: {}", process.error().message());
    if (options_.on_failed_start) options_.on_failed_start();
    tasks_.Spawn(ReplaceAfter(RestartPause(++died_young_)));
    return;
  }
  auto member =
      std::make_shared<Member>(Member{{name, MemberState::kStarting, clock_.Now()}, std::move(*process), 0, false});
  spdlog::debug("{} started, pid {}", name, member->process.pid());
  members_.push_back(member);
  tasks_.Spawn(Listen(member));
  tasks_.Spawn(Live(std::move(member)));
}

Task<void> LocalFleet::Listen(MemberPtr member) {
  while (true) {
    const std::string line = co_await member->process.ReadLine();
    if (line.empty()) co_return;
    ++member->lines;
    if (line != "ready" || member->info.state != MemberState::kStarting) continue;
    member->info.state = MemberState::kReady;
    spdlog::debug("{} is ready after {} ms", member->info.id, (clock_.Now() - member->info.started) / 1ms);
    tasks_.Spawn(Watch(member));
    if (options_.on_ready) options_.on_ready(member->info.id);
  }
}

// Lost is who was silent at two looks in a row: after a pause of this very process the first look may come before what
// the worker wrote meanwhile has been read.
Task<void> LocalFleet::Watch(MemberPtr member) {
  int silent = 0;
  while (silent < 2) {
    const int before = member->lines;
    const Time look = clock_.Now() + options_.lost_after / 2;
    while (!member->ended && clock_.Now() < look) co_await changed_.Wait(look);
    if (member->ended) co_return;
    silent = member->lines == before ? silent + 1 : 0;
  }
  spdlog::error("{} has not been heard of for {} s and is killed", member->info.id, Seconds(options_.lost_after));
  member->process.Signal(SIGKILL);
}

Task<void> LocalFleet::Live(MemberPtr member) {
  const std::string end = co_await member->process.Exit();
  std::erase(members_, member);
  member->ended = true;
  changed_.NotifyAll();
  const bool asked = member->info.state == MemberState::kDraining;
  if (options_.on_exit) {
    options_.on_exit(member->info.id, {asked, member->process.end_signal(), member->process.end_status()});
  }
  if (asked) {
    spdlog::debug("{} left: {}", member->info.id, end);
    co_return;
  }
  spdlog::warn("{} died: {}", member->info.id, end);
  died_young_ = clock_.Now() - member->info.started < kYoung ? died_young_ + 1 : 0;
  if (!stopping_) co_await ReplaceAfter(RestartPause(died_young_));
}

Task<void> LocalFleet::ReplaceAfter(Duration pause) {
  ++replacements_;
  const Time when = clock_.Now() + pause;
  while (!stopping_ && clock_.Now() < when) co_await changed_.Wait(when);
  --replacements_;
  const int active = int(members_.size()) - count(MemberState::kDraining) + replacements_;
  if (!stopping_ && active < wanted_) StartMember();
}

}  // namespace darkroom::scaling
