#include "embedded/schema.h"

#include <iterator>

namespace darkroom::embedded {
namespace {

// visible_at is 0 for a message that waits to be received, so that the index holds those of a group in the order of
// sending; else when its lease or delay ends. What a lease changes (message) is apart from what is written once
// (message_body).
constexpr const char* kQueueTables = R"sql(
CREATE TABLE queue (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  name TEXT NOT NULL UNIQUE,
  visibility INTEGER NOT NULL,
  delay INTEGER NOT NULL,
  wait INTEGER NOT NULL,
  retention INTEGER NOT NULL,
  dead_letter_queue TEXT NOT NULL,
  max_receives INTEGER NOT NULL,
  visible INTEGER NOT NULL DEFAULT 0,
  in_flight INTEGER NOT NULL DEFAULT 0,
  delayed INTEGER NOT NULL DEFAULT 0,
  expire_at INTEGER NOT NULL DEFAULT 0,
  turn INTEGER NOT NULL DEFAULT 0
);
CREATE TABLE message (
  queue INTEGER NOT NULL,
  seq INTEGER NOT NULL,
  visible_at INTEGER NOT NULL,
  receives INTEGER NOT NULL DEFAULT 0,
  forgiven INTEGER NOT NULL DEFAULT 0,
  lease INTEGER NOT NULL DEFAULT 0,
  consumer TEXT NOT NULL DEFAULT '',
  grp INTEGER NOT NULL DEFAULT 0,
  leased_at INTEGER NOT NULL DEFAULT 0,
  PRIMARY KEY (queue, seq)
) WITHOUT ROWID;
CREATE INDEX message_by_visibility ON message (queue, visible_at, grp, seq);
CREATE TABLE message_body (
  seq INTEGER PRIMARY KEY,
  id BLOB NOT NULL,
  sent INTEGER NOT NULL,
  attributes BLOB NOT NULL,
  body BLOB NOT NULL
);
)sql";

constexpr const char* kGroupTable = R"sql(
CREATE TABLE message_group (
  id INTEGER PRIMARY KEY,
  queue INTEGER NOT NULL,
  name TEXT NOT NULL,
  visible INTEGER NOT NULL DEFAULT 0,
  in_flight INTEGER NOT NULL DEFAULT 0,
  delayed INTEGER NOT NULL DEFAULT 0,
  turn INTEGER NOT NULL DEFAULT 0,
  cost INTEGER NOT NULL DEFAULT 0,
  UNIQUE (queue, name)
);
CREATE INDEX message_group_waiting ON message_group (queue, turn) WHERE visible > 0;
)sql";

constexpr const char* kObjectTables = R"sql(
CREATE TABLE bucket (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  name TEXT NOT NULL UNIQUE
);
CREATE TABLE object (
  bucket INTEGER NOT NULL,
  key BLOB NOT NULL,
  size INTEGER NOT NULL,
  etag TEXT NOT NULL,
  content_type TEXT NOT NULL,
  metadata TEXT NOT NULL,
  modified INTEGER NOT NULL,
  file TEXT,
  body BLOB
);
CREATE UNIQUE INDEX object_by_key ON object (bucket, key);
CREATE INDEX object_by_file ON object (file) WHERE file IS NOT NULL;
)sql";

// A job's seq is the order of creation; the jobs of a batch are the rows [first_job, first_job + size). Indexes end in
// the rowid, which is seq: newest first is an index read backwards.
constexpr const char* kJobTables = R"sql(
CREATE TABLE totals (
  id INTEGER PRIMARY KEY CHECK (id = 1),
  change INTEGER NOT NULL,
  queued INTEGER NOT NULL,
  running INTEGER NOT NULL,
  succeeded INTEGER NOT NULL,
  failed INTEGER NOT NULL,
  cancelled INTEGER NOT NULL,
  expired INTEGER NOT NULL
);
INSERT INTO totals VALUES (1, 0, 0, 0, 0, 0, 0, 0);
CREATE TABLE batch (
  seq INTEGER PRIMARY KEY,
  id BLOB NOT NULL UNIQUE,
  created INTEGER NOT NULL,
  first_job INTEGER NOT NULL,
  size INTEGER NOT NULL,
  email TEXT NOT NULL,
  webhook TEXT NOT NULL,
  metadata TEXT NOT NULL,
  idempotency_key TEXT,
  fingerprint TEXT,
  queued INTEGER NOT NULL,
  running INTEGER NOT NULL,
  succeeded INTEGER NOT NULL,
  failed INTEGER NOT NULL,
  cancelled INTEGER NOT NULL,
  expired INTEGER NOT NULL
);
CREATE UNIQUE INDEX batch_by_idempotency_key ON batch (idempotency_key) WHERE idempotency_key IS NOT NULL;
CREATE INDEX batch_finished ON batch (created) WHERE queued = 0 AND running = 0;
CREATE TABLE job (
  seq INTEGER PRIMARY KEY,
  id BLOB NOT NULL UNIQUE,
  batch INTEGER NOT NULL,
  idx INTEGER NOT NULL,
  state INTEGER NOT NULL,
  change INTEGER NOT NULL,
  priority INTEGER NOT NULL,
  attempt INTEGER NOT NULL,
  received INTEGER,
  queued INTEGER,
  started INTEGER,
  fetched INTEGER,
  decoded INTEGER,
  inferred INTEGER,
  stored INTEGER,
  settled INTEGER,
  deadline INTEGER,
  model TEXT NOT NULL,
  version TEXT NOT NULL,
  digest TEXT NOT NULL,
  file_name TEXT NOT NULL,
  content_type TEXT NOT NULL,
  size INTEGER NOT NULL,
  width INTEGER NOT NULL,
  height INTEGER NOT NULL,
  top_k INTEGER NOT NULL,
  metadata TEXT NOT NULL,
  worker TEXT NOT NULL,
  run TEXT NOT NULL,
  result TEXT NOT NULL,
  artifacts TEXT NOT NULL,
  failure_code TEXT,
  failure_message TEXT,
  transforms TEXT NOT NULL DEFAULT '',
  seed INTEGER NOT NULL DEFAULT 0
);
CREATE INDEX job_by_change ON job (batch, change);
CREATE INDEX job_by_state ON job (state);
CREATE INDEX job_by_model ON job (model, state);
CREATE INDEX job_waiting ON job (priority, model) WHERE state = 0;
CREATE INDEX job_unsent ON job (received) WHERE state = 0 AND queued IS NULL;
CREATE INDEX job_overdue ON job (deadline) WHERE state = 0 AND deadline IS NOT NULL;
)sql";

// What changed with each version, for a database of the one before: the first leads to version 2.
constexpr const char* kForgiven = "ALTER TABLE message ADD COLUMN forgiven INTEGER NOT NULL DEFAULT 0;";
// Messages of before are of no group. A queue that is gone may have left some: their group goes with them.
constexpr const char* kGroups = R"sql(
ALTER TABLE queue ADD COLUMN turn INTEGER NOT NULL DEFAULT 0;
ALTER TABLE message ADD COLUMN grp INTEGER NOT NULL DEFAULT 0;
ALTER TABLE message ADD COLUMN leased_at INTEGER NOT NULL DEFAULT 0;
INSERT INTO message_group (queue, name, visible, in_flight, delayed) SELECT id, '', visible, in_flight, delayed FROM queue;
INSERT OR IGNORE INTO message_group (queue, name) SELECT DISTINCT queue, '' FROM message;
DROP INDEX message_by_visibility;
UPDATE message SET grp = (SELECT g.id FROM message_group g WHERE g.queue = message.queue);
CREATE INDEX message_by_visibility ON message (queue, visible_at, grp, seq);
DROP INDEX job_waiting;
CREATE INDEX job_waiting ON job (priority, model) WHERE state = 0;
)sql";
constexpr const char* kTransforms = R"sql(
ALTER TABLE job ADD COLUMN transforms TEXT NOT NULL DEFAULT '';
ALTER TABLE job ADD COLUMN seed INTEGER NOT NULL DEFAULT 0;
)sql";
struct Upgrade {
  const char* tables;  // that are new, as a new database has them
  const char* changes;
};
constexpr Upgrade kUpgrades[] = {{"", kForgiven}, {kGroupTable, kGroups}, {"", kTransforms}};
static_assert(std::size(kUpgrades) == kSchemaVersion - 1);

constexpr const char* kPragmas = R"sql(
PRAGMA synchronous = FULL;
PRAGMA wal_autocheckpoint = 0;
PRAGMA journal_size_limit = 67108864;
PRAGMA cache_size = -16384;
PRAGMA secure_delete = OFF;
PRAGMA temp_store = MEMORY;
)sql";

}  // namespace

Result<std::unique_ptr<Connection>> OpenForWriting(const std::string& path, const char* vfs) {
  auto opened = Connection::Open(path, Connection::Mode::kReadWrite, vfs);
  if (!opened) return Fail(opened.error());
  Connection& db = **opened;
  db.Script("PRAGMA journal_mode = WAL;");
  db.Script(kPragmas);
  std::int64_t version = 0;
  if (Query query = db.Run("PRAGMA user_version"); query.Next()) version = query.Int(0);
  if (!db.failure() && version > kSchemaVersion) {
    return Fail(Code::kInvalid, path + " was written by a newer version of darkroom (format " +
                                    std::to_string(version) + ", this one reads up to " +
                                    std::to_string(kSchemaVersion) + "): run that version, or use another directory");
  }
  if (!db.failure() && version == 0) {
    db.Script("BEGIN IMMEDIATE;");
    db.Script(kQueueTables);
    db.Script(kGroupTable);
    db.Script(kObjectTables);
    db.Script(kJobTables);
    db.Script("PRAGMA user_version = " + std::to_string(kSchemaVersion) + "; COMMIT;");
  } else if (!db.failure() && version < kSchemaVersion) {
    db.Script("BEGIN IMMEDIATE;");
    for (std::int64_t from = version; from < kSchemaVersion; ++from) {
      db.Script(kUpgrades[from - 1].tables);
      db.Script(kUpgrades[from - 1].changes);
    }
    db.Script("PRAGMA user_version = " + std::to_string(kSchemaVersion) + "; COMMIT;");
  }
  if (db.failure()) {
    const Error error = db.failure()->ToError();
    return Fail(error.During("open " + path));
  }
  return opened;
}

Result<std::unique_ptr<Connection>> OpenForReading(const std::string& path, const char* vfs) {
  auto opened = Connection::Open(path, Connection::Mode::kReadOnly, vfs);
  if (!opened) return Fail(opened.error());
  (*opened)->Script("PRAGMA cache_size = -8192;");
  return opened;
}

}  // namespace darkroom::embedded
