#include "embedded/sqlite_queue.h"

#include <algorithm>
#include <limits>

#include "base/crypto.h"

namespace darkroom::embedded {
namespace {

// Messages removed in one transaction: a few milliseconds, so that others get their turn in between.
constexpr int kRemoveStep = 1000;

Error NoQueue(const std::string& name) { return Error(Code::kNotFound, "there is no queue '" + name + "'"); }

// Leases of different runs must differ, as a place in the order of sending may be given out again after a crash.
std::int64_t RandomStart() {
  std::uint32_t epoch = 0;
  RandomBytes(&epoch, sizeof epoch);
  return std::int64_t(epoch >> 1) << 32;
}

}  // namespace

class SqliteQueue final : public Queue {
 public:
  SqliteQueue(SqliteQueueService& service, std::int64_t id, std::string name)
      : service_(service), id_(id), name_(std::move(name)), line_(service.LineOf(id)) {}

  const std::string& name() const override { return name_; }
  Task<Result<std::vector<std::string>>> Send(std::vector<SendRequest> requests) override;
  Task<Result<std::vector<Message>>> Receive(ReceiveOptions options) override;
  Task<Result<std::vector<bool>>> Extend(std::vector<std::string> receipts, Duration visibility) override;
  Task<Status> Ack(std::vector<std::string> receipts) override;
  Task<Result<QueueStats>> Stats() override;

 private:
  Task<Result<Received>> TryReceive(std::shared_ptr<const ReceiveOptions> options);
  Writer& writer() { return service_.writer_; }

  SqliteQueueService& service_;
  const std::int64_t id_;
  const std::string name_;
  const std::shared_ptr<WaitingLine> line_;
};

Task<Result<std::vector<std::string>>> SqliteQueue::Send(std::vector<SendRequest> requests) {
  std::vector<Id> ids;
  std::vector<std::string> names;
  const Time now = service_.clock_.Now();
  std::int64_t at_once = 0;  // not delayed, as far as is known here
  for (const SendRequest& request : requests) {
    if (request.body.size() + request.attributes.size() > kMaxMessageBytes) {
      co_return Fail(Code::kTooLarge, "a message may have " + std::to_string(kMaxMessageBytes) + " bytes");
    }
    if (!request.group.empty() && !IsGroupName(request.group)) {
      co_return Fail(Code::kInvalid, "a message's group: 1 to 128 printable ASCII characters but the space");
    }
    if (request.delay > kMaxDelay) co_return Fail(Code::kInvalid, "delay: 0 to 15 minutes");
    at_once += request.delay == Duration(0);
    ids.push_back(Id::Make(now));
    names.push_back(ids.back().ToString());
  }
  auto work = [id = id_, &clock = service_.clock_, requests = std::move(requests),
               ids = std::move(ids)](Connection& db) { return QueueTable(db, clock.Now()).Send(id, requests, ids); };
  // Receivers are woken before the commit: they ask the writer behind this very write, often within the same group,
  // which saves them a commit of their own and its wait. What the write does not make visible they do not see; they
  // wait on.
  const std::int64_t woken = line_->Wake(at_once);
  const auto sent = co_await writer().Write(std::move(work));
  if (!sent) co_return Fail(sent.error().During("send to " + name_));
  line_->Wake(sent->visible - woken);  // those that have come since
  line_->NoteDue(sent->next_due);
  co_return names;
}

Task<Result<Received>> SqliteQueue::TryReceive(std::shared_ptr<const ReceiveOptions> options) {
  ReceiveStep step;
  step.max = std::clamp(options->max, 1, kMaxReceive);
  step.visibility = options->visibility;
  step.consumer = options->consumer;  // the options live as long as the work
  step.first_lease = service_.TakeLeases(step.max);
  auto work = [id = id_, &clock = service_.clock_, options, step](Connection& db) {
    return QueueTable(db, clock.Now()).Receive(id, step);
  };
  co_return co_await writer().WriteLazily(std::move(work));
}

Task<Result<std::vector<Message>>> SqliteQueue::Receive(ReceiveOptions options) {
  const Time deadline = service_.clock_.Now() + std::min(options.wait, kMaxWait);
  const bool may_wait = options.wait > Duration(0);
  const auto shared = std::make_shared<const ReceiveOptions>(std::move(options));
  const auto line = line_;
  const WaitingLine::Ticket ticket = line->TakeTicket();
  // While others wait there is nothing to receive, or it is theirs.
  bool woken = true;
  if (may_wait && !line->empty()) woken = co_await line->Wait(ticket, deadline, std::nullopt);
  while (woken) {
    if (service_.dead_consumers_.contains(shared->consumer)) {
      line->Wake(1);  // what it was woken for is for the next
      break;
    }
    auto received = co_await TryReceive(shared);
    if (!received) {
      line->Wake(1);
      co_return Fail(received.error().During("receive from " + name_));
    }
    if (received->dead_letters > 0) service_.LineOf(received->dead_letter_queue)->Wake(received->dead_letters);
    if (received->more) line->Wake(1);
    if (!received->messages.empty() || !may_wait || service_.clock_.Now() >= deadline) {
      line->NoteDue(received->next_due);
      co_return std::move(received->messages);
    }
    if (service_.cancelled_) co_return Fail(Code::kCancelled, "receive from " + name_ + ": stopping");
    woken = co_await line->Wait(ticket, deadline, received->next_due);
  }
  co_return std::vector<Message>();
}

Task<Result<std::vector<bool>>> SqliteQueue::Extend(std::vector<std::string> receipts, Duration visibility) {
  if (visibility < Duration(0) || visibility > kMaxVisibility) {
    co_return Fail(Code::kInvalid, "visibility timeout: 0 to 12 hours");
  }
  auto work = [id = id_, &clock = service_.clock_, receipts = std::move(receipts), visibility](Connection& db) {
    return QueueTable(db, clock.Now()).Extend(id, receipts, visibility);
  };
  auto held = co_await writer().WriteLazily(std::move(work));
  if (!held) co_return Fail(held.error().During("extend leases of " + name_));
  if (visibility == Duration(0)) {
    line_->Wake(std::count(held->begin(), held->end(), true));
  } else {
    line_->NoteDue(service_.clock_.Now() + visibility);
  }
  co_return std::move(*held);
}

Task<Status> SqliteQueue::Ack(std::vector<std::string> receipts) {
  auto work = [id = id_, &clock = service_.clock_, receipts = std::move(receipts)](Connection& db) {
    return QueueTable(db, clock.Now()).Ack(id, receipts);
  };
  const auto acked = co_await writer().WriteLazily(std::move(work));
  if (!acked) co_return Fail(acked.error().During("ack to " + name_));
  co_return Status();
}

Task<Result<QueueStats>> SqliteQueue::Stats() {
  while (true) {
    auto work = [id = id_, &clock = service_.clock_](Connection& db) { return QueueTable(db, clock.Now()).Stats(id); };
    const auto step = co_await writer().WriteLazily(std::move(work));
    if (!step) co_return Fail(step.error().During("stats of " + name_));
    if (!step->again) co_return step->stats;
  }
}

SqliteQueueService::SqliteQueueService(Writer& writer, Clock& clock)
    : writer_(writer), clock_(clock), last_lease_(RandomStart()) {}

std::shared_ptr<WaitingLine> SqliteQueueService::LineOf(std::int64_t queue) {
  auto& line = lines_[queue];
  if (!line) line = std::make_shared<WaitingLine>(clock_);
  return line;
}

std::int64_t SqliteQueueService::TakeLeases(int count) {
  const std::int64_t first = last_lease_ + 1;
  last_lease_ += count;
  return first;
}

Task<Result<std::shared_ptr<Queue>>> SqliteQueueService::Create(std::string name, QueueConfig config) {
  if (!IsQueueName(name)) co_return Fail(Code::kInvalid, "'" + name + "' is no queue name: 1 to 80 of A-Z a-z 0-9 _ -");
  auto work = [name, config = std::move(config), now = clock_.Now()](Connection& db) {
    return QueueTable(db, now).Create(name, config);
  };
  const auto id = co_await writer_.Write(std::move(work));
  if (!id) co_return Fail(id.error().During("create queue " + name));
  co_return std::make_shared<SqliteQueue>(*this, *id, name);
}

Task<Result<std::shared_ptr<Queue>>> SqliteQueueService::Open(std::string name) {
  auto work = [name, now = clock_.Now()](Connection& db) { return QueueTable(db, now).Find(name); };
  const auto id = co_await writer_.Write(std::move(work));
  if (!id) co_return Fail(id.error().During("open queue " + name));
  if (!*id) co_return std::shared_ptr<Queue>();
  co_return std::make_shared<SqliteQueue>(*this, **id, name);
}

Task<Result<std::vector<std::string>>> SqliteQueueService::List(std::string prefix) {
  auto work = [prefix = std::move(prefix), now = clock_.Now()](Connection& db) {
    return QueueTable(db, now).List(prefix);
  };
  co_return co_await writer_.Write(std::move(work));
}

Task<Result<QueueConfig>> SqliteQueueService::GetConfig(std::string name) {
  auto work = [name, now = clock_.Now()](Connection& db) { return QueueTable(db, now).GetConfig(name); };
  auto config = co_await writer_.Write(std::move(work));
  if (!config) co_return Fail(config.error().During("configuration of " + name));
  if (!*config) co_return Fail(NoQueue(name));
  co_return std::move(**config);
}

Task<Status> SqliteQueueService::SetConfig(std::string name, QueueConfig config) {
  auto work = [name, config = std::move(config), now = clock_.Now()](Connection& db) {
    return QueueTable(db, now).SetConfig(name, config);
  };
  const auto set = co_await writer_.Write(std::move(work));
  if (!set) co_return Fail(set.error().During("configure " + name));
  co_return Status();
}

Task<Status> SqliteQueueService::Remove(std::string name) {
  auto work = [name, now = clock_.Now()](Connection& db) {
    QueueTable table(db, now);
    const auto id = table.Find(name);
    if (id) table.Remove(*id);
    return id;
  };
  const auto id = co_await writer_.Write(std::move(work));
  if (!id) co_return Fail(id.error().During("remove queue " + name));
  if (!*id) co_return Fail(NoQueue(name));
  LineOf(**id)->WakeAll();
  lines_.erase(**id);
  co_return co_await RemoveMessages(**id, std::numeric_limits<std::int64_t>::max());
}

Task<Status> SqliteQueueService::Purge(std::string name) {
  struct Target {
    std::optional<std::int64_t> queue;
    std::int64_t last = 0;
  };
  auto work = [name, now = clock_.Now()](Connection& db) {
    QueueTable table(db, now);
    return Target{table.Find(name), table.LastSeq()};
  };
  const auto target = co_await writer_.Write(std::move(work));
  if (!target) co_return Fail(target.error().During("purge " + name));
  if (!target->queue) co_return Fail(NoQueue(name));
  co_return co_await RemoveMessages(*target->queue, target->last);
}

Task<Status> SqliteQueueService::RemoveMessages(std::int64_t queue, std::int64_t last) {
  while (true) {
    auto work = [queue, last, now = clock_.Now()](Connection& db) {
      return QueueTable(db, now).RemoveSome(queue, last, kRemoveStep);
    };
    const auto more = co_await writer_.Write(std::move(work));
    if (!more) co_return Fail(more.error().During("remove messages"));
    if (!*more) co_return Status();
  }
}

void SqliteQueueService::EndReceives(const std::string& consumer) {
  if (!dead_consumers_.insert(consumer).second) return;
  for (const auto& [queue, line] : lines_) line->WakeAll();
}

Task<Result<std::int64_t>> SqliteQueueService::ReleaseConsumer(std::string consumer, Receives receives) {
  if (consumer.empty()) co_return 0;
  EndReceives(consumer);
  auto work = [consumer, receives, now = clock_.Now()](Connection& db) {
    return QueueTable(db, now).ReleaseLeasesOf(consumer, receives);
  };
  auto freed = co_await writer_.WriteLazily(std::move(work));
  if (!freed) co_return Fail(freed.error().During("release the leases of " + consumer));
  co_return Announce(*freed);
}

Task<Result<std::int64_t>> SqliteQueueService::ReleaseAll() {
  auto work = [now = clock_.Now()](Connection& db) { return QueueTable(db, now).TakeLeasesBack(); };
  auto freed = co_await writer_.WriteLazily(std::move(work));
  if (!freed) co_return Fail(freed.error().During("release the leases of all consumers"));
  co_return Announce(*freed);
}

std::int64_t SqliteQueueService::Announce(const QueueTable::Freed& freed) {
  for (const std::int64_t queue : freed.queues) LineOf(queue)->Wake(1);
  return freed.messages;
}

void SqliteQueueService::CancelWaits() {
  cancelled_ = true;
  for (const auto& [queue, line] : lines_) line->WakeAll();
}

}  // namespace darkroom::embedded
