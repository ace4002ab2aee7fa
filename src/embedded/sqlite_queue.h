// Queues in SQLite (ports/queue.h). Messages are handed out in the order they were sent, as far as leases allow.
//
// Receivers that wait are woken by a Send, a Release and the end of a lease or delay, in the order they came.
// Threads: the I/O thread. Durability: every call, Receive too, is a write of the group commit.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <unordered_map>

#include "base/clock.h"
#include "embedded/queue_table.h"
#include "embedded/writer.h"
#include "ports/queue.h"

namespace darkroom::embedded {

class SqliteQueueService final : public QueueService {
 public:
  SqliteQueueService(Writer& writer, Clock& clock);
  ~SqliteQueueService() override;

  Task<Result<std::shared_ptr<Queue>>> Create(std::string name, QueueConfig config) override;
  Task<Result<std::shared_ptr<Queue>>> Open(std::string name) override;
  Task<Result<std::vector<std::string>>> List(std::string prefix) override;
  Task<Status> Remove(std::string name) override;
  Task<Result<QueueConfig>> GetConfig(std::string name) override;
  Task<Status> SetConfig(std::string name, QueueConfig config) override;
  Task<Status> Purge(std::string name) override;

  // Makes all messages visible that `consumer` holds, in all queues: it has died. Returns how many.
  Task<Result<std::int64_t>> ReleaseConsumer(std::string consumer);

  // Ends every wait: those receivers and all later ones get kCancelled. Everything else goes on.
  void CancelWaits();

 private:
  friend class SqliteQueue;
  class Line;  // those who wait for one queue's messages

  std::shared_ptr<Queue> QueueOf(std::int64_t id, const std::string& name);
  std::shared_ptr<Line> LineOf(std::int64_t queue);

  Writer& writer_;
  Clock& clock_;
  bool cancelled_ = false;
  const std::uint32_t epoch_;  // sets this run's leases apart from those of earlier runs
  std::uint32_t leases_ = 0;
  std::unordered_map<std::int64_t, std::shared_ptr<Line>> lines_;  // by queue id
};

}  // namespace darkroom::embedded
