// What the benchmarks of the whole service share: a running `darkroom up`, clients that keep it busy, and medians.
#pragma once

#include <algorithm>
#include <map>
#include <string>
#include <vector>

#include "cli/api_client.h"
#include "service.h"

namespace darkroom::bench {

inline double Median(std::vector<double> values) {
  std::ranges::sort(values);
  return values[values.size() / 2];
}

using CpuByThread = std::map<std::string, double>;  // "hub: db-writer" → seconds; "hub" → all of its threads

// Adds `sign` times the CPU time that the service's processes and this one have used so far.
void AddCpu(CpuByThread& sum, const tests::Service& service, double sign);
// Microseconds a job.
void PrintCpu(const CpuByThread& cpu, int jobs);

// Hands `files` in again and again, `batch` at a time, from `clients` connections, until `total` jobs have been handed
// in, and waits until all have ended. Returns seconds from the first upload to the last result; ends the process when a
// job fails.
Task<double> Drive(IoContext& io, Clock& clock, std::string url, std::string model,
                   const std::vector<cli::Upload>& files, int total, int batch, int clients);

}  // namespace darkroom::bench
