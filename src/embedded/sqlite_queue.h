// Queues in SQLite (ports/queue.h). The messages of a group are handed out in the order they were sent, as far as
// leases allow; groups share the consumers' time (message_groups.h), and the messages of none are one group.
//
// A queue with a bound of receives hands out what comes again as the last of its batch: it may be what its consumers
// die of, and each message that is held behind it would pay a receive with it. Receivers that wait are woken by a Send,
// a Release and the end of a lease or delay, in the order they came. Life: Queue objects must not outlive the service.
// Threads: the I/O thread. Durability: every call, Receive too, is a write of the group commit: receive counts survive
// a crash as messages do. Only sends wait for an fsync (writer.h).
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <unordered_map>
#include <unordered_set>

#include "base/clock.h"
#include "embedded/queue_table.h"
#include "embedded/waiting_line.h"
#include "embedded/writer.h"
#include "ports/queue.h"

namespace darkroom::embedded {

class SqliteQueueService final : public QueueService {
 public:
  SqliteQueueService(Writer& writer, Clock& clock);

  Task<Result<std::shared_ptr<Queue>>> Create(std::string name, QueueConfig config) override;
  Task<Result<std::shared_ptr<Queue>>> Open(std::string name) override;
  Task<Result<std::vector<std::string>>> List(std::string prefix) override;
  Task<Status> Remove(std::string name) override;
  Task<Result<QueueConfig>> GetConfig(std::string name) override;
  Task<Status> SetConfig(std::string name, QueueConfig config) override;
  Task<Status> Purge(std::string name) override;

  // `consumer` has died: ends its receives, which would lease messages to nobody. From then on one in its name gets
  // nothing.
  void EndReceives(const std::string& consumer);

  // `consumer` has died: makes all messages visible that it holds, in all queues, and ends its receives. Forgiven are
  // receives when it is known that the messages had no part in its death. Returns how many were let go.
  Task<Result<std::int64_t>> ReleaseConsumer(std::string consumer, Receives receives = Receives::kCount);

  // Lets go of every lease: at a start, when all who held one have ended with the process before. That was no fault of
  // the messages', so these receives do not count towards the queue's bound; the receive count tells them all the same.
  // Returns how many.
  Task<Result<std::int64_t>> ReleaseAll();

  // Ends every wait: those receivers, and later ones that would have to wait, get kCancelled. All else goes on.
  void CancelWaits();

 private:
  friend class SqliteQueue;

  std::shared_ptr<WaitingLine> LineOf(std::int64_t queue);
  std::int64_t TakeLeases(int count);
  std::int64_t Announce(const QueueTable::Freed& freed);
  Task<Status> RemoveMessages(std::int64_t queue, std::int64_t last);

  Writer& writer_;
  Clock& clock_;
  bool cancelled_ = false;
  std::unordered_set<std::string>
      dead_consumers_;  // names are drawn anew for each process, so this grows by its deaths
  std::int64_t last_lease_;
  std::unordered_map<std::int64_t, std::shared_ptr<WaitingLine>> lines_;  // by queue
};

}  // namespace darkroom::embedded
