// LocalFleet: workers as processes of this machine. A worker that dies is replaced, after a pause that doubles while
// workers die young; the caller is told at once, so that it can let go of the leases the dead one held.
//
// A worker is started as `command` with DARKROOM_WORKER_NAME=<name> in its environment, says "ready" on a line of its
// standard output when it can take work, writes any line at least each second from then on, and drains on SIGTERM. One
// that falls silent (stopped, or its loop hangs) is killed and replaced. It must end by itself when we do (prctl(2),
// PR_SET_PDEATHSIG): nobody is left to end it after a kill -9.
//
// Life: SetSize, Stop, then destroy. Threads: the loop's alone.
#pragma once

#include <functional>
#include <list>
#include <memory>

#include "ports/fleet.h"
#include "scaling/child_process.h"

namespace darkroom::scaling {

struct LocalFleetOptions {
  Command worker;
  Duration grace = 30s;       // from SIGTERM to SIGKILL
  Duration lost_after = 30s;  // a ready worker that is silent for so long is killed; at least some seconds
  std::function<void(const std::string& member)> on_ready;
  std::function<void(const std::string& member, MemberEnd end)> on_exit;
  std::function<void()> on_failed_start;  // no process could be made; also called within SetSize
};

// The pause before a dead worker is replaced: nothing for one that lived for 10 s, else 100 ms doubling with each that
// died young in a row, to at most 10 s.
Duration RestartPause(int died_young_in_a_row);

class LocalFleet : public Fleet {
 public:
  LocalFleet(IoContext& io, Clock& clock, LocalFleetOptions options);

  Task<Result<std::vector<FleetMember>>> Members() override;
  Task<Status> SetSize(int size) override;
  Task<Status> Drain(std::string member) override;

  // Drains all and waits for their end; those alive at `deadline` are killed.
  Task<void> Stop(Time deadline);

  int wanted() const { return wanted_; }
  int pid(const std::string& member) const;  // 0 when there is none
  int count(MemberState state) const;

 private:
  struct Member;
  using MemberPtr = std::shared_ptr<Member>;

  void StartMember();
  Task<void> Live(MemberPtr member);
  Task<void> Listen(MemberPtr member);
  Task<void> Watch(MemberPtr member);
  void DrainMember(Member& member);
  Task<void> ReplaceAfter(Duration pause);

  Clock& clock_;
  IoContext& io_;
  const LocalFleetOptions options_;
  std::list<MemberPtr> members_;
  int wanted_ = 0;
  int replacements_ = 0;  // pauses under way before a replacement
  int died_young_ = 0;    // in a row
  bool stopping_ = false;
  Signal changed_;
  TaskGroup tasks_;
};

}  // namespace darkroom::scaling
