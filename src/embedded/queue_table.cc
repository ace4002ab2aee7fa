#include "embedded/queue_table.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>

namespace darkroom::embedded {
namespace {

// Bounds of the housekeeping that one call does for others, so that no call takes long.
constexpr int kPromoteStep = 256;
constexpr int kDeadLetterStep = 100;
constexpr int kExpireStep = 100;
constexpr int kStatsStep = 1000;

Error Gone() { return Error(Code::kNotFound, "the queue does not exist"); }

}  // namespace

std::string ToReceipt(const Lease& lease) { return fmt::format("{:x}.{:x}.{:x}", lease.queue, lease.seq, lease.lease); }

std::optional<Lease> ParseReceipt(std::string_view receipt) {
  Lease lease;
  const char* at = receipt.data();
  const char* const end = at + receipt.size();
  for (std::int64_t* part : {&lease.queue, &lease.seq, &lease.lease}) {
    if (part != &lease.queue && (at == end || *at++ != '.')) return std::nullopt;
    const auto [next, error] = std::from_chars(at, end, *part, 16);
    if (error != std::errc() || *part <= 0) return std::nullopt;
    at = next;
  }
  if (at != end) return std::nullopt;
  return lease;
}

struct QueueTable::Row {
  std::int64_t id = 0;
  Duration visibility{0}, delay{0}, retention{0};
  std::string dead_letter_queue;
  int max_receives = 0;
  std::int64_t visible = 0, in_flight = 0, delayed = 0;
  Time expire_at;    // no message is past its retention before
  Duration turn{0};  // the greatest of a group that was served
  // As read: a step that changes nothing writes nothing, and its commit needs no fsync.
  std::array<std::int64_t, 5> saved{};

  std::array<std::int64_t, 5> ToSave() const {
    return {visible, in_flight, delayed, ToMicros(expire_at), turn.count()};
  }
};

// A message's row.
struct QueueTable::Place {
  std::int64_t seq = 0;
  Time visible_at;  // zero: waits to be received
  int receives = 0;
  std::int64_t lease = 0;  // the last one; zero: none yet
  std::int64_t group = 0;
  int forgiven = 0;     // of the receives, those that ended by no fault of the message; read where it counts
  Time leased_at = {};  // when the last lease began; read where it counts

  int tries() const { return receives - forgiven; }
  Condition condition() const {
    return visible_at == Time() ? Condition::kVisible : lease != 0 ? Condition::kInFlight : Condition::kDelayed;
  }
};

std::optional<QueueTable::Row> QueueTable::Load(std::int64_t queue) {
  Query query = db_.Run(
      "SELECT visibility, delay, retention, dead_letter_queue, max_receives, visible, in_flight, delayed, expire_at, "
      "turn FROM queue WHERE id = ?1",
      queue);
  if (!query.Next()) return std::nullopt;
  Row row;
  row.id = queue;
  row.visibility = Duration(query.Int(0));
  row.delay = Duration(query.Int(1));
  row.retention = Duration(query.Int(2));
  row.dead_letter_queue = query.Text(3);
  row.max_receives = int(query.Int(4));
  row.visible = query.Int(5);
  row.in_flight = query.Int(6);
  row.delayed = query.Int(7);
  row.expire_at = query.At(8);
  row.turn = Duration(query.Int(9));
  row.saved = row.ToSave();
  return row;
}

void QueueTable::Save(const Row& row) {
  groups_.Save();
  if (row.saved == row.ToSave()) return;
  db_.Exec("UPDATE queue SET visible = ?2, in_flight = ?3, delayed = ?4, expire_at = ?5, turn = ?6 WHERE id = ?1",
           row.id, row.visible, row.in_flight, row.delayed, row.expire_at, row.turn);
}

void QueueTable::Count(Row& row, std::int64_t group, Condition condition, int by) {
  Group& counted = groups_.Of(group);
  switch (condition) {
    case Condition::kVisible:
      if (counted.visible == 0) counted.turn = std::max(counted.turn, row.turn);  // it begins to wait
      counted.visible += by;
      row.visible += by;
      break;
    case Condition::kInFlight:
      counted.in_flight += by;
      row.in_flight += by;
      break;
    case Condition::kDelayed:
      counted.delayed += by;
      row.delayed += by;
      break;
  }
}

void QueueTable::Move(Row& row, std::int64_t group, Condition from, Condition to) {
  Count(row, group, from, -1);
  Count(row, group, to, 1);
}

void QueueTable::Remove(std::int64_t queue) { db_.Exec("DELETE FROM queue WHERE id = ?1", queue); }

std::int64_t QueueTable::LastSeq() {
  Query query = db_.Run("SELECT max(seq) FROM message_body");
  return query.Next() ? query.Int(0) : 0;
}

bool QueueTable::RemoveSome(std::int64_t queue, std::int64_t last, int limit) {
  auto row = Load(queue);
  Row gone;
  gone.id = queue;
  std::vector<Place> places;
  {
    Query query = db_.Run(
        "SELECT seq, visible_at, receives, lease, grp FROM message WHERE queue = ?1 AND seq <= ?2 ORDER BY seq LIMIT "
        "?3",
        queue, last, limit);
    while (query.Next()) places.push_back({query.Int(0), query.At(1), int(query.Int(2)), query.Int(3), query.Int(4)});
  }
  for (const Place& place : places) Erase(row ? *row : gone, place);
  const bool more = int(places.size()) == limit;
  if (row) {
    Save(*row);
  } else {
    groups_.Save();
    if (!more) db_.Exec("DELETE FROM message_group WHERE queue = ?1", queue);
  }
  return more;
}

std::vector<std::int64_t> QueueTable::Orphans() {
  std::vector<std::int64_t> orphans;
  std::int64_t last = 0;
  while (true) {
    {
      Query query = db_.Run("SELECT queue FROM message_group WHERE queue > ?1 ORDER BY queue LIMIT 1", last);
      if (!query.Next()) return orphans;
      last = query.Int(0);
    }
    if (!Load(last)) orphans.push_back(last);
  }
}

Result<Sent> QueueTable::Send(std::int64_t queue, const std::vector<SendRequest>& requests,
                              const std::vector<Id>& ids) {
  auto row = Load(queue);
  if (!row) return Fail(Gone());
  Sent sent;
  for (std::size_t i = 0; i < requests.size(); ++i) {
    const Duration delay = requests[i].delay > Duration(0) ? requests[i].delay : row->delay;
    const bool delayed = delay > Duration(0);
    db_.Exec("INSERT INTO message_body (id, sent, attributes, body) VALUES (?1, ?2, ?3, ?4)", ids[i], now_,
             Bytes{requests[i].attributes}, Bytes{requests[i].body});
    const std::int64_t seq = db_.last_insert_rowid();
    const std::int64_t group = groups_.Named(queue, requests[i].group).id;
    db_.Exec("INSERT INTO message (queue, seq, visible_at, grp) VALUES (?1, ?2, ?3, ?4)", queue, seq,
             delayed ? now_ + delay : Time(), group);
    Count(*row, group, delayed ? Condition::kDelayed : Condition::kVisible, 1);
    if (!delayed) ++sent.visible;
    if (delayed && (!sent.next_due || now_ + delay < *sent.next_due)) sent.next_due = now_ + delay;
  }
  Save(*row);
  return sent;
}

void QueueTable::MakeVisible(std::int64_t queue, std::int64_t seq) {
  db_.Exec("UPDATE message SET visible_at = 0, consumer = '' WHERE queue = ?1 AND seq = ?2", queue, seq);
}

// Messages whose lease or delay has ended join those that wait. True: there are more of them.
bool QueueTable::PromoteDue(Row& row, int limit) {
  std::vector<Place> due;
  {
    Query query = db_.Run(
        "SELECT seq, visible_at, receives, lease, grp FROM message WHERE queue = ?1 AND visible_at > 0 AND "
        "visible_at <= ?2 ORDER BY visible_at LIMIT ?3",
        row.id, now_, limit);
    while (query.Next()) due.push_back({query.Int(0), query.At(1), int(query.Int(2)), query.Int(3), query.Int(4)});
  }
  for (const Place& place : due) {
    MakeVisible(row.id, place.seq);
    Move(row, place.group, place.condition(), Condition::kVisible);
  }
  return int(due.size()) == limit;
}

bool QueueTable::DropExpired(Row& row, int limit) {
  if (now_ < row.expire_at) return false;
  std::vector<Place> expired;
  row.expire_at = now_ + row.retention;  // of what is sent from now on
  {
    Query query = db_.Run(
        "SELECT m.seq, m.visible_at, m.receives, m.lease, m.grp, b.sent FROM message m JOIN message_body b ON b.seq = "
        "m.seq "
        "WHERE m.queue = ?1 ORDER BY m.seq LIMIT ?2",
        row.id, limit);
    while (query.Next()) {
      const Time end = query.At(5) + row.retention;
      if (end > now_) {
        row.expire_at = end;
        break;
      }
      expired.push_back({query.Int(0), query.At(1), int(query.Int(2)), query.Int(3), query.Int(4)});
    }
  }
  for (const Place& place : expired) Erase(row, place);
  const bool more = int(expired.size()) == limit;
  if (more) row.expire_at = now_;
  return more;
}

void QueueTable::Erase(Row& row, const Place& place) {
  db_.Exec("DELETE FROM message WHERE queue = ?1 AND seq = ?2", row.id, place.seq);
  db_.Exec("DELETE FROM message_body WHERE seq = ?1", place.seq);
  Count(row, place.group, place.condition(), -1);
}

std::vector<QueueTable::Place> QueueTable::Visible(const Row& row, std::int64_t group, int limit) {
  std::vector<Place> places;
  Query query = db_.Run(
      "SELECT seq, visible_at, receives, lease, forgiven FROM message INDEXED BY message_by_visibility "
      "WHERE queue = ?1 AND visible_at = 0 AND grp = ?2 ORDER BY seq LIMIT ?3",
      row.id, group, limit);
  while (query.Next()) {
    places.push_back({query.Int(0), query.At(1), int(query.Int(2)), query.Int(3), group, int(query.Int(4))});
  }
  return places;
}

Message QueueTable::Deliver(const Row& row, const Place& place, const ReceiveStep& step, std::int64_t lease) {
  Message message;
  message.receipt = ToReceipt({row.id, place.seq, lease});
  message.receive_count = place.receives + 1;
  message.group = groups_.Of(place.group).name;
  {
    Query query = db_.Run("SELECT id, sent, attributes, body FROM message_body WHERE seq = ?1", place.seq);
    if (query.Next()) {
      message.id = query.Id(0).ToString();
      message.sent = query.At(1);
      message.attributes = query.Text(2);
      message.body = query.Text(3);
    }
  }
  // A lease of no length still ends after it began.
  const Time end = now_ + std::max(step.visibility.value_or(row.visibility), Duration(1));
  db_.Exec(
      "UPDATE message SET visible_at = ?3, receives = ?4, lease = ?5, consumer = ?6, leased_at = ?7 "
      "WHERE queue = ?1 AND seq = ?2",
      row.id, place.seq, end, message.receive_count, lease, step.consumer, now_);
  return message;
}

// The message keeps its id, body, group, time of sending and receive count, as in SQS. False: there is no such queue
// now; it is better to hand the message out again than to lose it.
bool QueueTable::MoveToDeadLetters(Row& row, Received& received, const Place& place) {
  const auto id = Find(row.dead_letter_queue);
  auto target = id ? Load(*id) : std::nullopt;
  if (!target) return false;
  const std::int64_t group = groups_.Named(target->id, groups_.Of(place.group).name).id;
  db_.Exec("UPDATE message SET queue = ?3, grp = ?4, lease = 0, consumer = '' WHERE queue = ?1 AND seq = ?2", row.id,
           place.seq, target->id, group);
  Count(row, place.group, Condition::kVisible, -1);
  Count(*target, group, Condition::kVisible, 1);
  target->expire_at = Time();  // the message may be older than all there
  Save(*target);
  received.dead_letter_queue = target->id;
  ++received.dead_letters;
  return true;
}

// Hands out what the group's turn allows. False: nothing more belongs into this batch.
bool QueueTable::Serve(Row& row, const MessageGroups::Turn& turn, const ReceiveStep& step, Received& received) {
  const auto places = Visible(row, turn.group, turn.messages);
  for (const Place& place : places) {
    const bool given_up = row.max_receives > 0 && place.tries() >= row.max_receives;
    if (given_up && MoveToDeadLetters(row, received, place)) continue;
    const auto lease = step.first_lease + std::int64_t(received.messages.size());
    received.messages.push_back(Deliver(row, place, step, lease));
    Group& group = groups_.Of(turn.group);
    row.turn = std::max(row.turn, group.turn);
    Charge(group, 1);
    Move(row, turn.group, Condition::kVisible, Condition::kInFlight);
    const bool suspect = row.max_receives > 0 && place.tries() > 0;
    if (suspect) return false;
  }
  return !places.empty();
}

Result<Received> QueueTable::Receive(std::int64_t queue, const ReceiveStep& step) {
  auto row = Load(queue);
  if (!row) return Fail(Gone());
  DropExpired(*row, kExpireStep);
  PromoteDue(*row, kPromoteStep);
  Received received;
  bool more = true;
  while (more && int(received.messages.size()) < step.max && received.dead_letters < kDeadLetterStep) {
    const auto turn = groups_.Next(queue, step.max - int(received.messages.size()));
    more = turn && Serve(*row, *turn, step, received);
  }
  Save(*row);
  received.more = row->visible > 0;
  Query query =
      db_.Run("SELECT visible_at FROM message WHERE queue = ?1 AND visible_at > 0 ORDER BY visible_at LIMIT 1", queue);
  if (query.Next()) received.next_due = query.At(0);
  return received;
}

std::optional<QueueTable::Place> QueueTable::Find(const Lease& lease) {
  Query query = db_.Run(
      "SELECT seq, visible_at, receives, lease, grp, forgiven, leased_at FROM message WHERE queue = ?1 AND seq = ?2",
      lease.queue, lease.seq);
  if (!query.Next() || query.Int(3) != lease.lease) return std::nullopt;
  return Place{query.Int(0), query.At(1),       int(query.Int(2)), query.Int(3),
               query.Int(4), int(query.Int(5)), query.At(6)};
}

Result<std::vector<bool>> QueueTable::Extend(std::int64_t queue, const std::vector<std::string>& receipts,
                                             Duration visibility) {
  auto row = Load(queue);
  if (!row) return Fail(Gone());
  std::vector<bool> held;
  for (const std::string& receipt : receipts) {
    const auto lease = ParseReceipt(receipt);
    const auto place = lease && lease->queue == queue ? Find(*lease) : std::nullopt;
    held.push_back(place && place->visible_at > now_);
    if (!held.back()) continue;
    if (visibility > Duration(0)) {
      db_.Exec("UPDATE message SET visible_at = ?3 WHERE queue = ?1 AND seq = ?2", queue, place->seq,
               now_ + visibility);
    } else {
      MakeVisible(queue, place->seq);
      Move(*row, place->group, Condition::kInFlight, Condition::kVisible);
    }
  }
  Save(*row);
  return held;
}

Status QueueTable::Ack(std::int64_t queue, const std::vector<std::string>& receipts) {
  auto row = Load(queue);
  if (!row) return Fail(Gone());
  for (const std::string& receipt : receipts) {
    const auto lease = ParseReceipt(receipt);
    const auto place = lease && lease->queue == queue ? Find(*lease) : std::nullopt;
    if (!place) continue;
    if (place->condition() == Condition::kInFlight) Learn(groups_.Of(place->group), now_ - place->leased_at);
    Erase(*row, *place);
  }
  Save(*row);
  return {};
}

// Exact as long as no thousand delayed messages stand before the oldest one.
std::optional<Time> QueueTable::OldestSent(std::int64_t queue) {
  Query query = db_.Run(
      "SELECT b.sent FROM (SELECT seq, visible_at, lease FROM message WHERE queue = ?1 ORDER BY seq LIMIT 1000) m "
      "JOIN message_body b ON b.seq = m.seq WHERE m.visible_at = 0 OR m.lease <> 0 ORDER BY m.seq LIMIT 1",
      queue);
  if (query.Next()) return query.At(0);
  Query visible = db_.Run(
      "SELECT b.sent FROM message_group g JOIN message_body b ON b.seq = (SELECT m.seq FROM message m INDEXED BY "
      "message_by_visibility WHERE m.queue = g.queue AND m.visible_at = 0 AND m.grp = g.id ORDER BY m.seq LIMIT 1) "
      "WHERE g.queue = ?1 AND g.visible > 0 ORDER BY b.seq LIMIT 1",
      queue);
  if (visible.Next()) return visible.At(0);
  return std::nullopt;
}

Result<StatsStep> QueueTable::Stats(std::int64_t queue) {
  auto row = Load(queue);
  if (!row) return Fail(Gone());
  StatsStep step;
  const bool more_expired = DropExpired(*row, kStatsStep);
  const bool more_due = PromoteDue(*row, kStatsStep);
  Save(*row);
  step.again = more_expired || more_due;
  step.stats.visible = row->visible;
  step.stats.in_flight = row->in_flight;
  step.stats.delayed = row->delayed;
  if (const auto sent = OldestSent(queue)) step.stats.oldest_age = now_ - *sent;
  return step;
}

// What is leased is found queue by queue, by its visibility: never those that wait are read.
QueueTable::Freed QueueTable::ReleaseLeasesOf(const std::string& consumer, Receives receives) {
  std::vector<Leased> leased;
  {
    Query query = db_.Run(
        "SELECT m.queue, m.seq, m.grp FROM queue q CROSS JOIN message m INDEXED BY message_by_visibility "
        "ON m.queue = q.id AND m.visible_at > 0 WHERE m.lease <> 0 AND m.consumer = ?1 ORDER BY m.queue",
        consumer);
    while (query.Next()) leased.push_back({query.Int(0), query.Int(1), query.Int(2)});
  }
  return Free(leased, receives);
}

QueueTable::Freed QueueTable::TakeLeasesBack() {
  std::vector<Leased> leased;
  {
    Query query = db_.Run(
        "SELECT m.queue, m.seq, m.grp FROM queue q CROSS JOIN message m INDEXED BY message_by_visibility "
        "ON m.queue = q.id AND m.visible_at > 0 WHERE m.lease <> 0 ORDER BY m.queue");
    while (query.Next()) leased.push_back({query.Int(0), query.Int(1), query.Int(2)});
  }
  return Free(leased, Receives::kForgiven);
}

// `leased` is ordered by queue.
QueueTable::Freed QueueTable::Free(const std::vector<Leased>& leased, Receives receives) {
  Freed freed;
  freed.messages = std::int64_t(leased.size());
  for (std::size_t i = 0; i < leased.size();) {
    auto row = Load(leased[i].queue);
    if (!row) break;
    for (; i < leased.size() && leased[i].queue == row->id; ++i) {
      if (receives == Receives::kForgiven) {
        db_.Exec("UPDATE message SET forgiven = forgiven + 1 WHERE queue = ?1 AND seq = ?2", row->id, leased[i].seq);
      }
      MakeVisible(row->id, leased[i].seq);
      Move(*row, leased[i].group, Condition::kInFlight, Condition::kVisible);
    }
    Save(*row);
    freed.queues.push_back(row->id);
  }
  return freed;
}

}  // namespace darkroom::embedded
