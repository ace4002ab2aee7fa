#include "embedded/engine.h"

#include <limits>

#include "base/id.h"
#include "base/log.h"
#include "embedded/data_dir.h"
#include "embedded/object_files.h"
#include "embedded/object_table.h"
#include "embedded/queue_table.h"
#include "embedded/reader.h"
#include "embedded/schema.h"
#include "embedded/sqlite_job_store.h"
#include "embedded/sqlite_object_store.h"

namespace darkroom::embedded {
namespace {

constexpr int kRemoveStep = 1000;  // messages in one transaction

// Messages whose queue's removal a crash broke off.
Status RemoveOrphans(Connection& db, Time now) {
  QueueTable table(db, now);
  for (const std::int64_t queue : table.Orphans()) {
    bool more = true;
    while (more && !db.failure()) {
      db.Exec("BEGIN IMMEDIATE");
      more = table.RemoveSome(queue, std::numeric_limits<std::int64_t>::max(), kRemoveStep);
      db.Exec("COMMIT");
    }
  }
  if (db.failure()) return Fail(db.failure()->ToError());
  return {};
}

// Runs on a thread of `files`, beside everything else: only files made before `before` are looked at, and those a row
// does not name now it never will.
void SweepFiles(ObjectFiles& files, const std::string& path, const char* vfs, const std::string& before) {
  auto opened = OpenForReading(path, vfs);
  if (!opened) return spdlog::warn("sweep of object files: {}", opened.error().message());
  Connection& db = **opened;
  // A failed look-up must not look like an unnamed file.
  const auto is_named = [&db](const std::string& file) { return ObjectTable(db).IsNamed(file) || db.failure(); };
  const int removed = files.Sweep(before, is_named);
  if (removed > 0) spdlog::info("removed {} object files that a crash had left", removed);
}

}  // namespace

// In the order of construction; destroyed from the last.
struct Engine::Parts {
  std::unique_ptr<DataDir> directory;
  std::unique_ptr<ObjectFiles> files;
  std::unique_ptr<Reader> reader;
  std::unique_ptr<Writer> writer;
  std::unique_ptr<SqliteQueueService> queues;
  std::unique_ptr<SqliteObjectService> objects;
  std::unique_ptr<SqliteJobStore> jobs;
};

Result<std::unique_ptr<Engine>> Engine::Open(EngineOptions options, IoContext& io, Clock& clock) {
  auto directory = DataDir::Lock(options.data_dir);
  if (!directory) return Fail(directory.error());
  const std::string path = options.data_dir + "/darkroom.db";
  auto write = OpenForWriting(path, options.vfs);
  if (!write) return Fail(write.error());
  auto orphans = RemoveOrphans(**write, clock.Now());
  if (!orphans) return Fail(orphans.error().During("open " + path));
  auto read = OpenForReading(path, options.vfs);
  if (!read) return Fail(read.error());
  auto files = ObjectFiles::Open(options.data_dir + "/objects");
  if (!files) return Fail(files.error());

  auto on_fatal = [&io, tell = std::move(options.on_fatal)](Error error) mutable {
    spdlog::critical("the data directory can no longer be relied on; nothing is written any more: {}", error.message());
    if (tell) io.Post([tell = std::move(tell), error = std::move(error)]() mutable { tell(error); });
  };
  auto parts = std::make_unique<Parts>();
  parts->directory = std::move(*directory);
  parts->files = std::move(*files);
  parts->reader = std::make_unique<Reader>(std::move(*read));
  parts->writer = std::make_unique<Writer>(std::move(*write), std::move(on_fatal));
  parts->queues = std::make_unique<SqliteQueueService>(*parts->writer, clock);
  parts->objects = std::make_unique<SqliteObjectService>(*parts->writer, *parts->reader, *parts->files, clock);
  parts->jobs = std::make_unique<SqliteJobStore>(*parts->writer, *parts->reader);
  parts->files->Post([&files = *parts->files, path, vfs = options.vfs, before = Id::Make(clock.Now()).ToString()] {
    SweepFiles(files, path, vfs, before);
  });
  return std::unique_ptr<Engine>(new Engine(std::move(parts)));
}

Engine::Engine(std::unique_ptr<Parts> parts) : parts_(std::move(parts)) {}

Engine::~Engine() {
  // Writes under way come to their end first; what they answer waits in the loop.
  parts_->writer.reset();
  parts_->reader.reset();
}

SqliteQueueService& Engine::queues() { return *parts_->queues; }
ObjectService& Engine::objects() { return *parts_->objects; }
JobStore& Engine::jobs() { return *parts_->jobs; }
std::string Engine::objects_folder() const { return parts_->files->directory(); }
void Engine::CancelWaits() { parts_->queues->CancelWaits(); }
WriterCounts Engine::counts() const { return parts_->writer->counts(); }

}  // namespace darkroom::embedded
