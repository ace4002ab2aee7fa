// The queues' tables (docs/formats/tables.md): every statement on them, each function one step of a transaction on the
// writer's thread. Costs are those of a few B-tree accesses a message, whatever the queue's length.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "embedded/message_groups.h"
#include "embedded/sqlite.h"
#include "ports/queue.h"

namespace darkroom::embedded {

// A lease as its receipt names it.
struct Lease {
  std::int64_t queue = 0;
  std::int64_t seq = 0;    // the message's place in the order of sending
  std::int64_t lease = 0;  // never used twice
};
std::string ToReceipt(const Lease& lease);
std::optional<Lease> ParseReceipt(std::string_view receipt);

struct Received {
  std::vector<Message> messages;
  bool more = false;                   // visible ones are left
  std::optional<Time> next_due;        // when the next lease or delay ends
  std::int64_t dead_letter_queue = 0;  // where messages were moved to
  int dead_letters = 0;
};

struct StatsStep {
  QueueStats stats;
  bool again = false;  // many leases or delays have ended: not all of them are counted as visible yet
};

struct Sent {
  int visible = 0;
  std::optional<Time> next_due;  // of the delayed ones
};

// Of a lease that ends with its consumer: whether the receive counts.
enum class Receives { kCount, kForgiven };

struct ReceiveStep {
  int max = 1;
  std::optional<Duration> visibility;
  std::string_view consumer;
  std::int64_t first_lease = 0;  // this and the max - 1 numbers after it are the leases'
};

class QueueTable {
 public:
  QueueTable(Connection& connection, Time now) : db_(connection), groups_(connection), now_(now) {}

  Result<std::int64_t> Create(const std::string& name, const QueueConfig& config);
  std::optional<std::int64_t> Find(const std::string& name);
  std::vector<std::string> List(const std::string& prefix);
  std::optional<QueueConfig> GetConfig(const std::string& name);
  Status SetConfig(const std::string& name, const QueueConfig& config);
  void Remove(std::int64_t queue);  // its messages stay, for RemoveSome
  // Removes up to `limit` messages with seq <= last; true: some are left. The queue need not exist any more.
  bool RemoveSome(std::int64_t queue, std::int64_t last, int limit);
  std::int64_t LastSeq();
  // Queues that are gone, and not all of what was theirs: a crash came between Remove and RemoveSome.
  std::vector<std::int64_t> Orphans();

  // kNotFound when the queue is gone, here and below.
  Result<Sent> Send(std::int64_t queue, const std::vector<SendRequest>& requests, const std::vector<Id>& ids);
  Result<Received> Receive(std::int64_t queue, const ReceiveStep& step);
  Result<std::vector<bool>> Extend(std::int64_t queue, const std::vector<std::string>& receipts, Duration visibility);
  Status Ack(std::int64_t queue, const std::vector<std::string>& receipts);
  Result<StatsStep> Stats(std::int64_t queue);
  // The queues in which messages became visible.
  struct Freed {
    std::int64_t messages = 0;
    std::vector<std::int64_t> queues;
  };
  // What `consumer` holds. Receives that are forgiven do not count towards the queue's bound.
  Freed ReleaseLeasesOf(const std::string& consumer, Receives receives);
  // What anybody holds; these receives are forgiven.
  Freed TakeLeasesBack();

 private:
  struct Row;
  struct Place;
  enum class Condition { kVisible, kInFlight, kDelayed };
  std::optional<Row> Load(std::int64_t queue);
  void Save(const Row& row);  // and what was counted in the groups
  struct Leased {
    std::int64_t queue, seq, group;
  };
  Freed Free(const std::vector<Leased>& leased, Receives receives);
  bool PromoteDue(Row& row, int limit);
  bool DropExpired(Row& row, int limit);
  void Count(Row& row, std::int64_t group, Condition condition, int by);
  void Move(Row& row, std::int64_t group, Condition from, Condition to);
  std::vector<Place> Visible(const Row& row, std::int64_t group, int limit);
  bool Serve(Row& row, const MessageGroups::Turn& turn, const ReceiveStep& step, Received& received);
  std::optional<Place> Find(const Lease& lease);
  void MakeVisible(std::int64_t queue, std::int64_t seq);
  void Erase(Row& row, const Place& place);
  Message Deliver(const Row& row, const Place& place, const ReceiveStep& step, std::int64_t lease);
  bool MoveToDeadLetters(Row& row, Received& received, const Place& place);
  std::optional<Time> OldestSent(std::int64_t queue);
  Status CheckConfig(const std::string& name, const QueueConfig& config);

  Connection& db_;
  MessageGroups groups_;
  const Time now_;
};

}  // namespace darkroom::embedded
