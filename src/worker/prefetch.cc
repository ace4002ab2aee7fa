#include "worker/prefetch.h"

#include <algorithm>

namespace darkroom::worker {

int DecidePrefetch(int lanes, Duration mean_run) {
  constexpr Duration kHold = 100ms;
  constexpr int kMost = 64;
  if (mean_run.count() <= 0) return lanes + 1;
  const auto worked_off = lanes * (kHold / std::max(mean_run, Duration(1)));
  return int(std::clamp<std::int64_t>(lanes + worked_off, lanes + 1, std::max(kMost, lanes + 1)));
}

int DecideRefill(int prefetch) { return std::max(1, prefetch / 2); }

}  // namespace darkroom::worker
