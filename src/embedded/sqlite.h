// A connection to an SQLite database: cached statements, and errors that stick.
//
// The first statement that fails is remembered; after it every statement of the connection does nothing and finds no
// row, until ClearFailure. So a transaction's code reads straight on and whoever ends the transaction checks once.
//
// Threads: one at a time.
#pragma once

#include <sqlite3.h>

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <unordered_map>

#include "base/id.h"
#include "base/result.h"
#include "base/time.h"

namespace darkroom::embedded {

// What a caller can do about a failed statement.
enum class FailureKind {
  kFull,    // no room on the disk: nothing was written, works again when there is room
  kBusy,    // another program holds the database
  kBroken,  // fsync, write or read failed, or the file is damaged: what is on the disk is no longer known
  kOther,   // a constraint, a bug
};

struct Failure {
  FailureKind kind = FailureKind::kOther;
  std::string message;
  Error ToError() const;
};

class Connection;

// A statement under way; resets itself when it goes. At most one of the same SQL text at a time.
class Query {
 public:
  Query(const Query&) = delete;
  Query& operator=(const Query&) = delete;
  ~Query();

  // Steps to the next row; false: no more, or the connection has failed.
  bool Next();

  bool IsNull(int column) const { return sqlite3_column_type(statement_, column) == SQLITE_NULL; }
  std::int64_t Int(int column) const { return sqlite3_column_int64(statement_, column); }
  std::string_view View(int column) const;  // text or blob; until the next Next
  std::string Text(int column) const { return std::string(View(column)); }
  Time At(int column) const { return FromMicros(Int(column)); }
  std::optional<Time> MaybeAt(int column) const;
  darkroom::Id Id(int column) const;

 private:
  friend class Connection;
  Query(Connection& connection, sqlite3_stmt* statement) : connection_(connection), statement_(statement) {}

  Connection& connection_;
  sqlite3_stmt* const statement_;  // owned by the connection's cache; null once that has failed
};

class Connection {
 public:
  enum class Mode { kReadWrite, kReadOnly };
  // `vfs` is SQLite's name of a file layer, nullptr for the system's.
  static Result<std::unique_ptr<Connection>> Open(const std::string& path, Mode mode, const char* vfs = nullptr);
  Connection(const Connection&) = delete;
  ~Connection();

  // Binds `args` to ?1, ?2, …: integers, Time, Id, optional of these (null), string_view (text), Bytes. What text and
  // Bytes look at must live as long as the query. `sql` must be a literal: its address is the key of the cache.
  template <class... Args>
  Query Run(const char* sql, const Args&... args) {
    sqlite3_stmt* statement = Prepare(sql);
    if (statement != nullptr) {
      int at = 0;
      (Bind(statement, ++at, args), ...);
    }
    return Query(*this, statement);
  }
  // The same for a statement without rows.
  template <class... Args>
  void Exec(const char* sql, const Args&... args) {
    Run(sql, args...).Next();
  }
  // Several statements, not cached: schema, pragmas.
  void Script(const std::string& sql);

  std::int64_t last_insert_rowid() const { return sqlite3_last_insert_rowid(database_); }
  std::int64_t total_changes() const { return sqlite3_total_changes64(database_); }
  bool in_transaction() const { return sqlite3_get_autocommit(database_) == 0; }

  const std::optional<Failure>& failure() const { return failure_; }
  void ClearFailure() { failure_.reset(); }

  sqlite3* handle() { return database_; }
  void Remember(int code);  // an SQLite result code other than OK, ROW, DONE

 private:
  friend class Query;
  explicit Connection(sqlite3* database) : database_(database) {}

  sqlite3_stmt* Prepare(const char* sql);
  void Bind(sqlite3_stmt* s, int at, std::int64_t value) { sqlite3_bind_int64(s, at, value); }
  void Bind(sqlite3_stmt* s, int at, int value) { sqlite3_bind_int64(s, at, value); }
  void Bind(sqlite3_stmt* s, int at, Time value) { sqlite3_bind_int64(s, at, ToMicros(value)); }
  void Bind(sqlite3_stmt* s, int at, Duration value) { sqlite3_bind_int64(s, at, value.count()); }
  void Bind(sqlite3_stmt* s, int at, const Id& value);
  void Bind(sqlite3_stmt* s, int at, std::string_view value);
  void Bind(sqlite3_stmt* s, int at, struct Bytes value);
  void Bind(sqlite3_stmt* s, int at, std::nullopt_t) { sqlite3_bind_null(s, at); }
  template <class T>
  void Bind(sqlite3_stmt* s, int at, const std::optional<T>& value) {
    value ? Bind(s, at, *value) : Bind(s, at, std::nullopt);
  }

  sqlite3* const database_;
  std::unordered_map<const char*, sqlite3_stmt*> statements_;
  std::optional<Failure> failure_;
};

namespace internal {
// T of a Result<T>, else the type itself.
template <class T>
struct ValueOf {
  using Type = T;
};
template <class T>
struct ValueOf<Result<T>> {
  using Type = T;
};
}  // namespace internal

// Binds as a blob rather than as text.
struct Bytes {
  std::string_view data;
};

}  // namespace darkroom::embedded
