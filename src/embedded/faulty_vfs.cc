#include "embedded/faulty_vfs.h"

#include <sqlite3.h>

#include <cstring>

namespace darkroom::embedded {
namespace {

// SQLite allocates szOsFile bytes: ours, then the system layer's own.
struct FaultyFile {
  sqlite3_file base;
  sqlite3_file* real() { return reinterpret_cast<sqlite3_file*>(this + 1); }
};

sqlite3_file* Real(sqlite3_file* file) { return reinterpret_cast<FaultyFile*>(file)->real(); }

int Sync(sqlite3_file* file, int flags) {
  ++sync_count();
  if (fail_sync()) return SQLITE_IOERR_FSYNC;
  return Real(file)->pMethods->xSync(Real(file), flags);
}

#define FORWARD(name, params, ...) [] params -> int { return Real(f)->pMethods->name(Real(f), __VA_ARGS__); }

const sqlite3_io_methods kMethods = {
    .iVersion = 2,
    .xClose = [](sqlite3_file* f) { return Real(f)->pMethods->xClose(Real(f)); },
    .xRead = FORWARD(xRead, (sqlite3_file * f, void* p, int n, sqlite3_int64 at), p, n, at),
    .xWrite = FORWARD(xWrite, (sqlite3_file * f, const void* p, int n, sqlite3_int64 at), p, n, at),
    .xTruncate = FORWARD(xTruncate, (sqlite3_file * f, sqlite3_int64 size), size),
    .xSync = Sync,
    .xFileSize = FORWARD(xFileSize, (sqlite3_file * f, sqlite3_int64* size), size),
    .xLock = FORWARD(xLock, (sqlite3_file * f, int lock), lock),
    .xUnlock = FORWARD(xUnlock, (sqlite3_file * f, int lock), lock),
    .xCheckReservedLock = FORWARD(xCheckReservedLock, (sqlite3_file * f, int* held), held),
    .xFileControl = FORWARD(xFileControl, (sqlite3_file * f, int op, void* p), op, p),
    .xSectorSize = [](sqlite3_file* f) { return Real(f)->pMethods->xSectorSize(Real(f)); },
    .xDeviceCharacteristics = [](sqlite3_file* f) { return Real(f)->pMethods->xDeviceCharacteristics(Real(f)); },
    .xShmMap =
        FORWARD(xShmMap, (sqlite3_file * f, int page, int size, int extend, void volatile** p), page, size, extend, p),
    .xShmLock = FORWARD(xShmLock, (sqlite3_file * f, int offset, int n, int flags), offset, n, flags),
    .xShmBarrier = [](sqlite3_file* f) { Real(f)->pMethods->xShmBarrier(Real(f)); },
    .xShmUnmap = FORWARD(xShmUnmap, (sqlite3_file * f, int remove), remove),
    .xFetch = nullptr,
    .xUnfetch = nullptr,
};

#undef FORWARD

sqlite3_vfs* System() { return sqlite3_vfs_find("unix"); }

int Open(sqlite3_vfs*, const char* name, sqlite3_file* file, int flags, int* out) {
  file->pMethods = nullptr;
  const int code = System()->xOpen(System(), name, Real(file), flags, out);
  if (Real(file)->pMethods != nullptr) file->pMethods = &kMethods;
  return code;
}

}  // namespace

std::atomic<bool>& fail_sync() {
  static std::atomic<bool> fail = false;
  return fail;
}

std::atomic<int>& sync_count() {
  static std::atomic<int> count = 0;
  return count;
}

const char* FaultyVfs() {
  static sqlite3_vfs* const layer = [] {
    auto* made = new sqlite3_vfs(*System());  // SQLite keeps it for good
    made->zName = "faulty";
    made->szOsFile = int(sizeof(FaultyFile)) + System()->szOsFile;
    made->xOpen = Open;
    sqlite3_vfs_register(made, 0);
    return made;
  }();
  return layer->zName;
}

}  // namespace darkroom::embedded
