// Worker: takes jobs off the request queues, runs them, stores what they produce and reports it. Knows two queues (one
// of them in three priorities) and two buckets, and nothing of the state of jobs: it can be killed at any moment.
//
//   receive → fetch → [ decode → preprocess → infer ] → store → report → ack
//   loop      a thread  one lane (a thread) a core       loop    loop     loop
//
// Bounds: it takes what will begin within kHold, as far as it knows how long runs take (prefetch.h), and holds at most
// kMostHeld jobs, pictures included, and two more: a poll that waits at each of the other queues may bring one when it
// is full. So a job of a quick model does not wait in its hands behind one of a slow model, but for those that came by
// the same poll as the first jobs of a model that the worker does not know yet: at most kMaxReceive. Rules of
// receiving, one loop a queue with one poll at a time:
//
// - What a poll has asked for is taken until it is answered. One message of each poll has a place of its own, so that
//   the poll of an empty queue keeps nobody from theirs.
// - A poll that brought all it asked for is followed by one that takes what room there is and does not wait. Else one
//   waits, for an eighth of the room beyond the lanes or for one. A lane that stands idle is always worth a poll.
// - Room goes to the highest queue that wants it. A lower one is not asked while a job of a higher one waits for a
//   lane. Of those that wait for a lane the highest is run first.
// - A job that comes again may be what its workers died of. While one is held, no more are taken than there are lanes:
//   what waited behind it would pay an attempt for its end.
// - Of a suspect (JobRequest::suspect) that is known: it runs when nothing else is held, and meanwhile nothing else
// runs
//   and nothing more is asked for. If the worker dies then, it is known what of.
//
// A run ends before its time when its job has ended otherwise (a notice says so), when the job's deadline passes, when
// its model comes into quarantine, or when the time to drain is over. Jobs of a model in quarantine fail unrun.
//
// Life: Start, Drain, then destroy. Threads: the loop's alone, but for the lanes and the reader of pictures inside.
#pragma once

#include <array>
#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/async.h"
#include "ports/object_store.h"
#include "worker/job_runner.h"
#include "worker/lane_record.h"
#include "worker/leases.h"
#include "worker/picture_source.h"
#include "worker/prefetch.h"
#include "worker/quarantine_check.h"
#include "worker/reporter.h"
#include "worker/stop_notices.h"

namespace darkroom::worker {

struct WorkerPorts {
  RequestQueues requests;
  Queue* results = nullptr;
  ObjectStore* inputs = nullptr;
  ObjectStore* outputs = nullptr;
};

struct WorkerOptions {
  std::string name;         // unique for the life of a process; leases are held in it
  int lanes = 1;            // threads that run models
  std::string input_files;  // folder of the input store's files (ObjectInfo::file); empty: on another machine
  Duration visibility = 30s;
  std::size_t inline_result = 64'000;  // bytes of the largest result that travels in the outcome, not as an artifact
  Duration poll = kMaxWait;
  Duration announce_after = 50ms;  // a run that takes longer is reported as started; a shorter one only by its outcome
  std::function<void()> cancel_polls;  // ends receives that are under way, with kCancelled; may be empty
  OpenNoticeQueue open_notices = {};   // the worker's own queue; empty: it hears of no cancels
  LaneRecord* lane_record = nullptr;   // where the lanes note what they run; may be null; outlives the worker
};

class Worker {
 public:
  Worker(IoContext& io, Clock& clock, WorkerPorts ports, JobRunner& runner, WorkerOptions options);
  ~Worker();

  void Start();
  // Takes no more jobs, gives back those not begun, finishes and reports the others; a little before `deadline` it ends
  // what still runs and gives that back. Returns when that is done, or at `deadline`: the process must then end without
  // destroying the worker, and what was not done is left to its lease.
  Task<void> Drain(Time deadline);

  int running() const { return running_; }         // in a lane
  int held() const { return int(items_.size()); }  // received and not yet handed over or given back

 private:
  struct Item;
  using ItemPtr = std::shared_ptr<Item>;

  Task<void> ReceiveLoop(Priority priority);
  // Sets what the queue's next poll asks for; false: stopping.
  Task<bool> WaitForRoom(Priority priority);
  Room RoomNow() const;
  int RoomOfIdleLanes() const;
  int RoomFor(Priority priority) const;
  bool GoesBefore(Priority priority) const;
  void Take(Priority priority, Message message);
  Task<void> Fetch(ItemPtr item);
  Task<void> Lane(int index);
  ItemPtr NextReady();
  Task<void> RunItem(ItemPtr item, int lane);
  Result<RunAnswer> RunOnLane(Item& item, int lane);
  enum class Ended;
  void StopJob(Id job);
  void StopModel(const QuarantinedModel& model);
  Task<void> Finish(ItemPtr item, Result<RunAnswer> answer);
  Task<void> FinishEnded(ItemPtr item);
  void SettleStopped(const Item& item);
  Task<Result<std::vector<Artifact>>> Store(const Item& item, std::vector<ProducedArtifact> produced);
  bool MayGather(Priority priority) const;
  void Settle(const Item& item, JobState state, std::optional<Failure> failure);
  Task<void> GiveBack(ItemPtr item, Duration delay);
  void Forget(const Item& item);
  void NoLongerHolds(const Item& item);

  Clock& clock_;
  const WorkerPorts ports_;
  JobRunner& runner_;
  const WorkerOptions options_;

  Leases leases_;
  PictureSource pictures_;
  QuarantineCheck quarantine_;
  Reporter reporter_;
  StopNotices notices_;
  std::vector<std::unique_ptr<WorkThread>> threads_;
  std::array<std::deque<ItemPtr>, kPriorities.size()> ready_;  // fetched, waiting for a lane
  std::vector<ItemPtr> ahead_;                                 // those, and those being fetched, as they came
  struct Run {
    std::string model;
    Time began;
  };
  std::vector<std::optional<Run>> runs_;  // by lane
  std::vector<Item*> items_;  // held: not yet stored or given back; each is owned by the coroutine it is with
  int again_ = 0;             // of them, those received before
  int suspects_ = 0;          // and of these, the suspects
  int running_ = 0;           // in a lane
  bool alone_ = false;        // what runs is a suspect
  struct Poll {
    int asked = 0;            // of the poll under way; 0: none is
    bool wants_room = false;  // and waits for it
    bool more = false;        // the last one brought all it asked for
    bool backlog = false;     // and that was several: by all signs more wait
  };
  std::array<Poll, kPriorities.size()> poll_;
  RunTimes run_times_;
  bool stopping_ = false;
  Signal room_;  // room for a poll may have come
  Signal work_;  // ready_ grew
  TaskGroup polls_;
  TaskGroup tasks_;
  TaskGroup reports_;
  TaskGroup upkeep_;
};

}  // namespace darkroom::worker
