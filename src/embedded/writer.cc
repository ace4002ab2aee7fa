#include "embedded/writer.h"

#include <pthread.h>

#include <algorithm>

namespace darkroom::embedded {
namespace {

// Bounds what a crash-free group may cost its callers in latency; groups of this size already share an fsync so widely
// that it no longer counts.
constexpr std::size_t kMaxGroup = 1024;

// The log is copied into the database when it has this many pages of 4 KiB. When a reader stood in the way of that,
// again after as many more; when it failed, with the next commit. Copying holds up the group that comes next, so seldom
// is better; 16 MiB is quickly read at a start after a crash.
constexpr int kCheckpointPages = 4096;

}  // namespace

Writer::Writer(std::unique_ptr<Connection> connection, std::move_only_function<void(Error)> on_fatal)
    : connection_(std::move(connection)), on_fatal_(std::move(on_fatal)), checkpoint_at_(kCheckpointPages) {
  // The hook takes the place of SQLite's own checkpoints, which come inside a commit and hide their errors.
  const auto hook = [](void* self, sqlite3*, const char*, int pages) {
    static_cast<Writer*>(self)->wal_pages_ = pages;
    return SQLITE_OK;
  };
  sqlite3_wal_hook(connection_->handle(), hook, this);
  thread_ = std::thread([this] {
    pthread_setname_np(pthread_self(), "db-writer");
    Loop();
  });
}

Writer::~Writer() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  wake_.notify_one();
  thread_.join();
}

WriterCounts Writer::counts() const {
  const std::lock_guard lock(mutex_);
  return counts_;
}

void Writer::Submit(std::unique_ptr<Request> request) {
  bool first = false;
  {
    const std::lock_guard lock(mutex_);
    first = waiting_.empty();
    waiting_.push_back(std::move(request));
  }
  if (first) wake_.notify_one();
}

void Writer::Loop() {
  Group group;
  while (true) {
    {
      std::unique_lock lock(mutex_);
      wake_.wait(lock, [&] { return stopping_ || !waiting_.empty(); });
      if (waiting_.empty()) return;
      if (waiting_.size() <= kMaxGroup) {
        group.swap(waiting_);
      } else {
        group.assign(std::make_move_iterator(waiting_.begin()), std::make_move_iterator(waiting_.begin() + kMaxGroup));
        waiting_.erase(waiting_.begin(), waiting_.begin() + kMaxGroup);
      }
    }
    RunGroup(group);
    group.clear();
    if (wal_pages_ >= checkpoint_at_ && !broken_) Checkpoint();
  }
}

void Writer::RunGroup(Group& group) {
  if (!broken_) {
    GroupEnd end = RunTogether(group);
    // The log needs room to grow, but not where it begins anew: a full disk may yet take what overwrites.
    if (end == GroupEnd::kFull && Checkpoint()) end = RunTogether(group);
    if (end == GroupEnd::kCommitted) {
      for (const auto& request : group) request->Finish(nullptr);
      return;
    }
  }
  for (const auto& request : group) RunAlone(*request);
}

Writer::GroupEnd Writer::RunTogether(Group& group) {
  const bool durable = std::ranges::any_of(group, [](const auto& request) { return request->durable(); });
  Begin(durable);
  bool disturbed = false;
  for (const auto& request : group) {
    const std::int64_t before = connection_->total_changes();
    const bool refused = !request->Run(*connection_);
    // A request that refuses before it has written anything leaves nothing to roll back.
    disturbed = connection_->failure() || (refused && connection_->total_changes() != before);
    if (disturbed) break;
  }
  const std::optional<Failure> failure = disturbed ? connection_->failure() : Commit();
  if (!disturbed && !failure) {
    const std::lock_guard lock(mutex_);
    ++counts_.commits;
    counts_.requests += std::int64_t(group.size());
    return GroupEnd::kCommitted;
  }
  if (failure && failure->kind == FailureKind::kBroken) Break(*failure);
  Rollback();
  return failure && failure->kind == FailureKind::kFull ? GroupEnd::kFull : GroupEnd::kRolledBack;
}

void Writer::RunAlone(Request& request) {
  if (broken_) return request.Finish(&*broken_);
  Begin(request.durable());
  const bool refused = !request.Run(*connection_);
  std::optional<Failure> failure = connection_->failure();
  if (!failure && !refused) failure = Commit();
  if (failure || refused) Rollback();
  if (failure && failure->kind == FailureKind::kBroken) Break(*failure);
  if (failure) {
    const Error error = failure->ToError();
    return request.Finish(&error);
  }
  {
    const std::lock_guard lock(mutex_);
    ++counts_.commits;
    ++counts_.requests;
  }
  request.Finish(nullptr);
}

void Writer::Begin(bool durable) {
  if (durable != syncs_) connection_->Script(durable ? "PRAGMA synchronous = FULL" : "PRAGMA synchronous = NORMAL");
  syncs_ = durable;
  connection_->Exec("BEGIN IMMEDIATE");
}

std::optional<Failure> Writer::Commit() {
  connection_->Exec("COMMIT");
  return connection_->failure();
}

void Writer::Rollback() {
  connection_->ClearFailure();
  // SQLite has rolled back by itself after some errors.
  if (connection_->in_transaction()) connection_->Exec("ROLLBACK");
  if (const auto& failure = connection_->failure(); failure && failure->kind == FailureKind::kBroken) Break(*failure);
  connection_->ClearFailure();
}

void Writer::Break(const Failure& failure) {
  if (broken_) return;
  // After a failed fsync the kernel may drop the pages that it could not write and call the next fsync a success
  // (https://www.usenix.org/conference/atc20/presentation/rebello): nothing written since the last good one is safe.
  broken_ = failure.ToError();
  sqlite3_db_config(connection_->handle(), SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, nullptr);
  if (on_fatal_) on_fatal_(*broken_);
}

bool Writer::Checkpoint() {
  int log = 0, copied = 0;
  const int code = sqlite3_wal_checkpoint_v2(connection_->handle(), nullptr, SQLITE_CHECKPOINT_PASSIVE, &log, &copied);
  if (code != SQLITE_OK) {
    connection_->Remember(code);
    if (connection_->failure()->kind == FailureKind::kBroken) Break(*connection_->failure());
    connection_->ClearFailure();
  }
  if (code != SQLITE_OK) {
    // The disk is full, as a rule: what room there will be is for the database first. The log must not take it all.
    checkpoint_at_ = 0;
    return false;
  }
  // Complete: the next commit starts the log anew. Else a reader stood in the way, and the log grows.
  const bool complete = copied == log;
  checkpoint_at_ = complete ? kCheckpointPages : wal_pages_ + kCheckpointPages;
  const std::lock_guard lock(mutex_);
  ++counts_.checkpoints;
  return complete;
}

}  // namespace darkroom::embedded
