#include "worker/worker.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/crypto.h"
#include "base/log.h"

namespace darkroom::worker {
namespace {

constexpr Duration kLongestBackoff = 60s;
constexpr Duration kPauseAfterError = 1s;
constexpr std::string_view kUnrun = "in quarantine";  // of no model's name: what its jobs take says nothing of its runs
constexpr Duration kToGiveBack = 1s;                  // before the end of a drain, or a quarter of its time

// 1 s, 2 s, 4 s, … after the first, second, third attempt.
Duration Backoff(int attempt) { return std::min<Duration>(1s * (1 << std::clamp(attempt - 1, 0, 6)), kLongestBackoff); }

Failure Describe(const Error& error) {
  switch (error.code()) {
    case Code::kInvalid:
    case Code::kTooLarge:
      return {"bad_image", error.message()};
    case Code::kNotFound:
      return {"no_model", error.message()};
    default:
      return {"model_error", error.message()};
  }
}

}  // namespace

// What has ended a run before its time.
enum class Worker::Ended { kNot, kElsewhere, kOverdue, kDraining };

struct Worker::Item {
  Priority queue = Priority::kNormal;
  Message message;
  JobRequest request;
  std::string picture;
  Outcome outcome;  // filled as the job goes on
  std::stop_source stop;
  Ended ended = Ended::kNot;
  Failure stopped{"stopped", "its worker was told that the job had ended"};  // reported of a run that ended elsewhere

  bool again() const { return message.receive_count > 1 || request.suspect(); }
  int attempt() const { return request.attempts + message.receive_count; }
  void End(Ended why) {
    if (ended != Ended::kNot) return;
    ended = why;
    stop.request_stop();
  }
};

Worker::Worker(IoContext& io, Clock& clock, WorkerPorts ports, JobRunner& runner, WorkerOptions options)
    : clock_(clock),
      ports_(ports),
      runner_(runner),
      options_(std::move(options)),
      leases_(clock, ports.requests, options_.visibility),
      pictures_(*ports.inputs, options_.input_files),
      quarantine_(*ports.inputs),
      reporter_(io, clock, *ports.results, ports.requests, leases_),
      notices_(
          clock, options_.open_notices, [this](Id job) { StopJob(job); },
          [this](const QuarantinedModel& model) { StopModel(model); }),
      room_(clock),
      work_(clock),
      polls_(io, clock),
      tasks_(io, clock),
      reports_(io, clock),
      upkeep_(io, clock) {
  for (int i = 0; i < options_.lanes; ++i) threads_.push_back(std::make_unique<WorkThread>(fmt::format("lane {}", i)));
  runs_.resize(threads_.size());
}

Worker::~Worker() = default;

void Worker::Start() {
  upkeep_.Spawn(leases_.Run());
  reports_.Spawn(reporter_.Run());
  for (int i = 0; i < options_.lanes; ++i) tasks_.Spawn(Lane(i));
  if (options_.open_notices) polls_.Spawn(notices_.Run());
  for (const Priority priority : kPriorities) polls_.Spawn(ReceiveLoop(priority));
}

Task<void> Worker::Drain(Time deadline) {
  stopping_ = true;
  room_.NotifyAll();
  work_.NotifyAll();
  for (auto& ready : ready_) {
    for (ItemPtr& item : std::exchange(ready, {})) tasks_.Spawn(GiveBack(std::move(item), Duration(0)));
  }
  const Duration to_give_back = std::clamp<Duration>((deadline - clock_.Now()) / 4, Duration(0), kToGiveBack);
  bool finished = co_await tasks_.Join(deadline - to_give_back);
  if (!finished) {
    for (Item* item : items_) item->End(Ended::kDraining);
    finished = co_await tasks_.Join(deadline);
  }
  if (!finished) co_return;
  reporter_.Stop();
  const bool reported = co_await reports_.Join(deadline);
  if (!reported) co_return;
  leases_.Stop();
  co_await upkeep_.Join(deadline);
  notices_.Stop();
  // Last, for it may end other calls too. What a poll brought meanwhile has been given back.
  if (options_.cancel_polls) options_.cancel_polls();
  co_await polls_.Join(deadline);
  co_await tasks_.Join(deadline);
}

Room Worker::RoomNow() const {
  const Time now = clock_.Now();
  std::vector<Duration> lanes, waiting;
  for (const auto& run : runs_) {
    const Duration mean = run ? run_times_.Of(run->model) : Duration(0);
    lanes.push_back(!run ? Duration(0) : mean == kForever ? kForever : RestOf(mean, now - run->began));
  }
  for (const ItemPtr& item : ahead_) waiting.push_back(run_times_.Of(item->request.model.name));
  Room room = DecideRoom(std::move(lanes), waiting, run_times_.Slowest(now));
  room.jobs = std::min(room.jobs, std::max(kMostHeld - held(), 0));
  if (again_ > 0) room.jobs = 0;
  return room;
}

// What a poll asks for at most, and what the rules of receiving are measured by.
int Worker::RoomOfIdleLanes() const {
  const std::vector<Duration> idle(runs_.size(), Duration(0));
  return again_ > 0 ? options_.lanes : DecideRoom(idle, {}, run_times_.Slowest(clock_.Now())).jobs;
}

// Of each poll under way one message has a place of its own beside the limit.
int Worker::RoomFor(Priority priority) const {
  if (suspects_ > 0) return 0;
  int asked = 0;
  for (const Poll& poll : poll_) asked += &poll != &poll_[std::size_t(priority)] ? std::max(poll.asked - 1, 0) : 0;
  return std::max(RoomNow().jobs - asked, options_.lanes - held());
}

// Whether a queue before this one has a job that waits for a lane, or wants the room itself.
bool Worker::GoesBefore(Priority priority) const {
  for (std::size_t p = 0; p < std::size_t(priority); ++p) {
    if (!ready_[p].empty() || poll_[p].wants_room) return true;
  }
  return false;
}

Task<bool> Worker::WaitForRoom(Priority priority) {
  Poll& poll = poll_[std::size_t(priority)];
  poll.wants_room = true;
  while (!stopping_) {
    const int room = RoomFor(priority);
    const int usual = RoomOfIdleLanes();
    const bool refill = room >= std::min(DecideRefill(usual - options_.lanes), kMaxReceive);
    const bool enough = room > 0 && (held() < options_.lanes || refill);
    if (enough && !GoesBefore(priority)) {
      const int waiting = std::max((usual - options_.lanes) / 8, 1);
      poll.asked = std::min({room, poll.more ? room : waiting, kMaxReceive});
      poll.wants_room = false;
      room_.NotifyAll();  // lower queues may have what is left
      co_return true;
    }
    const Duration pause = RoomNow().next_in;
    if (pause > Duration(0) && pause < kForever / 2) {
      const Time until = clock_.Now() + pause;
      co_await room_.Wait(until);
    } else {
      co_await room_.Wait();
    }
  }
  co_return false;
}

Task<void> Worker::ReceiveLoop(Priority priority) {
  Queue& queue = *ports_.requests[std::size_t(priority)];
  Poll& poll = poll_[std::size_t(priority)];
  while (true) {
    const bool room = co_await WaitForRoom(priority);
    if (!room) co_return;
    ReceiveOptions options;
    options.max = poll.asked;
    options.wait = poll.more ? Duration(0) : options_.poll;
    options.visibility = options_.visibility;
    options.consumer = options_.name;
    auto messages = co_await queue.Receive(std::move(options));
    poll.more = messages && int(messages->size()) == poll.asked;
    poll.backlog = poll.more && poll.asked > 1;  // one message is no sign of others
    poll.asked = 0;
    if (!poll.backlog) reporter_.Hurry();
    if (!messages) {
      if (stopping_) co_return;
      spdlog::warn("could not receive from {}: {}", queue.name(), messages.error().message());
      const Time until = clock_.Now() + kPauseAfterError;
      while (!stopping_ && clock_.Now() < until) co_await room_.Wait(until);
      continue;
    }
    for (Message& message : *messages) Take(priority, std::move(message));
  }
}

void Worker::Take(Priority priority, Message message) {
  auto item = std::make_shared<Item>();
  item->queue = priority;
  item->message = std::move(message);
  auto request = ParseJobRequest(item->message.body);
  if (request) item->request = std::move(*request);
  items_.push_back(item.get());
  again_ += item->again();
  suspects_ += item->request.suspect();
  if (item->again()) reporter_.Hurry();
  leases_.Hold(priority, item->message.receipt);
  if (!request) {
    // Nobody can say which job this is. The dead-letter queue takes it after some more tries.
    spdlog::error("message {} of {} makes no sense: {}", item->message.id, Name(priority), request.error().message());
    tasks_.Spawn(GiveBack(std::move(item), kLongestBackoff));
  } else if (stopping_) {
    tasks_.Spawn(GiveBack(std::move(item), Duration(0)));
  } else {
    ahead_.push_back(item);
    tasks_.Spawn(Fetch(std::move(item)));
  }
}

Task<void> Worker::Fetch(ItemPtr item) {
  item->outcome.job = item->request.job;
  item->outcome.attempt = item->attempt();
  item->outcome.worker = options_.name;
  item->outcome.model = item->request.model;
  item->outcome.run = RandomHex(8);
  item->outcome.timeline.started = clock_.Now();

  ModelRef model = item->request.model;
  auto quarantined = co_await quarantine_.Ask(std::move(model));
  if (quarantined) {
    const Time now = clock_.Now();
    run_times_.Add(std::string(kUnrun), now - *item->outcome.timeline.started, now);
    Settle(*item, JobState::kFailed, std::move(quarantined));
    co_return;
  }
  auto picture = co_await pictures_.Fetch(item->request);
  if (!picture) {
    spdlog::warn("job {}: could not fetch its picture: {}", item->request.job.ToString(), picture.error().message());
    const Duration pause = Backoff(item->message.receive_count);
    co_return co_await GiveBack(std::move(item), pause);
  }
  if (!*picture) {
    Settle(*item, JobState::kFailed, Failure{"input_gone", "the picture of this job is no longer stored"});
    co_return;
  }
  item->picture = std::move(**picture);
  item->outcome.timeline.fetched = clock_.Now();
  if (stopping_) co_return co_await GiveBack(std::move(item), Duration(0));
  ready_[std::size_t(item->queue)].push_back(std::move(item));
  work_.NotifyOne();
}

Worker::ItemPtr Worker::NextReady() {
  if (alone_) return nullptr;
  const bool suspects_turn = suspects_ > 0 && suspects_ == held() && running_ == 0;
  for (auto& ready : ready_) {
    const auto next =
        std::ranges::find_if(ready, [&](const ItemPtr& item) { return suspects_turn || !item->request.suspect(); });
    if (next == ready.end()) continue;
    ItemPtr item = std::move(*next);
    ready.erase(next);
    return item;
  }
  return nullptr;
}

Task<void> Worker::Lane(int index) {
  while (true) {
    ItemPtr item = NextReady();
    if (item == nullptr) {
      if (stopping_) co_return;
      co_await work_.Wait();
      continue;
    }
    if (!leases_.Holds(item->message.receipt)) {
      Forget(*item);  // somebody else has it by now
    } else if (item->ended == Ended::kElsewhere) {
      SettleStopped(*item);
    } else if (item->request.deadline && clock_.Now() >= *item->request.deadline) {
      Settle(*item, JobState::kExpired, Failure{"expired", "its deadline had passed before a worker was free"});
    } else {
      co_await RunItem(std::move(item), index);
    }
  }
}

Task<void> Worker::RunItem(ItemPtr item, int lane) {
  const Time began = clock_.Now();
  ++running_;
  alone_ = item->request.suspect();
  std::erase(ahead_, item);
  runs_[std::size_t(lane)] = Run{item->request.model.name, began};
  const JobStart start{item->request.job, item->outcome.attempt, options_.name, *item->outcome.timeline.started};
  const auto announcement = clock_.CallAt(began + options_.announce_after, [this, start] { reporter_.Report(start); });
  std::optional<Clock::TimerId> overdue;
  if (item->request.deadline) {
    overdue = clock_.CallAt(*item->request.deadline, [item] { item->End(Ended::kOverdue); });
  }
  auto work = [this, item, lane] { return RunOnLane(*item, lane); };
  auto answer = co_await RunOn(*threads_[std::size_t(lane)], std::move(work));
  clock_.Cancel(announcement);
  if (overdue) clock_.Cancel(*overdue);
  --running_;
  alone_ = false;
  runs_[std::size_t(lane)].reset();
  const Time ended = clock_.Now();
  if (item->ended == Ended::kNot) run_times_.Add(item->request.model.name, ended - began, ended);
  room_.NotifyAll();
  item->picture = {};
  tasks_.Spawn(Finish(std::move(item), std::move(answer)));  // the lane goes on while this is stored
}

// On the lane's thread.
Result<RunAnswer> Worker::RunOnLane(Item& item, int lane) {
  LaneRecord* record = options_.lane_record;
  if (record != nullptr) record->Begin(lane, {item.queue, item.attempt(), item.message.receipt, item.message.body});
  auto answer = runner_.Run(item.request, item.picture, item.stop.get_token());
  if (record != nullptr) record->End(lane);
  return answer;
}

void Worker::StopJob(Id job) {
  for (Item* item : items_) {
    if (item->request.job == job) item->End(Ended::kElsewhere);
  }
}

void Worker::StopModel(const QuarantinedModel& model) {
  quarantine_.Doubt(model.model);
  for (Item* item : items_) {
    const ModelRef& runs = item->request.model;
    if (runs.name != model.model.name || runs.version != model.model.version) continue;
    item->stopped = FailureOf(model);
    item->End(Ended::kElsewhere);
  }
}

Task<void> Worker::Finish(ItemPtr item, Result<RunAnswer> answer) {
  Outcome& outcome = item->outcome;
  const bool cut_short = !answer && answer.error().code() == Code::kCancelled;
  if (item->ended == Ended::kElsewhere || (cut_short && item->ended != Ended::kNot)) {
    co_return co_await FinishEnded(std::move(item));
  }
  if (!answer) {
    if (Retryable(answer.error().code())) {
      const Duration pause = Backoff(outcome.attempt);
      co_return co_await GiveBack(std::move(item), pause);
    }
    Settle(*item, JobState::kFailed, Describe(answer.error()));
    co_return;
  }
  outcome.model = std::move(answer->model);
  if (answer->result.size() <= options_.inline_result) {
    outcome.result = std::move(answer->result);
  } else {
    std::string file = ResultFile(answer->result, outcome.job, outcome.model);
    answer->artifacts.push_back({std::string(kResultFile), "application/json", std::move(file)});
  }
  outcome.timeline.decoded = answer->decoded;
  outcome.timeline.inferred = answer->inferred;
  auto artifacts = co_await Store(*item, std::move(answer->artifacts));
  if (!artifacts) {
    spdlog::warn("job {}: could not store its result: {}", outcome.job.ToString(), artifacts.error().message());
    const Duration pause = Backoff(outcome.attempt);
    co_return co_await GiveBack(std::move(item), pause);
  }
  outcome.artifacts = std::move(*artifacts);
  outcome.timeline.stored = clock_.Now();
  if (item->ended == Ended::kNot) quarantine_.Succeeded(item->request.model);
  Settle(*item, JobState::kSucceeded, std::nullopt);
}

Task<void> Worker::FinishEnded(ItemPtr item) {
  switch (item->ended) {
    case Ended::kOverdue:
      Settle(*item, JobState::kExpired, Failure{"expired", "its deadline passed while it ran"});
      break;
    case Ended::kDraining:
      co_await GiveBack(std::move(item), Duration(0));
      break;
    default:
      SettleStopped(*item);
  }
}

// The job has its outcome, and this one will be ignored. It is reported all the same: what earlier runs stored is
// removed then, and if the notice was wrong the job is not lost.
void Worker::SettleStopped(const Item& item) { Settle(item, JobState::kFailed, item.stopped); }

Task<Result<std::vector<Artifact>>> Worker::Store(const Item& item, std::vector<ProducedArtifact> produced) {
  std::vector<Artifact> artifacts;
  for (ProducedArtifact& p : produced) {
    Artifact artifact{p.name, p.content_type, std::int64_t(p.bytes.size()), ""};
    PutOptions options;
    options.content_type = p.content_type;
    std::string key = OutputKey(item.request.job, item.outcome.run, p.name);
    const auto put = co_await ports_.outputs->Put(std::move(key), std::move(p.bytes), std::move(options));
    if (!put) co_return Fail(put.error());
    artifact.etag = put->etag;
    artifacts.push_back(std::move(artifact));
  }
  co_return artifacts;
}

// In a backlog nobody has their outcome at once anyway; but of long runs too few would gather. And a job that comes
// again may kill this worker: what has ended must not pay for it.
bool Worker::MayGather(Priority priority) const {
  return poll_[std::size_t(priority)].backlog && run_times_.Slowest(clock_.Now()) <= kOutcomeLinger / 2 && again_ == 0;
}

void Worker::Settle(const Item& item, JobState state, std::optional<Failure> failure) {
  Outcome outcome = item.outcome;
  outcome.state = state;
  outcome.failure = std::move(failure);
  reporter_.Report(outcome, item.queue, item.message.receipt,
                   MayGather(item.queue) ? Urgency::kMayGather : Urgency::kAtOnce);
  NoLongerHolds(item);
}

Task<void> Worker::GiveBack(ItemPtr item, Duration delay) {
  std::vector<std::string> receipts{item->message.receipt};
  const auto released = co_await ports_.requests[std::size_t(item->queue)]->Release(std::move(receipts), delay);
  if (!released) spdlog::warn("could not give a job back; it waits for its lease: {}", released.error().message());
  Forget(*item);
}

void Worker::Forget(const Item& item) {
  leases_.LetGo(item.message.receipt);
  NoLongerHolds(item);
}

void Worker::NoLongerHolds(const Item& item) {
  std::erase(items_, &item);
  again_ -= item.again();
  std::erase_if(ahead_, [&](const ItemPtr& other) { return other.get() == &item; });
  const bool some_wait = suspects_ > 0;
  suspects_ -= item.request.suspect();
  if (some_wait) work_.NotifyAll();  // it may be the suspects' turn now, or again that of the others
  room_.NotifyAll();
}

}  // namespace darkroom::worker
