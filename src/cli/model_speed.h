// How fast a model runs on this machine: pictures a second and latencies over threads, the network alone over sizes of
// batches, and which settings that speaks for.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/result.h"
#include "model/model.h"

namespace darkroom::cli {

struct ThreadsRow {
  int threads = 0;
  double per_s = 0;   // pictures
  double p50_ms = 0;  // of a picture, from its bytes to its answer
  double p99_ms = 0;
};

// Means of one thread's pictures.
struct StepsRow {
  double decode_ms = 0;
  double preprocess_ms = 0;
  double network_ms = 0;  // with what the task makes of its tensors
};

struct BatchRow {
  int batch = 0;
  double per_s = 0;   // pictures, by the network alone
  std::string error;  // why the network did not run this batch; empty: it did
};

struct Memory {
  std::int64_t model = 0;      // bytes that the process grew by when the model was loaded and had run once
  std::int64_t available = 0;  // bytes that the machine has left
};

// Runs the pictures in turns on so many threads at once, for `time` after a first round. Errors: the first of a run.
// `steps` may be null.
Result<ThreadsRow> MeasureThreads(const model::Model& model, const std::vector<std::string>& pictures, int threads,
                                  Duration time, const Clock& clock, StepsRow* steps);

// The network on one thread, over batches of 1, 2, 4, 8 and 16, each for `time`. nullopt: it takes no batches, `why`
// says why not. Errors: those of Session::Load.
Result<std::optional<std::vector<BatchRow>>> MeasureBatches(const model::Package& package, model::Runtime& runtime,
                                                            Duration time, const Clock& clock, std::string* why);

// Bytes that this process holds in memory now.
std::int64_t ResidentBytes();
// Bytes that programs may still take without swapping.
std::int64_t AvailableBytes();

struct Proposal {
  int workers = 1;
  int lanes = 1;
  std::string why;        // for people
  int batch = 1;          // the best one; 1: batches gain nothing that counts
  double batch_gain = 0;  // 0.25: a quarter more pictures a second; 0 without batches
};
// `rows` is not empty.
Proposal Propose(const std::vector<ThreadsRow>& rows, const std::vector<BatchRow>& batches, const Memory& memory);

}  // namespace darkroom::cli
