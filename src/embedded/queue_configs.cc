// What of the queues' tables is no message: queues by name and their configuration.
#include "embedded/queue_table.h"

namespace darkroom::embedded {

Status QueueTable::CheckConfig(const std::string& name, const QueueConfig& config) {
  const auto within = [](Duration d, Duration most) { return d >= Duration(0) && d <= most; };
  if (!within(config.visibility, kMaxVisibility)) return Fail(Code::kInvalid, "visibility timeout: 0 to 12 hours");
  if (!within(config.delay, kMaxDelay)) return Fail(Code::kInvalid, "delay: 0 to 15 minutes");
  if (!within(config.wait, kMaxWait)) return Fail(Code::kInvalid, "receive wait: 0 to 20 seconds");
  if (config.retention <= Duration(0) || config.retention > 14 * 24h)
    return Fail(Code::kInvalid, "message retention: up to 14 days");
  if (config.dead_letter_queue.empty() != (config.max_receives <= 0))
    return Fail(Code::kInvalid, "a dead-letter queue needs a bound of receives, and the other way round");
  if (config.dead_letter_queue.empty()) return {};
  if (config.dead_letter_queue == name) return Fail(Code::kInvalid, "a queue cannot be its own dead-letter queue");
  if (!Find(config.dead_letter_queue))
    return Fail(Code::kInvalid, "the dead-letter queue '" + config.dead_letter_queue + "' does not exist");
  return {};
}

Result<std::int64_t> QueueTable::Create(const std::string& name, const QueueConfig& config) {
  if (const auto existing = GetConfig(name)) {
    if (*existing != config) return Fail(Code::kConflict, "queue '" + name + "' exists with another configuration");
    return Find(name).value_or(0);
  }
  if (auto checked = CheckConfig(name, config); !checked) return Fail(checked.error());
  db_.Exec(
      "INSERT INTO queue (name, visibility, delay, wait, retention, dead_letter_queue, max_receives) "
      "VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
      name, config.visibility, config.delay, config.wait, config.retention, config.dead_letter_queue,
      config.max_receives);
  return db_.last_insert_rowid();
}

std::optional<std::int64_t> QueueTable::Find(const std::string& name) {
  Query query = db_.Run("SELECT id FROM queue WHERE name = ?1", name);
  if (!query.Next()) return std::nullopt;
  return query.Int(0);
}

std::vector<std::string> QueueTable::List(const std::string& prefix) {
  std::vector<std::string> names;
  Query query = db_.Run("SELECT name FROM queue WHERE substr(name, 1, length(?1)) = ?1 ORDER BY name", prefix);
  while (query.Next()) names.push_back(query.Text(0));
  return names;
}

std::optional<QueueConfig> QueueTable::GetConfig(const std::string& name) {
  Query query = db_.Run(
      "SELECT visibility, delay, wait, retention, dead_letter_queue, max_receives FROM queue WHERE name = ?1", name);
  if (!query.Next()) return std::nullopt;
  QueueConfig config;
  config.visibility = Duration(query.Int(0));
  config.delay = Duration(query.Int(1));
  config.wait = Duration(query.Int(2));
  config.retention = Duration(query.Int(3));
  config.dead_letter_queue = query.Text(4);
  config.max_receives = int(query.Int(5));
  return config;
}

Status QueueTable::SetConfig(const std::string& name, const QueueConfig& config) {
  if (!Find(name)) return Fail(Code::kNotFound, "the queue does not exist");
  if (auto checked = CheckConfig(name, config); !checked) return checked;
  db_.Exec(
      "UPDATE queue SET visibility = ?2, delay = ?3, wait = ?4, retention = ?5, dead_letter_queue = ?6, "
      "max_receives = ?7, expire_at = 0 WHERE name = ?1",
      name, config.visibility, config.delay, config.wait, config.retention, config.dead_letter_queue,
      config.max_receives);
  return {};
}

}  // namespace darkroom::embedded
