#include "embedded/sqlite.h"

#include <algorithm>
#include <cerrno>
#include <cstring>

namespace darkroom::embedded {
namespace {

FailureKind KindOf(int extended, int system_errno) {
  const bool no_room = system_errno == ENOSPC || system_errno == EDQUOT || system_errno == EFBIG;
  switch (extended & 0xFF) {
    case SQLITE_FULL:
      return FailureKind::kFull;
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
      return FailureKind::kBusy;
    case SQLITE_IOERR:
      // SQLite says FULL for ENOSPC alone; a quota or a file size limit is no different. SHMSIZE: no room for the index
      // of the write-ahead log, which is not needed to survive anything.
      if (extended == SQLITE_IOERR_SHMSIZE) return FailureKind::kFull;
      return extended == SQLITE_IOERR_WRITE && no_room ? FailureKind::kFull : FailureKind::kBroken;
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
      return FailureKind::kBroken;
    default:
      return FailureKind::kOther;
  }
}

// errno of the last failed call on the write-ahead log, else on the database. sqlite3_system_errno does not know it
// after a failed COMMIT.
int LastErrno(sqlite3* database) {
  for (const int which : {SQLITE_FCNTL_JOURNAL_POINTER, SQLITE_FCNTL_FILE_POINTER}) {
    sqlite3_file* file = nullptr;
    sqlite3_file_control(database, "main", which, &file);
    if (file == nullptr || file->pMethods == nullptr) continue;
    int error = 0;
    file->pMethods->xFileControl(file, SQLITE_FCNTL_LAST_ERRNO, &error);
    if (error != 0) return error;
  }
  return 0;
}

}  // namespace

Error Failure::ToError() const {
  switch (kind) {
    case FailureKind::kFull:
      return Error(Code::kUnavailable, "the disk of the data directory is full: make room (" + message + ")");
    case FailureKind::kBusy:
      return Error(Code::kUnavailable, "another program holds the database: " + message);
    case FailureKind::kBroken:
      return Error(Code::kInternal, "storage failed: " + message);
    case FailureKind::kOther:
      break;
  }
  return Error(Code::kInternal, "database: " + message);
}

Query::~Query() {
  if (statement_ != nullptr) sqlite3_reset(statement_);
}

bool Query::Next() {
  if (statement_ == nullptr || connection_.failure_) return false;
  const int code = sqlite3_step(statement_);
  if (code == SQLITE_ROW) return true;
  if (code != SQLITE_DONE) connection_.Remember(code);
  return false;
}

std::string_view Query::View(int column) const {
  const void* data = sqlite3_column_blob(statement_, column);
  const int size = sqlite3_column_bytes(statement_, column);
  return size == 0 ? std::string_view() : std::string_view(static_cast<const char*>(data), std::size_t(size));
}

std::optional<Time> Query::MaybeAt(int column) const {
  if (IsNull(column)) return std::nullopt;
  return At(column);
}

darkroom::Id Query::Id(int column) const {
  std::array<std::uint8_t, 16> bytes{};
  const std::string_view view = View(column);
  std::copy_n(view.begin(), std::min(view.size(), bytes.size()), bytes.begin());
  return darkroom::Id::FromBytes(bytes);
}

Result<std::unique_ptr<Connection>> Connection::Open(const std::string& path, Mode mode, const char* vfs) {
  const int flags = mode == Mode::kReadOnly ? SQLITE_OPEN_READONLY : SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE;
  sqlite3* handle = nullptr;
  const int code = sqlite3_open_v2(path.c_str(), &handle, flags | SQLITE_OPEN_NOMUTEX, vfs);
  std::unique_ptr<Connection> connection(new Connection(handle));
  if (handle != nullptr) sqlite3_extended_result_codes(handle, 1);
  if (code != SQLITE_OK) {
    const std::string why = handle != nullptr ? sqlite3_errmsg(handle) : sqlite3_errstr(code);
    return Fail(Code::kInternal, "open " + path + ": " + why);
  }
  // Nobody else should write here, but a person may look into the file with a tool of theirs.
  sqlite3_busy_timeout(handle, 5'000);
  return connection;
}

Connection::~Connection() {
  for (const auto& [sql, statement] : statements_) sqlite3_finalize(statement);
  sqlite3_close(database_);
}

void Connection::Script(const std::string& sql) {
  if (failure_) return;
  const int code = sqlite3_exec(database_, sql.c_str(), nullptr, nullptr, nullptr);
  if (code != SQLITE_OK) Remember(code);
}

void Connection::Remember(int code) {
  if (failure_) return;
  const int system_errno = (code & 0xFF) == SQLITE_IOERR ? LastErrno(database_) : 0;
  failure_ = Failure{KindOf(code, system_errno), sqlite3_errmsg(database_)};
  if (system_errno != 0) failure_->message.append(": ").append(strerror(system_errno));
}

sqlite3_stmt* Connection::Prepare(const char* sql) {
  if (failure_) return nullptr;
  const auto found = statements_.find(sql);
  if (found != statements_.end()) {
    DR_CHECK(sqlite3_stmt_busy(found->second) == 0);
    return found->second;
  }
  sqlite3_stmt* statement = nullptr;
  const int code = sqlite3_prepare_v3(database_, sql, -1, SQLITE_PREPARE_PERSISTENT, &statement, nullptr);
  if (code != SQLITE_OK) {
    Remember(code);
    failure_->message.append(" in: ").append(sql);
    return nullptr;
  }
  statements_.emplace(sql, statement);
  return statement;
}

void Connection::Bind(sqlite3_stmt* s, int at, const Id& value) {
  sqlite3_bind_blob(s, at, value.bytes().data(), int(value.bytes().size()), SQLITE_TRANSIENT);
}

void Connection::Bind(sqlite3_stmt* s, int at, std::string_view value) {
  // A null pointer would bind NULL.
  sqlite3_bind_text(s, at, value.empty() ? "" : value.data(), int(value.size()), SQLITE_STATIC);
}

void Connection::Bind(sqlite3_stmt* s, int at, Bytes value) {
  sqlite3_bind_blob(s, at, value.data.empty() ? "" : value.data.data(), int(value.data.size()), SQLITE_STATIC);
}

}  // namespace darkroom::embedded
