// Queue: at-least-once messages with leases, after Amazon SQS
// (https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/).
//
// A message is visible, then leased to whoever received it (invisible to others, its receive count one higher), then
// acked (gone) or visible again when its lease ends or is let go. A message may be delivered more than once, and out of
// order; consumers are idempotent. A message received more than `max_receives` times goes to the dead-letter queue
// instead of out again.
//
// Groups, after SQS's fair queues: a message may name one (SQS: MessageGroupId on a standard queue). The backlog of one
// group does not keep the messages of another waiting: the groups that have visible messages share the consumers, best
// effort. A group is no order: its messages are handed out side by side, and as out of order as all others.
// https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-fair-queues.html
//
// Durability: when Send has returned without error, neither a crash nor a power cut undoes it. Receives, leases and
// acks survive a crash of any process; a power cut may undo the last moments of them, and the messages come once more.
// Threads: call on the I/O thread of the process; all calls of one object may be under way at the same time.
// Errors: kNotFound (the queue is gone), kTooLarge, kBusy, kUnavailable, kInternal. After an error a call may have had
// effect: repeat it.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/async.h"
#include "base/result.h"
#include "base/time.h"

namespace darkroom {

inline constexpr std::size_t kMaxMessageBytes = 1 << 20;  // body and attributes; SQS since August 2025
inline constexpr int kMaxReceive = 10;                    // messages a Receive
inline constexpr Duration kMaxWait = 20s;                 // of a long poll
inline constexpr Duration kMaxVisibility = 12h;           // of a lease
inline constexpr Duration kMaxDelay = 15min;

struct SendRequest {
  std::string body;
  Duration delay{0};  // invisible for so long, up to kMaxDelay
  // Travels with the body untouched: SQS's message attributes, the JSON object as on its wire. Empty: none.
  std::string attributes{};
  std::string group{};  // IsGroupName, or empty: of none
};

struct Message {
  std::string id;
  std::string receipt;  // names this lease; a later receive of the same message has another
  std::string body;
  int receive_count = 0;  // this receive included; 1 is the first
  Time sent;
  std::string attributes{};  // as sent
  std::string group{};       // as sent
};

struct ReceiveOptions {
  int max = 1;                         // 1 … kMaxReceive
  Duration wait{0};                    // long poll: how long to wait for the first message
  std::optional<Duration> visibility;  // of the leases; default the queue's
  std::string consumer{};  // who holds the leases; where the engine knows, a dead consumer's are let go early
};

struct QueueStats {
  std::int64_t visible = 0;
  std::int64_t in_flight = 0;  // leased
  std::int64_t delayed = 0;
  std::optional<Duration> oldest_age;  // of the oldest message not acked, delayed ones apart
};

class Queue {
 public:
  virtual ~Queue() = default;

  virtual const std::string& name() const = 0;

  // All or, on error, perhaps some of them. Returns their ids in order. Any number; engines split as they must.
  virtual Task<Result<std::vector<std::string>>> Send(std::vector<SendRequest> requests) = 0;

  // Up to options.max messages; empty when none came within options.wait.
  virtual Task<Result<std::vector<Message>>> Receive(ReceiveOptions options) = 0;

  // Lets each lease end `visibility` from now (0: at once, the message is visible again). In order: whether the lease
  // was still held; false means the message is somebody else's by now, or acked.
  virtual Task<Result<std::vector<bool>>> Extend(std::vector<std::string> receipts, Duration visibility) = 0;

  // Gives messages back, visible again after `delay`.
  Task<Result<std::vector<bool>>> Release(std::vector<std::string> receipts, Duration delay) {
    return Extend(std::move(receipts), delay);
  }

  // Removes messages for good. A receipt whose lease has ended still removes its message unless another lease on it was
  // given out since; that, or a message already gone, is not an error.
  virtual Task<Status> Ack(std::vector<std::string> receipts) = 0;

  virtual Task<Result<QueueStats>> Stats() = 0;
};

struct QueueConfig {
  Duration visibility = 30s;
  Duration delay{0};                // for messages that name none
  Duration wait{0};                 // of a receive that names none
  Duration retention = 14 * 24h;    // a message not acked by then is dropped
  std::string dead_letter_queue{};  // name; empty: none
  int max_receives = 0;             // 0: no bound; else needs dead_letter_queue
  bool operator==(const QueueConfig&) const = default;
};

// The queues of an engine, by name: [A-Za-z0-9_-], 1 to 80 characters.
class QueueService {
 public:
  virtual ~QueueService() = default;

  // Creates it, or finds it when it exists with an equal config; kConflict when with another.
  virtual Task<Result<std::shared_ptr<Queue>>> Create(std::string name, QueueConfig config) = 0;
  // nullptr when there is none of that name.
  virtual Task<Result<std::shared_ptr<Queue>>> Open(std::string name) = 0;
  virtual Task<Result<std::vector<std::string>>> List(std::string prefix) = 0;  // sorted
  virtual Task<Status> Remove(std::string name) = 0;                            // with its messages
  virtual Task<Result<QueueConfig>> GetConfig(std::string name) = 0;
  virtual Task<Status> SetConfig(std::string name, QueueConfig config) = 0;
  virtual Task<Status> Purge(std::string name) = 0;
};

bool IsQueueName(std::string_view name);
bool IsGroupName(std::string_view name);  // 1 to 128 printable ASCII characters but the space, as SQS has it

}  // namespace darkroom
