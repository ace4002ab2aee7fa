// Writer: the one thread that writes to the database. It takes all requests that wait, runs them in one transaction,
// commits (one fsync) and only then answers them: group commit. The longer an fsync takes, the larger the groups.
//
// What may come again after a power cut without harm (leases, acks) is written lazily: a group of nothing else is
// committed without the fsync (SQLite's synchronous=NORMAL, https://www.sqlite.org/pragma.html#pragma_synchronous). It
// survives the end of the process at any moment; a power cut may undo the last of it. The log keeps the order of
// commits, so that whatever survives, all that was written before it has survived too.
//
// Failure: a request that fails has no effect and does not disturb its neighbours: the group is rolled back and each is
// run again alone, so a request must be repeatable. A full disk fails requests (kUnavailable) until there is room, but
// not before the log was copied into the database, so that it can begin anew in the room it has. When an fsync or a
// write fails, or the database is damaged, nothing that is on the disk can be relied on: the writer refuses everything
// from then on (kInternal) and calls on_fatal once.
//
// Threads: Write from the I/O thread; answers come on it in the order of execution. The destructor runs what was given,
// then joins.
#pragma once

#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <thread>
#include <type_traits>
#include <utility>
#include <vector>

#include "base/async.h"
#include "base/result.h"
#include "embedded/sqlite.h"

namespace darkroom::embedded {

struct WriterCounts {
  std::int64_t requests = 0;     // answered without error
  std::int64_t commits = 0;      // groups
  std::int64_t checkpoints = 0;  // of the write-ahead log into the database
};

class Writer {
 public:
  // Takes a connection in WAL mode with synchronous=FULL. `on_fatal` is called on the writer's thread.
  Writer(std::unique_ptr<Connection> connection, std::move_only_function<void(Error)> on_fatal);
  Writer(const Writer&) = delete;
  ~Writer();

  // Runs `work` on the writer's thread within a transaction; resumes when it is on the disk. `work` returns T or
  // Result<T>; with an error, what it wrote is rolled back. It may be run more than once: it must not give away what
  // it has captured, and has no effect but on the database.
  template <class F>
  auto Write(F work) {
    return Enqueue(std::move(work), true);
  }
  // The same, resuming when it is committed: on the disk at the latest with the next Write.
  template <class F>
  auto WriteLazily(F work) {
    return Enqueue(std::move(work), false);
  }

  // Any thread.
  WriterCounts counts() const;

 private:
  class Request {
   public:
    explicit Request(bool durable) : durable_(durable) {}
    virtual ~Request() = default;
    bool durable() const { return durable_; }
    virtual bool Run(Connection& connection) = 0;  // false: returned an error
    virtual void Finish(const Error* error) = 0;   // nullptr: committed

   private:
    const bool durable_;
  };
  template <class F>
  class RequestOf;

  using Group = std::vector<std::unique_ptr<Request>>;

  template <class F>
  auto Enqueue(F work, bool durable);
  void Submit(std::unique_ptr<Request> request);
  void Loop();
  enum class GroupEnd { kCommitted, kRolledBack, kFull };  // kFull: rolled back, for want of room on the disk
  void RunGroup(Group& group);
  GroupEnd RunTogether(Group& group);
  void RunAlone(Request& request);
  void Begin(bool durable);
  std::optional<Failure> Commit();
  void Rollback();
  void Break(const Failure& failure);
  bool Checkpoint();  // true: all of the log is in the database

  // Of the writer's thread.
  std::unique_ptr<Connection> connection_;
  std::move_only_function<void(Error)> on_fatal_;
  std::optional<Error> broken_;
  bool syncs_ = true;      // what the connection is set to: fsync at each commit
  int wal_pages_ = 0;      // in the log, as of the last commit
  int checkpoint_at_ = 0;  // pages
  mutable std::mutex mutex_;
  std::condition_variable wake_;
  Group waiting_;          // guarded by mutex_
  bool stopping_ = false;  // guarded by mutex_
  WriterCounts counts_;    // guarded by mutex_
  std::thread thread_;     // last: starts when all else is there
};

template <class F>
class Writer::RequestOf : public Request {
 public:
  using Raw = std::invoke_result_t<F&, Connection&>;
  using Value = typename internal::ValueOf<Raw>::Type;
  using Answer = Result<Value>;

  RequestOf(F work, bool durable, std::move_only_function<void(Answer)> done)
      : Request(durable), work_(std::move(work)), done_(std::move(done)) {}

  bool Run(Connection& connection) override {
    if constexpr (std::is_void_v<Raw>) {
      work_(connection);
      answer_.emplace();
    } else {
      answer_.emplace(work_(connection));
    }
    return answer_->has_value();
  }

  void Finish(const Error* error) override {
    if (error != nullptr) {
      done_(Fail(*error));
    } else {
      done_(std::move(*answer_));
    }
  }

 private:
  F work_;
  std::move_only_function<void(Answer)> done_;
  std::optional<Answer> answer_;
};

template <class F>
auto Writer::Enqueue(F work, bool durable) {
  using Answer = typename RequestOf<F>::Answer;
  auto start = [this, work = std::move(work), durable](std::move_only_function<void(Answer)> done) mutable {
    Submit(std::make_unique<RequestOf<F>>(std::move(work), durable, std::move(done)));
  };
  return Await<Answer>(std::move(start));
}

}  // namespace darkroom::embedded
