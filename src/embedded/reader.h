// Reader: a thread with a read-only connection, so that reads do not wait for commits. A read sees every write that was
// answered before it began.
//
// Threads: Read from the I/O thread. The destructor runs what was given, then joins.
#pragma once

#include <memory>
#include <string>
#include <utility>

#include "base/async.h"
#include "base/result.h"
#include "embedded/sqlite.h"

namespace darkroom::embedded {

class Reader {
 public:
  explicit Reader(std::unique_ptr<Connection> connection) : connection_(std::move(connection)), thread_("db-reader") {}

  // Runs `work`, which returns T or Result<T>, in one snapshot of the database.
  template <class F>
  auto Read(F work) {
    using Raw = std::invoke_result_t<F&, Connection&>;
    using Answer = Result<typename internal::ValueOf<Raw>::Type>;
    auto run = [this, work = std::move(work)]() mutable -> Answer {
      connection_->Exec("BEGIN");
      Answer answer = work(*connection_);
      connection_->Exec("COMMIT");
      if (!connection_->failure()) return answer;
      const Error error = connection_->failure()->ToError();
      connection_->ClearFailure();
      if (connection_->in_transaction()) connection_->Exec("ROLLBACK");
      return Fail(error);
    };
    return RunOn(thread_, std::move(run));
  }

 private:
  std::unique_ptr<Connection> connection_;
  WorkThread thread_;  // last: what it runs uses the connection
};

}  // namespace darkroom::embedded
