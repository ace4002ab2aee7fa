// A file layer for SQLite's files in tests: the system's, whose fsync fails on demand and is counted.
#pragma once

#include <atomic>

namespace darkroom::embedded {

// Registers the layer under a name (for EngineOptions::vfs) once; from then on fsync of any file opened through it
// fails while `fail_sync` is true.
const char* FaultyVfs();
std::atomic<bool>& fail_sync();
std::atomic<int>& sync_count();  // of all files opened through it

}  // namespace darkroom::embedded
